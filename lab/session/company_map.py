"""The map: the company as it is now, drawn as the scenario says, each piece with its live state from the ledger."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lab.ledger.pulls import pull_requests
from lab.report import plain
from lab.report.sights import Handwork, MapReport, Piece
from lab.session import clone

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.ledger.progress import Progress
    from lab.ledger.store import Event
    from lab.scenario.drawing import Drawing, DrawnPiece
    from lab.session.session import Session

FRESH: Final = 15.0
_RECENT: Final = 10  # answers that decide how customers fare now
State = tuple[str, str]


def company_map(session: Session) -> MapReport:
    """The drawing with live states. A piece of the next stage is planned; later ones are not drawn yet.

    Raises:
        ScenarioWrong: the scenario's map.yaml is wrong.
    """
    from lab.scenario.drawing import Drawing, read_drawing

    drawing = read_drawing(session.workspace.kept_scenario) or Drawing()
    looking = _Looking(session)
    current = looking.progress.current
    pieces = tuple(piece for drawn in drawing.pieces if (piece := looking.piece(drawn)))
    names = {piece.id for piece in pieces}
    return MapReport(
        company=session.workspace.title,
        minute=looking.minute,
        stage=current.title if current else "",
        pieces=pieces,
        links=tuple(link for link in drawing.links if {link[0], link[1]} <= names),
        handwork=looking.handwork(drawing),
    )


@dataclass
class _Looking:
    """One look at the company: everything is asked at most once."""

    session: Session
    minute: float = field(init=False)

    def __post_init__(self) -> None:
        self.minute = self.session.ledger.minute()

    @cached_property
    def progress(self) -> Progress:
        return self.session.progress()

    @cached_property
    def stage_states(self) -> dict[str, str]:
        """The state of each stage, by its code: passed, open, skipped, next or later."""
        known = {note.code: stage.state for note in self.session.workspace.stages if (stage := self.progress.stage(note.id))}
        following = next((note.code for note in self.session.workspace.stages if note.code not in known), "")
        return {note.code: known.get(note.code, "next" if note.code == following else "later") for note in self.session.workspace.stages}

    @cached_property
    def answers(self) -> list[Event]:
        last = self.session.ledger.last("answers")
        if last is None or self.minute - last.minute > FRESH:
            return []
        return self.session.ledger.events("answers", after=last.seq - 200)[-_RECENT:]

    @cached_property
    def is_awake(self) -> bool:
        return bool(self.session.parts.door(self.session.workspace))

    def piece(self, drawn: DrawnPiece) -> Piece | None:
        """The piece as it is now; None while its stage is not even the next one."""
        when = self.stage_states.get(drawn.since, "later")
        if when == "later":
            return None
        state, told = ("planned", "It comes with the next stage.") if when == "next" else _STATES[drawn.shows](self, drawn)
        return Piece(drawn.id, drawn.title, drawn.at, drawn.page, state, plain.line(told), is_own=drawn.own)

    def handwork(self, drawing: Drawing) -> tuple[Handwork, ...]:
        """What is still done by hand."""
        found = []
        for item in drawing.handwork:
            by_hand = self.stage_states.get(item.until, "later") not in {"passed", "skipped"}
            found.append(Handwork(item.id, item.title, by_hand, item.hand if by_hand else item.done))
        return tuple(found)

    def customers(self, _: DrawnPiece) -> State:
        """What the last customers got."""
        if not self.answers:
            return "quiet", "Nobody is buying right now."
        wrong = sum(int(event.data.get("wrong", 0)) for event in self.answers)
        failed = sum(int(event.data.get("failed", 0)) for event in self.answers)
        if wrong or failed:
            parts = [f"{wrong} wrong"] * bool(wrong) + [f"{failed} turned away"] * bool(failed)
            return "hurts", f"In the last seconds: {' and '.join(parts)}."
        return "fine", "They get right answers."

    def site(self, drawn: DrawnPiece) -> State:
        """Whether the one public door answers."""
        if not self.is_awake:
            return "quiet", "The company is asleep; any command wakes it."
        state, told = self.customers(drawn)
        worst = max((float(event.data.get("worst_ms") or 0) for event in self.answers), default=0.0)
        return (state, f"It answers, {worst:.0f} ms at worst.") if state == "fine" else (state, told)

    def servers(self, drawn: DrawnPiece) -> State:
        """The version that customers see."""
        seen = self.session.ledger.last("version.seen")
        version = f"It serves {plain.short(str(seen.data.get('sha', '')))}." if seen else "No version was seen yet."
        state = self.customers(drawn)[0] if self.is_awake else "quiet"
        return state, version

    def forge(self, _: DrawnPiece) -> State:
        """What was pushed last."""
        event = self.session.ledger.last("ref.updated", "push.refused")
        if event is None:
            return "quiet", "Nothing was pushed yet."
        who, ref = str(event.data.get("pusher", "somebody")), str(event.data.get("ref", ""))
        ref = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        did = "was refused a push to" if event.type == "push.refused" else "pushed to"
        return "fine", f"{'You' if who == 'learner' else who} {did} '{ref}' at {plain.clock(event.minute)}."

    def pulls(self, _: DrawnPiece) -> State:
        """How many pull requests wait."""
        waiting = [pull for pull in pull_requests(self.session.ledger).values() if pull.is_open]
        if waiting:
            return "working", f"{plain.count(len(waiting), 'pull request')} open."
        return "quiet", "No pull request is open."

    def pipelines(self, _: DrawnPiece) -> State:
        """What the newest run came to."""
        from lab.session.logs import recent

        runs = recent(self.session, count=1).runs
        if not runs:
            return "quiet", "No pipeline has run yet."
        run = runs[0]
        if run.state != "finished":
            return "working", f"Run {run.number} is {run.state}."
        return ("fine" if run.result == "success" else "hurts"), f"Run {run.number} ended with {run.result}."

    def team(self, _: DrawnPiece) -> State:
        """Who said what last."""
        event = self.session.ledger.last("say")
        return ("fine", f"{event.data['by']}: {event.data['text']}"[:160]) if event else ("quiet", "Nobody has said anything yet.")

    def clone(self, _: DrawnPiece) -> State:
        """What is in the clone that is not on the forge."""
        space = self.session.workspace
        forge = self.session.parts.forge(space).path(space.repository)
        told = clone.look(space.clone, forge=forge, heads=self.session.heads()).sentences()
        return ("working", told[0]) if told else ("fine", "All of your work is on the forge.")

    def stage(self, drawn: DrawnPiece) -> State:
        """How far the stage is that builds it."""
        notes = {note.code: note.id for note in self.session.workspace.stages}
        stage = self.progress.stage(notes.get(drawn.since, ""))
        if stage is None or stage.state == "skipped":
            return "fine", "It was taken over from the reference solution."
        passed = sum(item.has_passed for item in stage.core)
        if passed == len(stage.core):
            return "fine", "All of its checks pass."
        failing = next((item.title for item in stage.core if item.verdict == "failed"), "")
        told = f"{passed} of {len(stage.core)} checks pass"
        return ("hurts", f"{told}; not yet: {failing}.") if failing else ("working", f"{told}.")


_STATES: Final[dict[str, Callable[[_Looking, DrawnPiece], State]]] = {
    "customers": _Looking.customers,
    "site": _Looking.site,
    "servers": _Looking.servers,
    "forge": _Looking.forge,
    "pulls": _Looking.pulls,
    "pipelines": _Looking.pipelines,
    "team": _Looking.team,
    "clone": _Looking.clone,
    "stage": _Looking.stage,
}
