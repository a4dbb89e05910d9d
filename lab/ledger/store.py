"""The ledger itself: one SQLite file per company, appended to by any process, read by all.

Kept free of heavy imports: git hooks open it, and a push waits for them.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lab.errors import WorldUnavailable
from lab.failpoints import failpoint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FORMAT: Final = 1
BUSY_SECONDS: Final = 10.0
MINUTES_PER_SECOND: Final = 1.0

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, minute REAL NOT NULL,
  type TEXT NOT NULL, actor TEXT NOT NULL, source TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_type ON events (type, seq);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    `at` is real time (seconds since the epoch, UTC), `minute` company time (minutes since the company opened), `source`
    who saw it: engine, forge, runner, door, pager or learner. Events with equal times are ordered by `seq`.
    """

    seq: int
    at: float
    minute: float
    type: str
    actor: str
    source: str
    data: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """The event log of one company. Safe to use from several threads and processes; a connection is made per call.

    Raises:
        WorldUnavailable: the file can't be opened, written or understood (disk full, read-only, newer format).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_known = False

    @classmethod
    def create(cls, path: Path, *, opened: float | None = None, leaped: float = 0.0, scale: float = MINUTES_PER_SECOND) -> Ledger:
        """Make the file. `opened` is the real time at which company minute `leaped` begins (default: now).

        `scale` is how many company minutes a real second is.
        """
        ledger = cls(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise ledger._unavailable(problem.strerror or str(problem)) from problem
        with ledger._connect(make=True) as link:
            link.executescript("PRAGMA journal_mode=WAL;" + _SCHEMA)
            facts = {"format": str(FORMAT), "opened": repr(opened or time.time()), "leaped": repr(leaped), "scale": repr(scale)}
            link.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?)", facts.items())
        return ledger

    @contextlib.contextmanager
    def _connect(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        """A connection; without `make` a file that is not there stays so."""
        place = f"{self.path.absolute().as_uri()}?mode={'rwc' if make else 'rw'}"
        try:
            link = sqlite3.connect(place, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
        except sqlite3.Error as problem:
            raise self._unavailable(str(problem)) from problem
        try:
            link.execute("PRAGMA synchronous=FULL")
            if not (make or self._is_known):
                self._know(link)
            yield link
        except sqlite3.Error as problem:
            raise self._unavailable(str(problem)) from problem
        finally:
            link.close()

    def _know(self, link: sqlite3.Connection) -> None:
        """Refuse a file of another format; looked at once per ledger."""
        row = link.execute("SELECT value FROM facts WHERE name = 'format'").fetchone()
        if row is None or row[0] != str(FORMAT):
            raise WorldUnavailable(
                f"The company's ledger '{self.path}' has format {row[0] if row else 'unknown'}, and this lab knows format {FORMAT}.",
                remedy="A newer lab made it: use that one; nothing was changed.",
            )
        self._is_known = True

    def _unavailable(self, problem: str) -> WorldUnavailable:
        if "malformed" in problem or "not a database" in problem:
            return WorldUnavailable(
                f"The company's ledger '{self.path}' is damaged: {problem}.",
                remedy="Put a copy of the file back, or open a company in another folder with `lab start --dir`; your clone is untouched.",
            )
        return WorldUnavailable(
            f"The company's ledger '{self.path}' could not be used: {problem}.",
            remedy="Free some disk space, or make the file writable, and run the command again; nothing was lost.",
        )

    def append(self, type: str, /, *, actor: str = "lab", source: str = "engine", **data: Any) -> int:  # noqa: A002 - the word of the ledger
        """Append one event and give its `seq`; it is on disk when this returns."""
        return self.append_many([(type, actor, source, data)])

    def append_many(self, rows: Iterable[tuple[str, str, str, dict[str, Any]]]) -> int:
        """Append events `(type, actor, source, data)` in one transaction; gives the last `seq`."""
        with self._connect() as link:
            link.execute("BEGIN IMMEDIATE")
            now = time.time()
            minute = self._minute(link, now)
            last = 0
            for type_, actor, source, data in rows:
                cursor = link.execute(
                    "INSERT INTO events (at, minute, type, actor, source, data) VALUES (?, ?, ?, ?, ?, ?)",
                    (now, minute, type_, actor, source, json.dumps(data)),  # in ASCII: a file's name need not be UTF-8
                )
                last = cursor.lastrowid or 0
            failpoint("ledger.commit")
            link.execute("COMMIT")
            return last

    def _minute(self, link: sqlite3.Connection, now: float) -> float:
        facts = dict(link.execute("SELECT name, value FROM facts WHERE name IN ('opened', 'leaped', 'scale')"))
        scale = float(facts.get("scale", MINUTES_PER_SECOND))
        return (now - float(facts.get("opened", now))) * scale + float(facts.get("leaped", 0.0))

    def scale(self) -> float:
        """How many company minutes a real second is now."""
        with self._connect() as link:
            row = link.execute("SELECT value FROM facts WHERE name = 'scale'").fetchone()
        return float(row[0]) if row else MINUTES_PER_SECOND

    def set_scale(self, scale: float) -> None:
        """From now on a real second is `scale` company minutes; the company's time goes on from where it is."""
        if scale == self.scale():
            return
        with self._connect() as link:
            link.execute("BEGIN IMMEDIATE")
            now = time.time()
            facts = {"leaped": repr(self._minute(link, now)), "opened": repr(now), "scale": repr(scale)}
            link.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())
            link.execute("COMMIT")
        self.append("clock.scaled", minutes_per_second=scale)

    def minute(self) -> float:
        """The company's time now, in minutes since it opened."""
        with self._connect() as link:
            return self._minute(link, time.time())

    def events(self, *types: str, after: int = 0, until: int | None = None) -> list[Event]:
        """Events in order of `seq`, those of `types` (all if none is named), later than `after`, up to `until`."""
        where, values = "seq > ?", [after]
        if until is not None:
            where, values = where + " AND seq <= ?", [*values, until]
        query = f"SELECT seq, at, minute, type, actor, source, data FROM events WHERE {where}"  # noqa: S608 - constants only
        arguments: list[Any] = list(values)
        if types:
            query += f" AND type IN ({','.join('?' * len(types))})"
            arguments += types
        with self._connect() as link:
            rows = link.execute(query + " ORDER BY seq", arguments).fetchall()
        return [_event(row) for row in rows]

    def last(self, *types: str) -> Event | None:
        """The newest event of `types`, or None if there is none."""
        query = "SELECT seq, at, minute, type, actor, source, data FROM events"
        if types:
            query += f" WHERE type IN ({','.join('?' * len(types))})"
        with self._connect() as link:
            row = link.execute(query + " ORDER BY seq DESC LIMIT 1", types).fetchone()
        return _event(row) if row else None

    def seq(self) -> int:
        """The `seq` of the newest event; 0 if there is none."""
        with self._connect() as link:
            return int(link.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])

    def follow(self, *types: str, after: int, timeout: float, pause: float = 0.03) -> Iterator[Event]:
        """Yield events as they come, for at most `timeout` seconds; the caller stops when it has seen enough."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found: Sequence[Event] = self.events(*types, after=after)
            for event in found:
                after = event.seq
                yield event
            if not found:
                time.sleep(pause)


def _event(row: tuple[Any, ...]) -> Event:
    seq, at, minute, type_, actor, source, data = row
    return Event(seq, at, minute, type_, actor, source, json.loads(data))
