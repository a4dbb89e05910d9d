"""The proof as a file that is kept: Markdown for a repository, JSON and JUnit for other programs, HTML for people."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from lab.errors import UsageProblem
from lab.report.as_json import document as as_json
from lab.report.page import framed, rendered

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.authoring.rows import ProofReport, Row


@dataclass(frozen=True)
class Made:
    """How a proof was made: the command, the commit, and how many real minutes it took."""

    command: str
    commit: str
    minutes: float


def written(report: ProofReport, made: Made, ending: str) -> str:
    """The proof as the file with this ending ('.md', '.json', '.xml', '.html') holds it.

    Raises:
        UsageProblem: there is no such kind.
    """
    write = FORMS.get(ending)
    if write is None:
        raise UsageProblem(f"A proof is not written as '{ending or 'a file without an ending'}'.", remedy=f"There are: {', '.join(FORMS)}.")
    return write(report, made)


def _markdown(report: ProofReport, made: Made) -> str:
    """docs/proof.md."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    together = sum(row.seconds for row in report.rows) / 60
    head = [
        "# Proof",
        "",
        "Every stage's start fails, both solutions pass, and every trap is refused by the checks that `trap.yaml` names, with its words.",
        f"Made by `{made.command}` on {date}, at commit `{made.commit}`,",
        f"Python {platform.python_version()}, in {made.minutes:.0f} minutes; one after the other the rows take {together:.0f}.",
        "A row that nothing has changed since an earlier proof is not played again: its commit and date say when it was.",
        "",
        "| stage | case | seed | checks passed | refused by | minutes | commit | date | proven |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows = [f"| {' | '.join(_cells(row))} |" for row in report.rows]
    told = [f"- {row.stage}, {row.case}, seed {row.seed}: {hole}" for row in report.rows for hole in row.holes]
    told += [f"- {hole}" for hole in report.holes]
    whys = [f"- {row.stage}, {row.case}: {row.explained}" for row in report.rows if row.explained]
    explained = ["", "## Mutants that survive, and why", "", *whys] if whys else []
    return "\n".join([*head, *rows, *explained, *(["", "## Holes", "", *told] if told else []), ""])


def _cells(row: Row) -> tuple[str, ...]:
    refused = ", ".join(row.refused) or "-"
    told = (f"{row.seconds / 60:.1f}", row.commit or "-", row.date or "-", "yes" if row.is_proven else "NO")
    return (row.stage, row.case, str(row.seed), str(row.passed), refused, *told)


def _json(report: ProofReport, made: Made) -> str:
    return as_json("prove", report, **asdict(made))


def _junit(report: ProofReport, made: Made) -> str:
    """A test case for each row, classed by its stage; what only all rows show is a test case of its own."""
    failures = sum(not row.is_proven for row in report.rows) + len(report.holes)
    total = len(report.rows) + len(report.holes)
    suite = ET.Element("testsuite", name=made.command, tests=str(total), failures=str(failures), errors="0")
    for row in report.rows:
        name = f"{row.case}, seed {row.seed}"
        case = ET.SubElement(suite, "testcase", classname=row.stage, name=name, time=f"{row.seconds:.1f}")
        if row.holes:
            ET.SubElement(case, "failure", message=_plain(row.holes[0])).text = _plain("\n".join(row.holes))
    for hole in report.holes:
        case = ET.SubElement(suite, "testcase", classname="proof", name=_plain(hole), time="0")
        ET.SubElement(case, "failure", message=_plain(hole))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _plain(text: str) -> str:
    """Without the control characters that XML can't hold."""
    return "".join(sign for sign in text if sign.isprintable() or sign == "\n")


def _html(report: ProofReport, made: Made) -> str:
    return framed("Proof", rendered(_markdown(report, made)))


FORMS: Final[dict[str, Callable[[ProofReport, Made], str]]] = {".md": _markdown, ".json": _json, ".xml": _junit, ".html": _html}
