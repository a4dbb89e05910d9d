"""The code owner who reviews: looks at what a change does to the gate, and at nothing that a test would notice.

Approves B01 as readily as anything else, so that review replaces no test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.company.team import looking

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTES = 6.0  # of company time for one review


@dataclass(frozen=True)
class Review:
    """The word of the reviewer; `text` is what stands under the pull request."""

    approve: bool
    text: str


def review(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> Review:
    """Review a change, told as the changed files' texts before and after it (None: the file is not there)."""
    reasons = [*looking.switched_off(before, after), *looking.silenced(before, after), *_expectations(before, after)]
    if not reasons:
        return Review(approve=True, text="Looks good to me.")
    return Review(approve=False, text=f"I can't approve this: {'; '.join(dict.fromkeys(reasons))}. {_way_out(reasons)}")


def _expectations(before: Mapping[str, str | None], after: Mapping[str, str | None]) -> list[str]:
    """Changed and removed expectations that no table and no removed endpoint explains."""
    has_new_table = any(path.startswith("data/") for path in after)
    gone = looking.gone_routes(before, after)
    names = {part for route in gone for part in route.split("/") if part and "{" not in part}
    dropped = [name for name, source in looking.dropped_tests(before, after) if not any(part in source for part in names)]
    changed = [] if has_new_table else looking.changed_expectations(before, after)
    return [f"the test '{name}' is gone" for name in dropped] + changed


def _way_out(reasons: list[str]) -> str:
    if any("expect" in reason or "row" in reason for reason in reasons):
        return "If the numbers are meant to change, change their table in data/ in the same pull request."
    return "If a test is in the way, say why it is wrong and replace it by a better one."
