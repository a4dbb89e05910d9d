"""`lab drill`: on call for one trouble that nobody has seen, on a copy of the learner's own company."""

from __future__ import annotations

import json
import re
import secrets
from typing import TYPE_CHECKING, Any, Final

from lab.errors import UsageProblem, WrongState
from lab.report import plain
from lab.report.drill import DrillEnded, DrillReport, DrillVerb, Point
from lab.session import durable, locks
from lab.session.logging_in import ssh_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.gameday.drilling import Drill, Restored
    from lab.session.session import Session

    Tell = Callable[[str], None]

FOLDER: Final = "drill"
FILE: Final = "drill.json"
MINUTES: Final = 15.0
LINES: Final = 2
_SEEDS: Final = 10_000
_TIME: Final = re.compile(r"\d{1,2}:\d{2}|\d+ *(?:m\b|min|minute)", re.IGNORECASE)


def begin(session: Session, seed: int | None, tell: Tell, *, pace: float | None = None) -> DrillReport:
    """Begin a drill, of a seed or of one that is drawn. `pace` is company minutes in a real second; a minute is a minute by default.

    Raises:
        WrongState: one goes on, no stage with a drill has been passed, or the learner's `deploy` does not work.
    """
    from lab.gameday import drilling, troubles  # noqa: PLC0415 - heavy, and `close` needs none of it

    if _told(session):
        raise WrongState("A drill goes on already.", remedy="`lab drill` shows it, `lab drill end --cause CAUSE` ends it.")
    number = secrets.randbelow(_SEEDS) if seed is None else seed
    try:
        trouble = troubles.drawn(number, passed(session))
    except LookupError:
        raise WrongState(
            "Nobody puts you on call before you can deploy: pass the first stage.", remedy="`lab` says what that takes."
        ) from None
    drill = _drill(session)
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab drill"):
        tell("Copying your company, and deploying your 'main' to it.")
        try:
            drill.open(session.workspace.company, seed=number, pace=drilling.PACE if pace is None else pace)
            paged = drill.begin(trouble, seed=number, minutes=MINUTES)
            _keep(session, {"seed": number, "trouble": trouble.id, "paged": paged})
        except BaseException:
            drill.close()
            raise
    session.ledger.append("drill.begun", actor="learner", source="learner", seed=number)
    return show(session)


def passed(session: Session) -> set[str]:
    """The stages that a drill may be about."""
    return {stage.id for stage in session.progress().stages if stage.state == "passed"}


def goes_on(session: Session) -> bool:
    """Whether there is a drill."""
    return _told(session) is not None


def show(session: Session) -> DrillReport:
    """The drill that goes on: the page, the time that is left, and what can be done.

    Raises:
        WrongState: there is none.
    """
    from lab.gameday import drilling, troubles  # noqa: PLC0415 - as above

    told, drill = _open(session), _drill(session)
    now = drill.minute()
    return DrillReport(
        seed=told["seed"],
        page=drilling.PAGE.format(minutes=MINUTES),
        paged=told["paged"],
        left=told["paged"] + MINUTES - now,
        lines=len(drill.said()),
        causes=dict(troubles.CAUSES),
    )


def ssh_command(session: Session, server: str, words: tuple[str, ...]) -> list[str]:
    """The argument list of `ssh` to a server of the drill.

    Raises:
        WrongState: there is no drill.
        UsageProblem: there is no such server.
        WorldUnavailable: ssh is not installed.
    """
    _open(session)
    return ssh_to(server, words, servers=session.parts.servers(session.workspace), config=_drill(session).ssh_config)


def run(session: Session, verb: str, sha: str) -> DrillVerb:
    """Run a verb of 'harborline.yaml' against the drill's company.

    Raises:
        WrongState: there is no drill.
        UsageProblem: there is no such verb.
    """
    told = _open(session)
    done = _drill(session).verb(verb, sha=sha, seed=told["seed"])
    if done.problem:
        raise UsageProblem(done.problem, remedy="'harborline.yaml' says which verbs there are.")
    return DrillVerb(verb, done.exit, done.output)


def say(session: Session, when: str, following: str) -> DrillReport:
    """A status line to Lena: when it will be over or when she hears again, and what comes next.

    Raises:
        WrongState: there is no drill.
        UsageProblem: it says no time, or nothing of what comes next.
    """
    _open(session)
    if not _TIME.search(when):
        raise UsageProblem(f"'{when}' is no time: Lena has to tell customers one.", remedy="--when 10:40, or --when '10 min'")
    if len(following.split()) < 2:  # noqa: PLR2004 - two words are the least that says anything
        raise UsageProblem(f"'{following}' does not say what you do next.", remedy="--next 'back to the version of noon'")
    _drill(session).note("drill.said", when=plain.line(when), next=plain.line(following))
    return show(session)


def end(session: Session, cause: str) -> DrillEnded:
    """End the drill: customers are asked, the cause is compared, the status lines are counted. The copy is gone afterwards.

    Raises:
        WrongState: there is no drill.
        UsageProblem: there is no such cause.
    """
    from lab.gameday import troubles  # noqa: PLC0415 - as above

    told, drill = _open(session), _drill(session)
    if cause not in troubles.CAUSES:
        raise UsageProblem(
            f"There is no cause '{cause}'.", remedy=f"There are: {', '.join(troubles.CAUSES)}. `lab drill` says what each means."
        )
    trouble = troubles.named(told["trouble"])
    restored = drill.restored()
    lines = tuple(minute - told["paged"] for minute, _ in drill.said())
    points = (
        _restored(restored, told["paged"]),
        Point(
            "The cause is named",
            trouble.cause == cause,
            f"It was so: {trouble.says}." + ("" if trouble.cause == cause else f" You said '{cause}'."),
        ),
        _informed(lines),
    )
    session.ledger.append(
        "drill.ended", actor="learner", source="learner", seed=told["seed"], trouble=trouble.id, passed=[point.is_met for point in points]
    )
    close(session)
    return DrillEnded(told["seed"], points)


def _restored(seen: Restored, paged: float) -> Point:
    title = f"Customers are well again within {MINUTES:.0f} minutes"
    if seen.right < seen.asked or not seen.asked:
        return Point(title, is_met=False, says=f"{seen.asked - seen.right} of {seen.asked} answers are still bad: {seen.example}")
    took = max((seen.last_bad if seen.last_bad is not None else paged) - paged, 0.0)
    return Point(title, took <= MINUTES, f"All {seen.asked} answers are right; the last bad one was {took:.0f} min after the page.")


def _informed(lines: tuple[float, ...]) -> Point:
    title = f"Lena heard twice within {MINUTES:.0f} minutes when it will be over, and what comes next"
    count = sum(minute <= MINUTES for minute in lines)
    return Point(title, count >= LINES, f"She heard {count} times." if count != 1 else "She heard once.")


def close(session: Session) -> None:
    """Remove the drill, if there is one."""
    if (session.workspace.lab / FOLDER).is_dir():
        _drill(session).close()


def _drill(session: Session) -> Drill:
    from lab.gameday.drilling import Drill  # noqa: PLC0415 - as above

    return Drill(session.workspace.lab / FOLDER)


def _file(session: Session) -> Path:
    return session.workspace.lab / FOLDER / FILE


def _keep(session: Session, told: dict[str, Any]) -> None:
    durable.write_json(_file(session), told)


def _told(session: Session) -> dict[str, Any] | None:
    try:
        told = json.loads(_file(session).read_text(encoding="utf-8"))
        return {"seed": int(told["seed"]), "trouble": str(told["trouble"]), "paged": float(told["paged"])}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _open(session: Session) -> dict[str, Any]:
    told = _told(session)
    if told is None:
        raise WrongState("There is no drill.", remedy="`lab drill` begins one.")
    return told
