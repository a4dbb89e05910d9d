"""The portfolio: one HTML page of what the learner built and showed, to keep and to send."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.report import plain
from lab.report.delivery import table
from lab.report.page import framed, rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lab.report.facts import StageScore
    from lab.report.profile import JournalEntry, SkillLine


@dataclass(frozen=True)
class Built:
    """A stage that was passed: its score, the line that its debrief proposes (Markdown), and the journal's entry, if there is one."""

    score: StageScore
    line: str = ""
    entry: JournalEntry | None = None


@dataclass(frozen=True)
class PortfolioReport:
    """What a portfolio tells. `name` is the learner's own, as they gave it, or empty."""

    scenario: str
    name: str
    built: tuple[Built, ...]
    skills: tuple[SkillLine, ...]


def page(report: PortfolioReport) -> str:
    """The whole page."""
    title = f"{report.name}: {report.scenario}" if report.name else report.scenario
    played = [item for item in report.skills if item.level is not None]
    parts = [f"<h1>{_text(title)}</h1>", f'<p class="job">{_text(ABOUT)}</p>', *map(_built, report.built)]
    parts += ["<h2>Skills shown</h2>", _skills(played)] if played else []
    parts += _delivery(report.built)
    return framed(title, "\n".join(parts))


def _text(text: object) -> str:
    return html.escape(plain.line(text))


def _built(item: Built) -> str:
    told = item.score
    said = f"{told.passed} of {plain.count(told.checks, 'check')} passed, {told.unaided} without a hint"
    said += f"; {told.stretch_passed} of {told.stretch} stretch checks" if told.stretch else ""
    parts = [f"<h2>{_text(told.title)}</h2>", rendered(item.line, below=1), f'<p class="quiet">{_text(said)}.</p>']
    if item.entry:
        lines = (("Learned", item.entry.learned), ("Hard", item.entry.challenges), ("Next", item.entry.next))
        parts += ["<ul>", *(f"<li><strong>{word}:</strong> {_text(text)}</li>" for word, text in lines if text), "</ul>"]
    return "\n".join(part for part in parts if part)


def _skills(skills: Iterable[SkillLine]) -> str:
    rows = [
        (
            item.title,
            f"{item.level:.1f} of 5",
            f"{item.unaided} of {item.checks} checks without a hint, {plain.count(item.played, 'stage')}",
        )
        for item in skills
    ]
    return _table([("Skill", "Level", "Made of"), *rows])


def _delivery(built: Sequence[Built]) -> list[str]:
    measured = [(item.score.title, item.score.delivery) for item in built if item.score.delivery.fail_rate_n]
    return ["<h2>How well the company delivered</h2>", _table(table(measured))] if measured else []


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    top = "".join(f"<th>{_text(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in body)
    return f"<table><tr>{top}</tr>{lines}</table>"


ABOUT: Final = (
    "Everything here was judged by what happened: simulated colleagues' commits, customers' traffic and faults went through what was "
    "built, with names, numbers and bugs that nobody knew beforehand."
)
