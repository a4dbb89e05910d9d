"""What a bundle claims: the verdicts that its ledger tells, each with the commit and the kind of seed they were found with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from lab.ledger.progress import GRADINGS, UPDATED, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.ledger.store import Event

MAIN: Final = "refs/heads/main"
PRACTICE: Final = "practice"
COMPARED: Final = frozenset({"passed", "failed", "waiting"})


@dataclass(frozen=True)
class Claim:
    """One play of a stage: `verdicts` by check, found on the commit `sha` with the seed of `kind`.

    `live` are the checks that passed on the live company: nobody can play these again.
    """

    stage: str
    kind: str
    sha: str
    verdicts: Mapping[str, str] = field(default_factory=dict)
    live: frozenset[str] = frozenset()


def claims(events: Iterable[Event], *, stage: str = "") -> tuple[Claim, ...]:
    """For each stage that was passed what both grading seeds found, for the open one what practice found last; in order.

    `stage` keeps those of one stage.
    """
    told = list(events)
    states = {item.id: item.state for item in fold(told).stages}
    found = _latest(told)
    kept = []
    for name, state in states.items():
        kinds = GRADINGS if state == "passed" else (PRACTICE,) if state == "open" else ()
        kept += [found[name, kind] for kind in kinds if (name, kind) in found and stage in ("", name)]
    return tuple(claim for claim in kept if claim.verdicts)


def _latest(events: Iterable[Event]) -> dict[tuple[str, str], Claim]:
    """The last play of each kind: a finding on another commit than the one before begins a new play."""
    found: dict[tuple[str, str], Claim] = {}
    live: dict[str, set[str]] = {}
    main = ""
    for event in events:
        data = event.data
        if event.type == "ref.updated" and data.get("ref") == MAIN:
            main = str(data.get("new", ""))
        elif event.type == "stage.reset":
            live.pop(str(data.get("stage")), None)
            found = {key: claim for key, claim in found.items() if key[0] != data.get("stage")}
        elif event.type == UPDATED and "stage" in data:  # what was found before was asked by another version
            found = {key: claim for key, claim in found.items() if key[0] != data["stage"]}
        elif event.type == "check.finding":
            stage, kind, check, verdict = (str(data.get(key, "")) for key in ("stage", "seed_kind", "check", "verdict"))
            if kind == "live" and verdict == "passed":
                live.setdefault(stage, set()).add(check)
            elif kind in (PRACTICE, *GRADINGS) and verdict in COMPARED:
                old = found.get((stage, kind))
                before = old.verdicts if old and old.sha == main else {}
                found[stage, kind] = Claim(stage, kind, main, {**before, check: verdict})
    return {key: Claim(claim.stage, claim.kind, claim.sha, claim.verdicts, frozenset(live.get(key[0], ()))) for key, claim in found.items()}
