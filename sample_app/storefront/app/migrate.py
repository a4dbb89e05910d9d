"""Brings the schema up to date: each file in migrations/ runs once, in the order of its number.

A file is named NNNN_name.sql and begins with comment lines that say how to run it:

    -- safe: yes            can the release before this one live with the new schema? (for people)
    -- transaction: no      PostgreSQL only: run outside a transaction (CREATE INDEX CONCURRENTLY)
    -- only: postgresql     skip on the other database

A database that is ahead of these files is left alone, so that an older release can start on it.
`python -m app.migrate` does it without starting the service.
"""

import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app import clock
from app.config import ROOT, settings
from app.db import LOCK_WAIT_SECONDS, Connection, Database

MIGRATIONS = ROOT / "migrations"
FILE_NAME = re.compile(r"(\d{4})_\w+\.sql")
HEADER = re.compile(r"^-- (safe|transaction|only): (\w+)$", re.MULTILINE)
POLL_SECONDS = 0.05
SCHEMA_MIGRATIONS = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL
)
"""

log = logging.getLogger(__name__)


class MigrationError(Exception):
    """The files in migrations/ can't be used, or another process held the schema too long."""


@dataclass(frozen=True)
class Migration:
    """One file: its number, its name, its statements and what its header says."""

    version: int
    name: str
    statements: tuple[str, ...]
    header: dict[str, str]

    def runs_on(self, dialect: str) -> bool:
        """Return whether this file has anything to say to this kind of database."""
        return self.header.get("only", dialect) == dialect

    def needs_transaction(self, dialect: str) -> bool:
        """Return whether all statements or none must take effect."""
        return dialect == "sqlite" or self.header.get("transaction") != "no"


def apply_all(database: Database, folder: Path = MIGRATIONS) -> list[str]:
    """Apply what the database lacks and return the names of it. Two processes may try at once."""
    migrations = read_migrations(folder)
    with alone(database):
        with database.writing() as connection:
            connection.run(SCHEMA_MIGRATIONS)
        return [migration.name for migration in migrations if apply(database, migration)]


def read_migrations(folder: Path) -> list[Migration]:
    """Return the migrations of a folder in order. Raises MigrationError for a bad or double name."""
    migrations: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            message = f"migration '{path.name}' is not named NNNN_name.sql"
            raise MigrationError(message)
        version = int(match[1])
        if version in migrations:
            message = f"migrations '{migrations[version].name}' and '{path.stem}' have one number"
            raise MigrationError(message)
        text = path.read_text(encoding="utf-8")
        header = dict(HEADER.findall(text))
        migrations[version] = Migration(version, path.stem, tuple(statements_of(text)), header)
    return list(migrations.values())


def statements_of(script: str) -> Iterator[str]:
    """Yield the statements of a script, one by one."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if any(not line.startswith("--") for line in statement.split("\n") if line.strip()):
        yield statement.strip()


def apply(database: Database, migration: Migration) -> bool:
    """Apply one migration unless it is there, and return whether it was applied now."""
    dialect = database.dialect.name
    if not migration.needs_transaction(dialect):
        return _apply_bare(database, migration)
    with database.writing() as connection:
        if is_applied(connection, migration):
            return False
        if migration.runs_on(dialect):
            for statement in migration.statements:
                connection.run(statement)
        record(connection, migration)
    return True


def _apply_bare(database: Database, migration: Migration) -> bool:
    with database.reading() as connection:
        if is_applied(connection, migration):
            return False
    if migration.runs_on(database.dialect.name):
        raw = database.dialect.open()
        try:
            for statement in migration.statements:
                raw.execute(statement)
        finally:
            raw.close()
    with database.writing() as connection:
        record(connection, migration)
    return True


def is_applied(connection: Connection, migration: Migration) -> bool:
    """Return whether the database has this migration."""
    sql = "SELECT 1 FROM schema_migrations WHERE version = ?"
    return connection.row(sql, migration.version) is not None


def record(connection: Connection, migration: Migration) -> None:
    """Write down that a migration is applied."""
    connection.change(
        "INSERT INTO schema_migrations (version, name, applied_at) VALUES (?, ?, ?)",
        migration.version,
        migration.name,
        clock.stamp(clock.now()),
    )
    log.info("migration applied", extra={"migration": migration.name})


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Keep other processes from migrating. SQLite needs nothing: it has one writer at a time.

    On PostgreSQL this asks again and again: a session that waits inside one long query would itself
    be waited for by CREATE INDEX CONCURRENTLY, for ever.
    """
    if database.dialect.name == "sqlite":
        yield
        return
    raw = database.dialect.open()
    try:
        deadline = time.monotonic() + LOCK_WAIT_SECONDS
        while not raw.execute("SELECT pg_try_advisory_lock(hashtext('migrate'))").fetchone()[0]:
            if time.monotonic() > deadline:
                message = f"another process has been migrating for {LOCK_WAIT_SECONDS} s"
                raise MigrationError(message)
            time.sleep(POLL_SECONDS)
        yield
    finally:
        raw.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    apply_all(Database(settings.database_url))
