"""Production over time: what customers got each second, and on the same axis what was done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lab.report import plain
from lab.report.sights import Incident, Mark, ProductionReport, Second, ServerLine
from lab.session.buying import customers_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lab.ledger.store import Event
    from lab.session.session import Session

WINDOW: Final = 480  # seconds = company minutes: eight hours of the company's day
QUIET: Final = 5  # good minutes that end an incident
FRESH: Final = 15.0  # minutes after which the last answer says nothing of now
_ABOUT: Final = 4_000  # events that surely hold the window: a busy company writes a few each second
_MARKS: Final = ("version.seen", "verb.run", "server.booted", "server.killed", "stage.opened", "clock.leaped")


def production(session: Session, *, window: int = WINDOW) -> ProductionReport:
    """The last `window` seconds with answers; marks and incidents of the same time."""
    ledger = session.ledger
    last = ledger.last("answers")
    events = ledger.events("answers", after=max((last.seq if last else 0) - _ABOUT, 0))[-window:]
    seconds = tuple(map(second, events))
    begin = seconds[0].minute if seconds else 0
    marked = ledger.events(*_MARKS)
    now = ledger.minute()
    versions = _versions(events[-1].data) if events else {}
    return ProductionReport(
        minute=now,
        seconds=seconds,
        marks=tuple(_mark(event) for event in _arrivals(marked) if event.minute >= begin),
        incidents=incidents(seconds, now=now),
        servers=_servers(session, marked, versions, is_fresh=bool(events) and now - events[-1].minute < FRESH),
        versions=versions,
        customers=customers_line(session),
    )


def second(event: Event) -> Second:
    """One `answers` event."""
    data = event.data
    good, late, wrong, failed = (int(data.get(name, 0)) for name in ("good", "late", "wrong", "failed"))
    return Second(int(event.minute), good, late, wrong, failed, float(data.get("worst_ms") or 0.0))


def incidents(seconds: Sequence[Second], *, now: float) -> tuple[Incident, ...]:
    """Bad seconds that lie less than `QUIET` minutes apart belong to one incident."""
    found: list[Incident] = []
    for one in seconds:
        if not (one.wrong or one.failed):
            continue
        bad = one.wrong + one.failed
        last = found[-1] if found else None
        if last and last.until is not None and one.minute - last.until < QUIET:
            found[-1] = Incident(last.since, one.minute, last.bad + bad)
        else:
            found.append(Incident(one.minute, one.minute, bad))
    if found and found[-1].until is not None and now - found[-1].until < QUIET:
        found[-1] = Incident(found[-1].since, None, found[-1].bad)
    return tuple(found)


def _versions(data: dict[str, Any]) -> dict[str, float]:
    told = data.get("versions")
    counts = {str(sha): float(count) for sha, count in told.items()} if isinstance(told, dict) else {}
    total = sum(counts.values())
    return {sha: count / total for sha, count in counts.items()} if total else {}


def _servers(session: Session, marked: Sequence[Event], versions: dict[str, float], *, is_fresh: bool) -> tuple[ServerLine, ...]:
    """Each server with what happened to it last. Which of several served a version is not known yet."""
    state = "serving" if versions and is_fresh else "quiet" if session.parts.door(session.workspace) else "asleep"
    version = max(versions, key=lambda sha: versions[sha]) if versions else ""
    lines = []
    for name in session.parts.servers(session.workspace):
        own = [event for event in marked if event.data.get("server") == name]
        last = f"{plain.clock(own[-1].minute)} {_WORDS[own[-1].type](own[-1].data)}" if own else ""
        lines.append(ServerLine(name, state, version, last))
    return tuple(lines)


def _arrivals(events: Sequence[Event]) -> Iterator[Event]:
    """The events without those that only tell of a version which was in the picture before; rows of one `second` are one picture."""
    before: set[str] = set()
    now: set[str] = set()
    second: object = None
    for event in events:
        if event.type != "version.seen":
            yield event
            continue
        if event.data.get("second") != second or second is None:
            before, now, second = now, set(), event.data.get("second")
        sha = str(event.data.get("sha", ""))
        now.add(sha)
        if sha not in before:
            yield event


def _mark(event: Event) -> Mark:
    kind = _KINDS[event.type]
    return Mark(event.minute, kind, plain.line(_WORDS[event.type](event.data)))


_KINDS: Final = {
    "version.seen": "deploy",
    "verb.run": "verb",
    "server.booted": "boot",
    "server.killed": "kill",
    "stage.opened": "stage",
    "clock.leaped": "leap",
}
_WORDS: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "version.seen": lambda data: f"customers see {plain.short(str(data.get('sha', '')))}",
    "verb.run": lambda data: f"'{data.get('verb', '')}' ended with {data.get('exit', '')}",
    "server.booted": lambda data: f"{data.get('server', '')} booted",
    "server.killed": lambda data: f"{data.get('server', '')} lost its power",
    "stage.opened": lambda data: f"'{data.get('title', data.get('stage', ''))}' began",
    "clock.leaped": lambda data: f"{data.get('minutes', '')} quiet minutes were passed over",
}
