"""The checks of every stage as JUnit XML and as CSV, for a teacher's own tools (`lab export`)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from lab.report import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from lab.ledger.progress import CheckProgress, StageProgress

_HEAD: Final = ("stage", "check", "title", "level", "milestone", "verdict", "minute", "passed_minute", "hints", "unaided", "message")


def as_csv(stages: Iterable[StageProgress]) -> str:
    """One row a check; times are company minutes. A cell that a spreadsheet would run as a formula gets a leading quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEAD)
    for stage in stages:
        writer.writerows(_row(stage, check) for check in stage.checks)
    return out.getvalue()


def _row(stage: StageProgress, check: CheckProgress) -> list[str]:
    times = ["" if time is None else f"{time:.1f}" for time in (check.minute, check.passed_minute)]
    cells = [stage.id, check.id, check.title, check.level, check.milestone, check.verdict, *times, str(check.hints)]
    return [safe_cell(cell) for cell in [*cells, "yes" if check.unaided else "no", plain.line(check.message)]]


def safe_cell(cell: str) -> str:
    """The cell with a leading quote where a spreadsheet would run it as a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell


def as_junit(stages: Iterable[StageProgress]) -> str:
    """A test suite a stage, a test case a check: failed is a failure, blocked an error, not yet or waiting skipped."""
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - only `lab export` writes XML

    root = ET.Element("testsuites", name="harborline")
    for stage in stages:
        suite = ET.SubElement(root, "testsuite", name=stage.id, tests=str(len(stage.checks)))
        for check in stage.checks:
            _judge(ET.SubElement(suite, "testcase", classname=stage.id, name=check.id), check)
        suite.set("failures", str(sum(check.verdict == "failed" for check in stage.checks)))
        suite.set("errors", str(sum(check.verdict == "blocked" for check in stage.checks)))
        suite.set("skipped", str(sum(check.verdict in {"", "waiting"} for check in stage.checks)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _judge(case: Element, check: CheckProgress) -> None:
    """Say of one test case how it went."""
    from xml.etree.ElementTree import SubElement  # noqa: PLC0415 - as above

    tag = {"failed": "failure", "blocked": "error", "passed": ""}.get(check.verdict, "skipped")
    if tag:
        note = SubElement(case, tag, message=plain.line(check.message) or "not judged yet")
        note.text = plain.clean(check.evidence) if tag in {"failure", "error"} else None
