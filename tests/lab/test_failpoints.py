"""Wherever a command dies, the ledger is whole, a verdict is the old or the new one, nothing is left, and the next command works."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from lab import failpoints, rooms
from lab.cli.desk import Desk
from lab.cli.main import run
from lab.company.git import Git
from lab.ledger.store import Ledger
from lab.session import grading, workspace
from lab.session.session import Session
from tests.lab.session.conftest import folder, house, own_machine, session
from tests.lab.session.fake_house import FakeHouse

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["folder", "house", "own_machine", "session"]

DRIVER = Path(__file__).with_name("failpoint_driver.py")
CODES = {"kill": -signal.SIGKILL, "raise": 70, "enospc": 4}
STARTS = tuple(sorted(name for name in failpoints.NAMES if name.startswith(("start.", "open.", "ledger.", "durable."))))
LATER = tuple(sorted(failpoints.NAMES - set(STARTS)))
WITHIN = 5.0


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A temporary folder of our own, in which nothing of the lab is afterwards, and no process that knows this test's folder."""
    room = tmp_path / "temporary"
    room.mkdir()
    monkeypatch.setenv("TMPDIR", str(room))
    monkeypatch.setattr("tempfile.tempdir", str(room))
    monkeypatch.setattr(grading, "begin", lambda _: None)
    yield
    end = time.monotonic() + WITHIN
    while (left := [*room.glob("lab-*/"), *_processes(tmp_path)]) and time.monotonic() < end:
        time.sleep(0.1)
    assert left == []


def _processes(path: Path) -> list[int]:
    known = psutil.process_iter(["pid", "cmdline"])
    return [one.pid for one in known if one.pid != os.getpid() and any(str(path) in word for word in one.info["cmdline"] or ())]


def lab(house: FakeHouse, directory: Path, *words: str, told: str = "") -> int:
    """One command, with a failpoint or without; in a process of its own where it is to be killed."""
    if told.endswith((":kill", ":sleep")):
        with begun(house, directory, *words, told=told) as process:
            return process.wait(30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(failpoints.VARIABLE, told)
        return run(words, Desk(directory=directory, make_parts=lambda: house))


def begun(house: FakeHouse, directory: Path, *words: str, told: str) -> subprocess.Popen[str]:
    argv = [sys.executable, str(DRIVER), str(house.folder), str(directory), *words]
    env = {**os.environ, failpoints.VARIABLE: told}
    return subprocess.Popen(argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _ledger(root: Path) -> Path:
    return root / ".lab" / "company" / "ledger.db"


def is_whole(root: Path) -> bool:
    link = sqlite3.connect(_ledger(root))
    try:
        return link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    finally:
        link.close()


def counted(root: Path, *types: str) -> Counter[tuple[str, str]]:
    events = Ledger(workspace.read(root).ledger).events(*types)
    return Counter((event.type, str(event.data.get("check") or event.data.get("stage"))) for event in events)


@pytest.mark.parametrize("mode", CODES)
@pytest.mark.parametrize("name", STARTS)
def test_a_start_that_dies_anywhere_is_finished_by_the_next_one(house: FakeHouse, folder: Path, name: str, mode: str) -> None:
    words = ("start", "small", "--dir", str(folder))
    folder.parent.mkdir(parents=True)
    assert lab(house, folder.parent, *words, told=f"{name}:{mode}") == CODES[mode]
    assert not _ledger(folder).exists() or is_whole(folder)
    assert lab(house, folder.parent, *words) == 0
    assert is_whole(folder)
    assert counted(folder, "stage.opened") == {("stage.opened", "alpha"): 1}
    assert [path.name for path in (folder / ".lab").glob("starting*")] == []
    assert lab(house, folder / "storefront", "check") == 0


@pytest.mark.parametrize("mode", CODES)
@pytest.mark.parametrize("name", LATER)
def test_a_command_that_dies_anywhere_leaves_the_old_state_or_the_new(house: FakeHouse, session: Session, name: str, mode: str) -> None:
    space = session.workspace
    words = {"check": ("check",), "next": ("next",), "reset": ("reset", "--yes")}[name.partition(".")[0]]
    (space.clone / "mine.txt").write_text("my work\n", encoding="utf-8")
    if words == ("next",):
        assert [lab(house, space.clone, "check"), lab(house, space.clone, "check")] == [0, 0]  # a milestone each
    start = Git(session.parts.forge(space).path(space.repository)).out("rev-parse", "main")
    assert lab(house, space.clone, *words, told=f"{name}:{mode}") == CODES[mode]
    assert is_whole(space.root)
    after = Session(workspace.read(space.root), house).progress()
    assert after.current is not None
    assert (after.current.id, after.current.state) in {("alpha", "open"), ("alpha", "passed")}
    assert lab(house, space.clone, *words) == 0
    assert is_whole(space.root)
    told = counted(space.root, "stage.passed", "stage.opened", "stage.reset")
    assert told["stage.passed", "alpha"] == (1 if words == ("next",) else 0)
    assert told["stage.opened", "beta"] == (1 if words == ("next",) else 0)
    assert Git(session.parts.forge(space).path(space.repository)).out("rev-parse", "main") == start
    kept = Git(space.clone).lines("for-each-ref", "--format=%(refname:short)", "refs/tags")
    assert (space.clone / "mine.txt").exists() or any(
        Git(space.clone).out("show", f"{tag}:mine.txt") == "my work" for tag in kept if tag.startswith("before-reset")
    )
    assert lab(house, space.clone) == 0


def test_a_write_that_dies_leaves_the_old_file_or_the_new(house: FakeHouse, session: Session) -> None:
    note = session.workspace.lab / workspace.FILE
    before = json.loads(note.read_text(encoding="utf-8"))
    assert lab(house, session.workspace.clone, "check", told="durable.replace:kill") == CODES["kill"]
    assert json.loads(note.read_text(encoding="utf-8")) == before
    assert lab(house, session.workspace.clone, "check") == 0


def test_events_that_are_not_committed_are_not_there(house: FakeHouse, session: Session) -> None:
    assert lab(house, session.workspace.clone, "check", told="ledger.commit:kill") == CODES["kill"]
    assert counted(session.workspace.root, "check.finding") == {}
    assert lab(house, session.workspace.clone, "check") == 0
    assert set(counted(session.workspace.root, "check.finding").values()) == {1}


def test_a_check_that_is_broken_off_while_it_waits_keeps_what_it_found(house: FakeHouse, session: Session) -> None:
    space = session.workspace
    with begun(house, space.clone, "check", told="check.found:sleep") as process:
        end = time.monotonic() + 20
        while not counted(space.root, "check.finding") and time.monotonic() < end:
            time.sleep(0.05)
        assert lab(house, space.clone, "check") == 5  # another check is being played
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
    assert sum(counted(space.root, "check.finding").values()) == 1
    assert lab(house, space.clone, "check") == 0


def test_the_code_has_each_failpoint_of_the_list_once() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(failpoints.__file__).parent.rglob("*.py"))
    assert {name: source.count(f'failpoint("{name}")') for name in failpoints.NAMES} == dict.fromkeys(failpoints.NAMES, 1)


def test_rooms_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(10)
    room = tmp_path / "temporary"
    dead, living, other = room / f"lab-scene-{gone.pid}-abc", room / f"{rooms.prefix('scene')}abc", room / "labour-1-x"
    for path in (dead, living, other):
        path.mkdir()
    assert rooms.sweep() == 1
    assert sorted(path.name for path in room.iterdir()) == sorted([living.name, other.name])
    living.rmdir()


@pytest.mark.slow
def test_a_real_check_that_is_killed_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    assert real("start", "--dir", str(folder), "--seed", "5") == 0
    try:
        before = set(_processes(tmp_path))
        assert real("check", cwd=folder / "storefront", told="check.finding:kill") == CODES["kill"]
        assert is_whole(folder)
        assert counted(folder, "check.finding") == {}
        end = time.monotonic() + WITHIN
        while (left := [*(tmp_path / "temporary").glob("lab-*/"), *(set(_processes(tmp_path)) - before)]) and time.monotonic() < end:
            time.sleep(0.1)
        assert left == []
        assert real("check", cwd=folder / "storefront") in {0, 1}
        assert counted(folder, "check.finding") != {}
    finally:
        assert real("down", cwd=folder) == 0


def real(*words: str, cwd: Path | str = "/", told: str = "") -> int:
    argv = [sys.executable, "-I", "-c", "from lab.cli.main import main; main()", *words]
    return subprocess.run(
        argv, cwd=cwd, env={**os.environ, failpoints.VARIABLE: told}, stdout=subprocess.DEVNULL, check=False, timeout=300
    ).returncode
