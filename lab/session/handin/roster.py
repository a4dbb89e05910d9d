"""`lab verify`: one bundle or a folder of them, each with what its learner did, what a re-play says, and who has the same work."""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import rooms
from lab.errors import LabError, Refused, UsageProblem
from lab.ledger.progress import UPDATED, fold
from lab.report.roster import RosterLine, RosterReport
from lab.session import naming
from lab.session.handin.claims import claims
from lab.session.handin.receiving import Received, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lab.checks.base import Finding
    from lab.ledger.store import Event
    from lab.session.handin.claims import Claim

ENDING: Final = ".lab.zip"
IDLE: Final = 300.0
ALIKE: Final = 0.8
FEWEST: Final = 3
_HANDS: Final = ("check.finding", "hint.given", "answer.given", "ref.updated", "journal.written", "stage.opened", "stage.passed")


@dataclass(frozen=True)
class Inquiry:
    """What is asked: `sample` bundles are played again (None: all), of `stage` alone if one is named.

    `signer` is a public key that each must be signed with, `key` the class's, that each seed must come from.
    """

    place: Path
    sample: int | None = None
    stage: str = ""
    signer: Path | None = None
    key: str = ""


def verify(inquiry: Inquiry, replay: Callable[[Received, Claim, Path], Mapping[str, Finding]]) -> RosterReport:
    """A line for each bundle, in the order of names; one that is refused is a line that says why.

    `replay` plays a claim again in a folder of its own.

    Raises:
        UsageProblem: there is no such file, or no bundle in the folder.
    """
    paths = _paths(inquiry.place)
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("verify")) as folder:
        room = Path(folder)
        read = [_read(path, room / f"in-{number}", inquiry) for number, path in enumerate(paths)]
        whole = [one for one in read if isinstance(one, Received)]
        chosen = _sample(whole, inquiry.sample)
        works = {one.path: _work(one) for one in whole}
        lines = []
        for number, one in enumerate(read):
            if isinstance(one, RosterLine):
                lines.append(one)
                continue
            line = replace(_line(one, inquiry), alike=tuple(_alike(one, whole, works)))
            asked = claims(one.events, stage=inquiry.stage) if one.path in chosen else ()
            lines.append(_replayed(line, one, asked, replay, room / f"play-{number}") if one.path in chosen else line)
    return RosterReport(tuple(lines))


def _paths(place: Path) -> list[Path]:
    if not place.is_dir():
        return [place]
    found = sorted(path for path in place.iterdir() if path.name.endswith(ENDING))
    if not found:
        raise UsageProblem(f"There is no bundle in '{place}'.", remedy=f"A bundle's name ends with '{ENDING}': lab export --bundle FILE")
    return found


def _read(path: Path, room: Path, inquiry: Inquiry) -> Received | RosterLine:
    try:
        return receive(path, room, signer=inquiry.signer)
    except Refused as problem:
        return RosterLine(path.name, verdict="refused", said=str(problem))


def _sample(whole: Sequence[Received], sample: int | None) -> set[Path]:
    """Which are played again: drawn by all that was handed in, so that nobody knows before, and all find the same."""
    if sample is None or sample >= len(whole):
        return {one.path for one in whole}
    drawn = random.Random("".join(sorted(one.manifest.tree for one in whole)))  # noqa: S311 - no secret
    return {one.path for one in drawn.sample(list(whole), sample)}


def _line(one: Received, inquiry: Inquiry) -> RosterLine:
    progress = fold(one.events)
    milestones = [(stage, item) for stage in progress.stages if stage.state != "skipped" for item in stage.milestones]
    notes = []
    if inquiry.key and naming.seed(one.manifest.who, inquiry.key) != one.manifest.seed:
        notes.append("its seed is not the one of this name and class")
    skipped = [stage.id for stage in progress.stages if stage.state == "skipped"]
    if skipped:
        notes.append(f"skipped: {', '.join(skipped)}")
    moved = max((event.seq for event in one.events if event.type == UPDATED), default=0)
    earlier = [str(event.data["stage"]) for event in one.events if event.type == "stage.passed" and event.seq < moved]
    if earlier:
        notes.append(f"passed in an earlier version of the scenario: {', '.join(dict.fromkeys(earlier))}")
    return RosterLine(
        file=one.path.name,
        name=one.manifest.who or one.manifest.workspace,
        stages=tuple(stage.id for stage in progress.stages if stage.state == "passed"),
        milestones=sum(stage.has_reached(item) for stage, item in milestones),
        hints=sum(check.hints for stage in progress.stages for check in stage.checks),
        minutes=round(_minutes(one.events)),
        tree=one.manifest.tree,
        signed=one.is_signed,
        notes=tuple(notes),
    )


def _minutes(events: Sequence[Event]) -> float:
    """Real minutes in which the learner did something: pauses count for five minutes at most."""
    times = [event.at for event in events if event.type in _HANDS]
    return sum(min(max(0.0, then - now), IDLE) for now, then in pairwise(times)) / 60


def _work(one: Received) -> frozenset[str]:
    """The learner's own files, by path and content: what `main` has and the start of the first stage had not."""
    start, main = one.manifest.start, one.manifest.main
    known = one.git.out("rev-parse", "--verify", "--quiet", f"{start}^{{commit}}", check=False)
    words = ("diff-tree", "-r", "--no-renames", "--diff-filter=AM", start, main) if known else ("ls-tree", "-r", main)
    rows = [line.split("\t", 1) for line in one.git.lines(*words)]
    return frozenset(f"{row[0].split()[3 if known else 2]} {row[1]}" for row in rows)


def _alike(one: Received, others: Sequence[Received], works: Mapping[Path, frozenset[str]]) -> list[str]:
    """Whose files are, for the larger part, the very same."""
    mine, found = works[one.path], []
    for other in others:
        theirs = works[other.path]
        if other.path == one.path or min(len(mine), len(theirs)) < FEWEST:
            continue
        same = len(mine & theirs)
        if same >= ALIKE * min(len(mine), len(theirs)):
            found.append(f"{other.manifest.who or other.manifest.workspace} ({same} of {len(mine)} files)")
    return found


def _replayed(
    line: RosterLine,
    one: Received,
    asked: Sequence[Claim],
    replay: Callable[[Received, Claim, Path], Mapping[str, Finding]],
    room: Path,
) -> RosterLine:
    if not asked:
        return replace(line, verdict="nothing to play", said="No check of a game day was found on it.")
    same, other, blocked = 0, [], []
    for claim in asked:
        try:
            found = replay(one, claim, room)
        except Refused as problem:
            return replace(line, verdict="refused", said=problem.message)
        except LabError as problem:
            blocked.append(f"{claim.stage}: {problem}")
            continue
        for name, told in claim.verdicts.items():
            now = found.get(name)
            if now is None or now.verdict == "blocked":
                blocked.append(f"{claim.stage}/{name}: {now.message if now else 'it was not judged'}")
            elif now.verdict == told:
                same += 1
            else:
                other.append(f"{claim.stage}/{name} was {told}, and is {now.verdict} here: {now.message}")
    verdict = "differs" if other else "blocked" if blocked else "same"
    return replace(line, verdict=verdict, same=same, different=len(other), said="; ".join([*other, *blocked]))
