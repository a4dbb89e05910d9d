"""`lab check`: play what the current milestone asks for, say each finding as it comes, and record it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from lab.checks.base import waiting
from lab.errors import WrongState
from lab.failpoints import failpoint
from lab.report.model import CheckReport, News, NextStep
from lab.session import clone, graded, grading, locks
from lab.session.buying import customers_line
from lab.session.lines import later_lines, line_of, standing_line
from lab.session.next_step import next_step
from lab.session.parts import Asked, SceneEnded
from lab.session.selecting import Selection, select

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lab.checks.base import Check, Finding
    from lab.ledger.progress import StageProgress
    from lab.report.standing import CheckLine
    from lab.scenario.model import Stage
    from lab.session.session import Session

PRACTICE: Final = "practice"


@dataclass(frozen=True)
class Wanted:
    """What `lab check` was asked for."""

    only: str = ""
    everything: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class Heard:
    """Who hears of a check while it plays: the heading, each finding, and a sentence now and then."""

    heading: Callable[[str, str, str, Sequence[str]], None] = field(default=lambda *_: None)
    finding: Callable[[CheckLine], None] = field(default=lambda _: None)
    tell: Callable[[str], None] = field(default=lambda _: None)


def check(session: Session, wanted: Wanted, heard: Heard) -> CheckReport:
    """Play, record and report; when all core checks of the stage have passed, grading goes on in the background.

    Raises:
        WrongState: no stage is open, another check is being played, or the forge has no `main`.
        UsageProblem: there is no such check.
    """
    before = session.current()
    sha = session.main()
    if not (wanted.only or wanted.everything or wanted.fresh) and graded.is_running(session, sha):
        return _while_grading(session, before, sha, heard)
    grading.stop(session)
    with locks.hold(session.workspace.id, locks.CHECK, command="lab check", patience=2.0):
        report = _played(session, before, sha, wanted, heard)
    if report.stage_state == "practised":
        grading.begin(session)
    return report


def _played(session: Session, before: StageProgress, sha: str, wanted: Wanted, heard: Heard) -> CheckReport:
    began = time.monotonic()
    session.parts.wake(session.workspace)
    stage = session.stage(before.id)
    chosen = select(stage, before, only=wanted.only, everything=wanted.everything)
    work = _work(session)
    title = chosen.milestone.title if chosen.milestone else ""
    heard.heading(stage.title, title, sha, work)
    player = Player(session, stage, chosen, heard)
    seq = session.ledger.seq()
    player.play(fresh=wanted.fresh)
    said = tuple(News(event.minute, event.data["by"], event.data["text"]) for event in session.ledger.events("say", after=seq))
    return replace(_report(session, before, chosen, player.lines), sha=sha, work=work, said=said, seconds=time.monotonic() - began)


def _work(session: Session) -> tuple[str, ...]:
    space = session.workspace
    return clone.look(space.clone, forge=session.parts.forge(space).path(space.repository), heads=session.heads()).sentences()


@dataclass
class Player:
    """One play of some checks with one seed: live ones first, then scenes as they end; each finding is told and recorded once."""

    session: Session
    stage: Stage
    chosen: Selection
    heard: Heard
    seed_kind: str = PRACTICE
    lines: list[CheckLine] = field(default_factory=list)
    raw: dict[str, Finding] = field(default_factory=dict)
    _ended: dict[str, SceneEnded] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _woken: set[str] = field(default_factory=set)

    def play(self, *, fresh: bool = False) -> None:
        """Play all that was chosen.

        Raises:
            LabError: the company could not be opened at all; what was found before stays recorded.
        """
        space, scenario = self.session.workspace, self.session.scenario
        live = [check for check in self.chosen.played if check.on == "live"]
        days = tuple(check for check in self.chosen.played if check.on == "game_day")
        if live and self.seed_kind == PRACTICE:
            self._look_live(live)
        if days:
            asked = Asked(self.stage, days, self.session.seed(self.seed_kind), fresh)
            self.session.parts.play(space, scenario, asked, on_scene=self._scene, tell=self.heard.tell)
        self._show(final=True)

    def _look_live(self, checks: Sequence[Check]) -> None:
        """Judged once: a live check that has passed keeps its pass. What requires another is looked at after it."""
        standing = self.session.current()
        pending = []
        for item in checks:
            known = standing.check(item.id)
            if known and known.has_passed:
                self._shown.add(item.id)
                self._tell(standing_line(known))
            else:
                pending.append(item)
        answers = {known.id: known.answer for known in standing.checks if known.answer is not None}
        while pending:
            ids = {item.id for item in pending}
            wave = [item for item in pending if not ids.intersection(item.requires)]
            pending = [item for item in pending if item not in wave]
            self._look_at(wave, answers)

    def _look_at(self, wave: Sequence[Check], answers: Mapping[str, str]) -> None:
        """Look at checks that do not require each other; one for which something only now begins is not judged yet."""
        early = [item for item in wave if self._woken.intersection(item.requires)]
        self.raw |= {item.id: waiting("That comes next: `lab` says what happens now.") for item in early}
        rest = [item for item in wave if item not in early]
        if rest:
            self.raw |= self.session.parts.look_live(self.session.workspace, rest, answers)
        self._show()

    def _scene(self, ended: SceneEnded) -> None:
        self.raw |= ended.findings
        self._ended |= dict.fromkeys(ended.findings, ended)
        self._show()

    def _show(self, *, final: bool = False) -> None:
        """Tell every finding that can be told: what it requires is settled too, or nothing more will come."""
        known = set(self.chosen.known) | {line.id for line in self.lines if line.verdict == "passed"}
        settled = self.session.parts.settled(self.chosen.played, self.raw, known)
        names = {item.id for item in self.chosen.played}
        for item in self.chosen.played:
            ready = all(name in self._shown or name not in names for name in item.requires)
            if item.id in settled and item.id not in self._shown and (ready or final):
                self._shown.add(item.id)
                self._found(item, settled[item.id])

    def _found(self, item: Check, finding: Finding) -> None:
        ended = self._ended.get(item.id)
        since = self._since(item) if ended and ended.is_cached else None
        minute = self.session.ledger.minute()
        line = line_of(item, finding, minute=minute, seconds=ended.seconds if ended else 0.0, cached_since=since)
        kind = "live" if item.on == "live" else self.seed_kind
        first = kind in {"live", PRACTICE} and line.verdict == "passed" and self._never_passed(item)
        failpoint("check.finding")
        self.session.ledger.append("check.finding", actor="lab", source="engine", **_told(self.stage, line, kind))
        failpoint("check.found")
        self._tell(line)
        if first and any(event.after == item.id for event in self.stage.events):
            self._woken.add(item.id)
            self.session.parts.after_pass(self.session.workspace, self.session.scenario, self.stage, item.id)

    def _never_passed(self, item: Check) -> bool:
        known = self.session.current().check(item.id)
        return known is None or known.passed_minute is None

    def _since(self, item: Check) -> float | None:
        """Company time at which a remembered finding was found: the oldest of those that were alike and unbroken."""
        since: float | None = None
        for event in reversed(self.session.ledger.events("check.finding", "stage.reset")):
            told: dict[str, Any] = event.data
            if event.type == "stage.reset":
                break
            if told.get("check") == item.id and told.get("seed_kind") == self.seed_kind:
                since = event.minute
                if not told.get("cached"):
                    break
        return since

    def _tell(self, line: CheckLine) -> None:
        asked = {item.id for item in self.chosen.asked}
        if line.id in asked or line.verdict != "passed":
            self.lines.append(line)
            self.heard.finding(line)


def _told(stage: Stage, line: CheckLine, kind: str) -> dict[str, Any]:
    return {
        "stage": stage.id,
        "check": line.id,
        "verdict": line.verdict,
        "message": line.message,
        "look_at": line.look_at,
        "evidence": line.evidence,
        "seed_kind": kind,
        "cached": line.cached_since is not None,
        "seconds": round(line.seconds, 3),
    }


def _report(session: Session, before: StageProgress, chosen: Selection, lines: Sequence[CheckLine]) -> CheckReport:
    after = session.current()
    reached = [item.title for item in after.milestones if after.has_reached(item) and not before.has_reached(item)]
    state = "passed" if after.state == "passed" else "practised" if after.is_practised else "open"
    stage = session.stage(before.id)
    return CheckReport(
        stage=stage.title,
        milestone=chosen.milestone.title if chosen.milestone else "",
        sha="",
        lines=tuple(lines),
        later=later_lines(after, chosen.milestone) if chosen.milestone and not reached else (),
        reached=tuple(reached),
        stage_state=state,
        grading=graded.announcement(state),
        debrief=stage.debrief if state == "practised" and not before.is_practised else "",
        cached_since=_all_cached_since(lines),
        next=_next(session, after, lines),
        customers=customers_line(session) if any(line.on == "live" for line in lines) else None,
    )


def _all_cached_since(lines: Sequence[CheckLine]) -> float | None:
    """The newest time from which everything played on a game day is remembered; None when anything was played now."""
    times = [line.cached_since for line in lines if line.on == "game_day"]
    known = [time for time in times if time is not None]
    return max(known) if known and len(known) == len(times) else None


def _next(session: Session, after: StageProgress, lines: Sequence[CheckLine]) -> NextStep | None:
    """What to do now; nothing when the failing check has just said it in full."""
    if any(line.verdict == "failed" for line in lines):
        return NextStep("A hint, if you want one:", "lab hint")
    return next_step(session.workspace, after, None)


def _while_grading(session: Session, stage: StageProgress, sha: str, heard: Heard) -> CheckReport:
    """Nothing has changed and the two grading seeds are being played: say so instead of playing beside them."""
    if not stage.is_practised and stage.state != "passed":
        raise WrongState("The grading seeds are being played.", remedy="`lab next` shows how far they are.")
    heard.heading(stage.title, "", sha, ())
    lines = tuple(standing_line(item) for item in stage.core)
    for line in lines:
        heard.finding(line)
    return CheckReport(
        stage=stage.title, milestone="", sha=sha, lines=lines, stage_state="practised", grading=graded.sentence(session, stage),
        next=NextStep("Wait for the two grading seeds:", "lab next"),
    )  # fmt: skip
