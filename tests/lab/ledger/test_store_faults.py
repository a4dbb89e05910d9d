"""What is wrong with the disk, the rights or the file is said to be, and nothing is lost."""

import contextlib
import os
import resource
import signal
import sqlite3
import tempfile
from pathlib import Path

import pytest

from lab.errors import WorldUnavailable
from lab.ledger.store import Ledger

NOBODY = 65_534


@contextlib.contextmanager
def ordinary_rights():
    """Act as somebody whom permissions stop: root is stopped by none."""
    if os.geteuid():
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder():
    """A folder that every user reaches: pytest's own are closed to others."""
    with tempfile.TemporaryDirectory(prefix="lab-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_ledger_that_stays_locked_is_said_to_be(ledger, monkeypatch):
    monkeypatch.setattr("lab.ledger.store.BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(ledger.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")

        with pytest.raises(WorldUnavailable, match="could not be used: database is locked"):
            ledger.append("say")


def test_a_read_only_ledger_is_said_to_be(open_folder):
    ledger = Ledger.create(open_folder / "ledger.db")
    ledger.append("say")
    ledger.path.chmod(0o444)
    open_folder.chmod(0o555)
    try:
        with ordinary_rights(), pytest.raises(WorldUnavailable) as told:
            ledger.append("say")
    finally:
        open_folder.chmod(0o755)

    assert told.value.message.startswith(f"The company's ledger '{ledger.path}' could not be used: ")
    assert told.value.remedy == "Free some disk space, or make the file writable, and run the command again; nothing was lost."
    assert ledger.seq() == 1


def test_a_read_only_folder_is_said_to_be(open_folder):
    open_folder.chmod(0o555)
    try:
        with ordinary_rights(), pytest.raises(WorldUnavailable, match=r"ledger\.db' could not be used: unable to open database file"):
            Ledger.create(open_folder / "ledger.db")
        with ordinary_rights(), pytest.raises(WorldUnavailable, match=r"ledger\.db' could not be used"):
            Ledger.create(open_folder / "new" / "ledger.db")
    finally:
        open_folder.chmod(0o755)


def test_a_folder_in_the_ledger_s_place_is_said_to_be(tmp_path):
    with pytest.raises(WorldUnavailable, match="could not be used: unable to open database file"):
        Ledger(tmp_path).seq()
    with pytest.raises(WorldUnavailable, match="could not be used: unable to open database file"):
        Ledger.create(tmp_path)


def test_a_file_in_the_folder_s_place_is_said_to_be(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(WorldUnavailable, match=r"ledger\.db' could not be used"):
        Ledger.create(tmp_path / "file" / "ledger.db")


def test_a_file_that_is_no_ledger_is_said_to_be(tmp_path):
    (tmp_path / "ledger.db").write_text("I am a shopping list, and a long one, too.\n" * 50)

    with pytest.raises(WorldUnavailable, match="is damaged: file is not a database"):
        Ledger(tmp_path / "ledger.db").events()


def test_a_full_disk_is_said_to_be_and_nothing_is_lost(ledger):
    ledger.append("say", text="kept")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    earlier = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(WorldUnavailable, match=r"could not be used: (database or disk is full|disk I/O error)"):
            ledger.append("say", text="x" * 1_000_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, earlier)

    assert [event.data for event in ledger.events()] == [{"text": "kept"}]
    assert ledger.append("say") == 2


def test_a_ledger_that_is_not_there_is_said_to_be_and_is_not_made(tmp_path):
    with pytest.raises(WorldUnavailable, match="could not be used"):
        Ledger(tmp_path / "ledger.db").events()

    assert not (tmp_path / "ledger.db").exists()


def test_a_ledger_of_a_newer_format_is_refused(ledger):
    with contextlib.closing(sqlite3.connect(ledger.path)) as link:
        link.execute("UPDATE facts SET value = '2' WHERE name = 'format'")
        link.commit()

    with pytest.raises(WorldUnavailable, match="format"):
        ledger.append("say")
