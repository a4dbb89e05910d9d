"""The proof as a person reads it: a line for each case as it ends, and the table that docs/proof.md holds."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.authoring.prove import ProofReport, Row


def line(row: Row) -> str:
    """One case: proven or not, what it showed, how long it took."""
    mark = "✓ proven " if row.is_proven else "✗ hole   "
    shown = f"{row.passed} passed, {row.failed} failed"
    text = f"{mark} {row.stage:<12} {row.case:<44} seed {row.seed}  {shown:<22} {row.seconds:6.1f} s"
    return "\n".join([text, *(f"    {hole}" for hole in row.holes)])


def summary(report: ProofReport) -> str:
    """The last lines: what only all cases together show, and the count."""
    proven = sum(1 for row in report.rows if row.is_proven)
    holes = [f"✗ {hole}" for hole in report.holes]
    return "\n".join([*holes, f"{proven} of {len(report.rows)} cases are proven; {len(report.holes)} holes beside them."])


def document(report: ProofReport, *, commit: str, minutes: float, command: str) -> str:
    """docs/proof.md."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    head = [
        "# Proof",
        "",
        "Every stage's start fails, both solutions pass, and every trap is refused by the checks that `trap.yaml` names, with its words.",
        f"Made by `{command}` on {date}, at commit `{commit}`, Python {platform.python_version()}, in {minutes:.0f} minutes.",
        "",
        "| stage | case | seed | checks passed | refused by | seconds | proven |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [f"| {' | '.join(_cells(row))} |" for row in report.rows]
    holes = ["", "## Holes", "", *(f"- {hole}" for hole in report.holes)] if report.holes else []
    return "\n".join([*head, *rows, *holes, ""])


def _cells(row: Row) -> tuple[str, ...]:
    refused = ", ".join(row.refused) or "-"
    return (row.stage, row.case, str(row.seed), str(row.passed), refused, f"{row.seconds:.0f}", "yes" if row.is_proven else "NO")
