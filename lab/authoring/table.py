"""The proof as a person reads it: a line for each case as it ends, and the table that docs/proof.md holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.authoring.rows import ProofReport, Row


def line(row: Row) -> str:
    """One case: proven or not, what it showed, how long it took."""
    mark = "✓ proven " if row.is_proven else "✗ hole   "
    shown = f"{row.passed} passed, {row.failed} failed"
    when = f"  as of {row.commit}, {row.date}" if row.is_remembered else ""
    text = f"{mark} {row.stage:<12} {row.case:<44} seed {row.seed}  {shown:<22} {row.seconds:6.1f} s{when}"
    why = [f"    survives: {row.explained}"] if row.explained and row.is_proven else []
    return "\n".join([text, *why, *(f"    {hole}" for hole in row.holes)])


def summary(report: ProofReport) -> str:
    """The last lines: what only all cases together show, and the count."""
    proven = sum(1 for row in report.rows if row.is_proven)
    holes = [f"✗ {hole}" for hole in report.holes]
    known = sum(1 for row in report.rows if row.is_remembered)
    again = f" {known} were remembered: nothing they rest on has changed (`--fresh` plays them again)." if known else ""
    return "\n".join([*holes, f"{proven} of {len(report.rows)} cases are proven; {len(report.holes)} holes beside them.{again}"])
