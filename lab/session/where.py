"""Bare `lab`: where you are, what changed since you left, and the one next thing to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from lab.report import plain
from lab.report.model import News, WhereReport
from lab.session import clone, durable
from lab.session.buying import customers_line
from lab.session.next_step import next_step
from lab.session.place import milestone, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.ledger.store import Event
    from lab.session.session import Session

_SEEN: Final = "seen.json"
_SHOWN: Final = 8
_NEWS: Final = ("say", "ref.updated", "run.finished", "pr.opened", "pr.reviewed", "pr.merged", "push.refused", "stage.passed")
_SELF: Final = frozenset({"learner", "lab", ""})


def where_am_i(session: Session) -> WhereReport:
    """The report; the company is woken, and what was shown now is not news the next time."""
    session.parts.wake(session.workspace)
    stage = session.current()
    space = session.workspace
    upto = session.ledger.seq()
    told = durable.read_json(space.lab / _SEEN)
    seen = int(told.get("seq", 0)) if isinstance(told, dict) else 0
    fresh = news(session, after=seen, upto=upto)
    work = clone.look(space.clone, forge=session.parts.forge(space).path(space.repository), heads=session.heads())
    report = WhereReport(
        stage=f"{space.title} · {stage.title}",
        milestone=milestone(stage) if stage.state == "open" else stage.state,
        place=place(session.progress()),
        minute=session.ledger.minute(),
        next=next_step(space, stage, work),
        news=tuple(fresh[-_SHOWN:]),
        more_news=max(len(fresh) - _SHOWN, 0),
        customers=customers_line(session),
        door=session.parts.door(space),
        work=work.sentences()[:2],
    )
    durable.write_json(space.lab / _SEEN, {"seq": upto, "at": time.time()})
    return report


def news(session: Session, *, after: int, upto: int | None = None) -> list[News]:
    """What others did after the event `after`, oldest first."""
    found = [_in_words(event) for event in session.ledger.events(*_NEWS, after=after, until=upto)]
    return [news for news in found if news]


def _in_words(event: Event) -> News | None:
    """An event as news; None for what the learner did."""
    words = _WORDS[event.type](event.data)
    return News(event.minute, words[0], words[1]) if words else None


def _said(data: dict[str, Any]) -> tuple[str, str]:
    return data["by"], data["text"]


def _pushed(data: dict[str, Any]) -> tuple[str, str] | None:
    pusher, ref = str(data.get("pusher", "")), str(data.get("ref", ""))
    if pusher in _SELF:
        return None
    kind, _, name = ref.removeprefix("refs/").partition("/")
    if kind == "tags":
        return pusher, f"published the tag '{name}'"
    return (pusher, f"pushed {plain.short(data.get('new'))} to '{name}'") if kind == "heads" else None


def _ran(data: dict[str, Any]) -> tuple[str, str] | None:
    if data.get("result") == "success":
        return None
    reason = f": {data['reason']}" if data.get("reason") else ""
    return "pipeline", f"run {data['run']} ended with {data['result']}{reason}"


def _opened(data: dict[str, Any]) -> tuple[str, str] | None:
    return None if data.get("by") in _SELF else (data["by"], f"opened pull request #{data['number']}: {data['title']}")


def _reviewed(data: dict[str, Any]) -> tuple[str, str] | None:
    said = "approved" if data.get("verdict") == "approve" else "refused"
    return data["by"], f"{said} pull request #{data['number']}" + (f": {data['text']}" if data.get("text") else "")


def _merged(data: dict[str, Any]) -> tuple[str, str] | None:
    return None if data.get("by") in _SELF else (data["by"], f"merged pull request #{data['number']}")


def _refused(data: dict[str, Any]) -> tuple[str, str] | None:
    return None if data.get("pusher") in _SELF else (data["pusher"], f"was refused a push: {data.get('reason', '')}")


def _passed(data: dict[str, Any]) -> tuple[str, str]:
    return "lab", f"the stage '{data['stage']}' is passed with both grading seeds"


_WORDS: Final[dict[str, Callable[[dict[str, Any]], tuple[str, str] | None]]] = {
    "say": _said,
    "ref.updated": _pushed,
    "run.finished": _ran,
    "pr.opened": _opened,
    "pr.reviewed": _reviewed,
    "pr.merged": _merged,
    "push.refused": _refused,
    "stage.passed": _passed,
}
