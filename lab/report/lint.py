"""How what `lab author lint` found is shown: as compilers show it, so that editors can jump there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lab.report import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Line(Protocol):
    """One place where a rule is broken."""

    @property
    def rule(self) -> str:
        """The rule's name."""

    @property
    def level(self) -> str:
        """'mistake' or 'advice'."""

    @property
    def file(self) -> str:
        """By path from the scenario's folder."""

    @property
    def line(self) -> int:
        """From 1; 0 is the file as a whole."""

    @property
    def message(self) -> str:
        """What is there, and what was wanted."""


class Report(Protocol):
    """What was found in one scenario."""

    @property
    def scenario(self) -> str:
        """Its name."""

    @property
    def stages(self) -> int:
        """How many stages were looked at."""

    @property
    def found(self) -> Sequence[Line]:
        """Every place."""


def lines(report: Report) -> Iterator[str]:
    """A line a place, then the sum."""
    for one in report.found:
        where = f"{one.file}:{one.line}" if one.line else one.file
        sign = "✗" if one.level == "mistake" else "…"
        yield f"{sign} {where}: {one.message} [{one.rule}, {one.level}]"
    mistakes = sum(one.level == "mistake" for one in report.found)
    advice = len(report.found) - mistakes
    counted = "no mistake" if not mistakes else f"{mistakes} mistake{'s' if mistakes > 1 else ''}"
    more = f", {advice} piece{'s' if advice > 1 else ''} of advice" if advice else ""
    yield f"{'✗' if mistakes else '✓'} {report.scenario}: {plain.count(report.stages, 'stage')}, {counted}{more}. docs/lint.md says why."
