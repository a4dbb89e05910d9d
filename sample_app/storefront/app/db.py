"""One way to talk to the database, be it SQLite (a file) or PostgreSQL (a server).

SQL is written in the part that both understand, with `?` for parameters.
"""

import queue
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from app.errors import Overloaded

POOL_SIZE = 10
POOL_WAIT_SECONDS = 10
LOCK_WAIT_SECONDS = 10
CONNECT_SECONDS = 5
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Dialect:
    """What differs between the two databases."""

    name: str
    open: Callable[[], Any]
    errors: tuple[type[Exception], ...]
    placeholder: str
    begin_reading: str
    begin_writing: str


class Connection:
    """An open transaction."""

    def __init__(self, raw: Any, dialect: Dialect) -> None:
        """Take a connection of sqlite3 or psycopg on which a transaction has begun."""
        self._raw = raw
        self._dialect = dialect

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """Return all rows of a query."""
        found: list[Row] = self._execute(sql, parameters).fetchall()
        return found

    def row(self, sql: str, *parameters: object) -> Row | None:
        """Return the first row of a query, or None when there is none."""
        found: Row | None = self._execute(sql, parameters).fetchone()
        return found

    def change(self, sql: str, *parameters: object) -> int:
        """Run an INSERT, UPDATE or DELETE and return the number of rows it touched."""
        touched: int = self._execute(sql, parameters).rowcount
        return touched

    def run(self, statement: str) -> None:
        """Run one statement as it stands, without parameters."""
        self._raw.execute(statement)

    def wait_for_turn(self, name: str) -> None:
        """Let one transaction at a time pass here, until it ends. SQLite has one writer anyway."""
        if self._dialect.name == "postgresql":
            self._execute("SELECT pg_advisory_xact_lock(hashtext(?))", (name,))

    def _execute(self, sql: str, parameters: tuple[object, ...]) -> Any:
        return self._raw.execute(sql.replace("?", self._dialect.placeholder), parameters)


class Database:
    """A pool of at most POOL_SIZE connections, opened when first needed."""

    def __init__(self, url: str) -> None:
        """Take a URL, sqlite:///file or postgresql://…; nothing is opened yet."""
        self.dialect = postgresql(url) if url.startswith("postgresql://") else sqlite(url)
        self.errors: tuple[type[Exception], ...] = (*self.dialect.errors, Overloaded)
        self._slots: queue.LifoQueue[Any] = queue.LifoQueue()
        for _ in range(POOL_SIZE):
            self._slots.put(None)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self._transaction(self.dialect.begin_reading) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that may write; it is undone when the block raises."""
        with self._transaction(self.dialect.begin_writing) as connection:
            yield connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        with suppress(queue.Empty):
            while True:
                raw = self._slots.get_nowait()
                if raw is not None:
                    raw.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        raw = self._free_slot()
        try:
            raw = self._begun(raw, begin)
            yield Connection(raw, self.dialect)
            raw.execute("COMMIT")
        except BaseException:
            raw = self._undone(raw)
            raise
        finally:
            self._slots.put(raw)

    def _free_slot(self) -> Any:
        """Return an idle connection, or None where one may be opened. Raises Overloaded."""
        try:
            return self._slots.get(timeout=POOL_WAIT_SECONDS)
        except queue.Empty as error:
            message = "too many requests at once; try again"
            raise Overloaded(message) from error

    def _begun(self, raw: Any, begin: str) -> Any:
        """Return a connection in a transaction; one that died while idle is replaced."""
        if raw is not None:
            try:
                raw.execute(begin)
            except self.dialect.errors:
                raw.close()
            else:
                return raw
        raw = self.dialect.open()
        raw.execute(begin)
        return raw

    def _undone(self, raw: Any) -> Any:
        """Return the connection after a rollback, or None when it is of no more use."""
        if raw is None:
            return None
        try:
            raw.execute("ROLLBACK")
        except self.dialect.errors:
            raw.close()
            return None
        return raw


def sqlite(url: str) -> Dialect:
    """Return the dialect of a SQLite file; the path is relative after three slashes, absolute after four."""
    path = url.removeprefix("sqlite:///")

    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(path, timeout=LOCK_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
        raw.execute("PRAGMA journal_mode = WAL")
        return raw

    return Dialect(
        name="sqlite",
        open=connect,
        errors=(sqlite3.Error,),
        placeholder="?",
        begin_reading="BEGIN",
        begin_writing="BEGIN IMMEDIATE",
    )


def postgresql(url: str) -> Dialect:
    """Return the dialect of a PostgreSQL server; psycopg is needed from here on, and only here."""
    import psycopg  # noqa: PLC0415 - SQLite users need not install it

    return Dialect(
        name="postgresql",
        open=lambda: psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS),
        errors=(psycopg.Error,),
        placeholder="%s",
        begin_reading="BEGIN READ ONLY",
        begin_writing="BEGIN",
    )
