"""What a person reads when the forge says no: what was refused, by which rule, and what to do instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.company.git import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.company.forge.rulesets import Ruleset
    from lab.errors import Problem


@dataclass(frozen=True)
class Refusal:
    """Why a ref may not move. `reasons` and `remedy` are lines; `source` says who refuses, as a clause."""

    ref: str
    code: str
    source: str
    reasons: tuple[str, ...]
    remedy: tuple[str, ...]

    @property
    def reason(self) -> str:
        """All reasons in one line, for the ledger."""
        return f"{self.source}: {' '.join(self.reasons)}"


def said_by(ruleset: Ruleset) -> str:
    """How a ruleset is named to people."""
    return f"Ruleset '{ruleset.name}' in {ruleset.file}"


def wrong_rulesets(ref: str, problems: Sequence[Problem]) -> Refusal:
    """The push brings ruleset files with mistakes."""
    return Refusal(
        ref,
        "GH001",
        "The forge cannot read a ruleset of this push",
        tuple(str(problem) for problem in problems),
        ("Correct the lines above, then: git commit --amend && git push",),
    )


def by_pull_request() -> tuple[str, ...]:
    """The way to change a branch that wants pull requests."""
    return (
        "git switch -c my-change            (a branch of your own)",
        "git push -u origin my-change",
        "lab pr create                      (then: lab pr merge)",
    )


def text(refusals: Sequence[Refusal], *, pushed: int) -> str:
    """The refusals as the pusher's terminal shows them; `pushed` is how many refs the push named."""
    lines: list[str] = [""]
    for refusal in refusals:
        lines += [f"✗ {refusal.code}: the push to '{short(refusal.ref)}' was refused. {refusal.source}:"]
        lines += [f"    - {reason}" for reason in refusal.reasons]
        lines += ["  What to do instead:", *(f"    {line}" for line in refusal.remedy), ""]
    if pushed > 1:
        lines += [f"Nothing of this push was accepted ({pushed} refs).", ""]
    return plain("\n".join(lines)) + "\n"


def short(ref: str) -> str:
    """A ref as people say it."""
    return ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
