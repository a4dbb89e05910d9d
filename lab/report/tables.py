"""Score, doctor, list and team as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.report import delivery, plain
from lab.report.where import customers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.report.facts import DoctorReport, ImagesReport, ListReport, ScoreReport, SecretsReport, StageScore, TeamReport
    from lab.report.paper import Paper

_DOCTOR: Final = {"ok": ("passed", "ok"), "warning": ("waiting", "warning"), "missing": ("failed", "missing")}


def columns(rows: Sequence[Sequence[str]], *, indent: str = "") -> list[str]:
    """Rows of plain cells as aligned lines, two spaces apart; the last column runs free."""
    shown = [[plain.line(cell) for cell in row] for row in rows]
    widths = [max((len(row[place]) for row in shown), default=0) for place in range(len(shown[0]) if shown else 0)]
    return [indent + "".join(cell.ljust(width + 2) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]


def score(report: ScoreReport, paper: Paper) -> str:
    """Each stage: checks passed and unaided, milestones with their times, customers; then the whole."""
    lines = [paper.paint(plain.line(report.scenario), "bold")]
    for stage in report.stages:
        lines += ["", *_stage(stage, paper)]
    measured = [(stage.title, stage.delivery) for stage in report.stages if stage.delivery.fail_rate_n]
    side = ["", *columns(delivery.table(measured))] if len(measured) > 1 else []
    return paper.done([*lines, *side, "", f"In all: {customers(report.customers, paper)}"])


def _stage(stage: StageScore, paper: Paper) -> list[str]:
    took = f", {plain.span(stage.minutes)} of company time" if stage.minutes is not None else ""
    again = f", {plain.count(stage.resets, 'reset')}" if stage.resets else ""
    lines = [paper.paint(plain.line(stage.title), "bold") + f" ({stage.state}{took}{again})"]
    lines += [f"  {stage.passed} of {plain.count(stage.checks, 'check')} passed, {stage.unaided} unaided"]
    if stage.stretch:
        lines += [f"  {stage.stretch_passed} of {stage.stretch} stretch checks passed"]
    rows = [(item.title, "not yet" if item.minutes is None else f"after {plain.span(item.minutes)}") for item in stage.milestones]
    lines += columns(rows, indent="    ")
    return [*lines, f"  {customers(stage.customers, paper)}", *delivery.lines(stage.delivery, paper)]


def doctor(report: DoctorReport, paper: Paper) -> str:
    """What the machine has, a line each; what it lacks, with the remedy."""
    wide = max((len(item.name) for item in report.ailments), default=0)
    lines = []
    for item in report.ailments:
        kind, word = _DOCTOR[item.state]
        sign = {"passed": "✓", "waiting": "…", "failed": "✗"}[kind] + " " if paper.unicode else ""
        lines += [f"{paper.paint(f'{sign}{word:<8}', kind)}{item.name:<{wide}}  {plain.line(item.found)}"]
        lines += paper.fold(item.remedy, indent=" " * (wide + 12)) if item.remedy else []
    return paper.done(lines)


def images(report: ImagesReport, paper: Paper) -> str:
    """A line for each base image."""
    rows = [
        (
            item.name,
            item.status,
            f"{item.size / 1e6:.0f} MB" if item.size else "",
            f"in {item.seconds:.0f} s" if item.status == "built" else "",
        )
        for item in report.images
    ]
    return paper.done(columns(rows) if rows else ["There is nothing to remove."])


def scenarios(report: ListReport, paper: Paper) -> str:
    """The scenarios and their stages."""
    lines: list[str] = []
    for item in report.scenarios:
        lines += ["", paper.paint(f"{plain.line(item.name)}", "bold") + f"  {plain.line(item.title)}"]
        lines += columns([(stage.code, stage.id, stage.title, f"{stage.minutes} min") for stage in item.stages], indent="  ")
    return paper.done(lines[1:] or ["No scenario is installed."])


def secrets(report: SecretsReport, paper: Paper) -> str:
    """The names of the secrets and when each was set."""
    if not report.secrets:
        return paper.done(["No secret is set.", "`lab secret set NAME` sets one."])
    return paper.done(columns([(item.name, f"set at {plain.clock(item.minute)}") for item in report.secrets]))


def team(report: TeamReport, paper: Paper) -> str:
    """Who works here, what they said last, and what just happened."""
    lines = columns([(item.name, item.role) for item in report.members]) if report.members else []
    said = [line for news in report.said for line in paper.fold(news.text, indent="    ", first=f"{plain.clock(news.minute)} {news.who}: ")]
    happened = [line for text in report.happened for line in paper.fold(text)]
    return paper.done([*lines, *([""] if lines and said else []), *said, *([""] if happened and (lines or said) else []), *happened])
