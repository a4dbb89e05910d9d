"""The schema: applied on start, once, whole or not at all, on both databases."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from .fresh import TREE

SHIPPED = ["0001_orders", "0002_outbox", "0003_stock_by_category"]
FIRST = "-- safe: yes\nCREATE TABLE first (a INTEGER PRIMARY KEY);\n"


@pytest.fixture
def database(app: ModuleType, database_url: str) -> Iterator[Any]:
    """Give an empty database."""
    database = app.db.Database(database_url)
    yield database
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder with one migration."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_first.sql").write_text(FIRST, encoding="utf-8")
    return folder


def applied(database: Any) -> list[str]:
    with database.reading() as connection:
        return [name for (name,) in connection.rows("SELECT name FROM schema_migrations ORDER BY version")]


def has_table(database: Any, name: str) -> bool:
    try:
        with database.reading() as connection:
            connection.rows(f"SELECT * FROM {name}")  # noqa: S608 - our own word
    except database.errors:
        return False
    return True


@pytest.mark.usefixtures("client")
def test_the_storefront_migrates_when_it_starts(app: ModuleType) -> None:
    assert applied(app.main.app.state.shop.database) == SHIPPED


def test_a_second_start_changes_nothing(app: ModuleType, database: Any) -> None:
    assert app.migrate.apply_all(database) == SHIPPED
    assert app.migrate.apply_all(database) == []


def test_every_shipped_migration_says_whether_it_is_safe() -> None:
    for path in (TREE / "migrations").glob("*.sql"):
        assert path.read_text(encoding="utf-8").startswith(("-- safe: yes\n", "-- safe: no\n")), path.name


def test_a_new_file_is_applied_after_the_others(app: ModuleType, database: Any, folder: Path) -> None:
    app.migrate.apply_all(database, folder)
    (folder / "0002_second.sql").write_text("-- safe: yes\nALTER TABLE first ADD COLUMN b TEXT;\n")

    assert app.migrate.apply_all(database, folder) == ["0002_second"]
    with database.writing() as connection:
        connection.change("INSERT INTO first (a, b) VALUES (?, ?)", 1, "x")


def test_a_migration_that_fails_leaves_nothing_behind(app: ModuleType, database: Any, folder: Path) -> None:
    second = "CREATE TABLE second (a INTEGER);\nINSERT INTO first (a) VALUES (1), (1);\n"
    (folder / "0002_second.sql").write_text(second)

    with pytest.raises(database.errors):
        app.migrate.apply_all(database, folder)

    assert applied(database) == ["0001_first"]
    assert not has_table(database, "second")


def test_an_older_release_starts_on_a_newer_schema(app: ModuleType, database: Any, tmp_path: Path) -> None:
    newer = Path(shutil.copytree(TREE / "migrations", tmp_path / "newer"))
    (newer / "0099_later.sql").write_text("-- safe: yes\nALTER TABLE orders ADD COLUMN phone TEXT;\n")
    app.migrate.apply_all(database, newer)

    with TestClient(app.main.app) as client:
        assert client.get("/products").status_code == 200


@pytest.mark.parametrize("name", ["0001_again.sql", "1_short.sql", "0002-dash.sql", "notes.sql"])
def test_a_bad_or_double_name_is_refused(app: ModuleType, database: Any, folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1;")

    with pytest.raises(app.migrate.MigrationError, match=name.removesuffix(".sql")):
        app.migrate.apply_all(database, folder)
    assert not has_table(database, "first")


def test_two_starts_at_once_apply_each_migration_once(app: ModuleType, database_url: str) -> None:
    databases = [app.db.Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(app.migrate.apply_all, databases))

    assert sorted(name for names in done for name in names) == SHIPPED
    for database in databases:
        database.close()


def test_a_file_for_the_other_database_is_only_noted(app: ModuleType, database: Any, folder: Path) -> None:
    other = "postgresql" if database.dialect.name == "sqlite" else "sqlite"
    (folder / "0002_other.sql").write_text(f"-- safe: yes\n-- only: {other}\nNONSENSE;\n")

    assert app.migrate.apply_all(database, folder) == ["0001_first", "0002_other"]
    assert applied(database) == ["0001_first", "0002_other"]


def test_an_index_can_be_made_concurrently(app: ModuleType, database: Any, folder: Path) -> None:
    text = "-- safe: yes\n-- transaction: no\n-- only: postgresql\nCREATE INDEX CONCURRENTLY i ON first (a);\n"
    (folder / "0002_index.sql").write_text(text)

    assert app.migrate.apply_all(database, folder) == ["0001_first", "0002_index"]


def test_statements_are_told_apart(pure: ModuleType) -> None:
    script = "-- a; b\nINSERT INTO t VALUES ('x;y');\n\nSELECT 1;\nSELECT 2\n-- the end\n"
    statements = list(pure.migrate.statements_of(script))

    assert statements == ["-- a; b\nINSERT INTO t VALUES ('x;y');", "SELECT 1;", "SELECT 2\n-- the end"]
    assert list(pure.migrate.statements_of("-- nothing\n")) == []
