"""The workspace on disk: found by walking up, and refused in one sentence when something is off."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from lab.errors import WorldUnavailable, WrongState
from lab.session import durable, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from lab.session.session import Session


def test_it_is_found_from_deep_inside(session: Session) -> None:
    deep = session.workspace.clone / "a" / "b c"
    deep.mkdir(parents=True)
    assert workspace.find(deep) == session.workspace


def test_outside_of_one_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongState) as refused:
        workspace.find(tmp_path)
    assert str(refused.value) == (
        f"There is no workspace in '{tmp_path}' or above it. Open one with `lab start`, or name one with `-C DIR`."
    )


def test_a_directory_that_was_deleted_under_the_shell_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.setenv("PWD", str(gone))
    gone.rmdir()
    with pytest.raises(WrongState) as refused:
        workspace.find()
    assert str(refused.value) == f"The directory '{gone}' is gone. `cd` to one that is there, then run the command again."


def test_a_removed_dot_lab_is_one_sentence_and_the_clone_stays(session: Session) -> None:
    shutil.rmtree(session.workspace.lab)
    with pytest.raises(WrongState, match="There is no workspace"):
        workspace.find(session.workspace.clone)
    assert (session.workspace.clone / "app.py").is_file()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"format": 1}'])
def test_a_half_written_file_is_one_sentence(session: Session, damage: str) -> None:
    (session.workspace.lab / "workspace.json").write_text(damage, encoding="utf-8")
    with pytest.raises(WrongState) as refused:
        workspace.find(session.workspace.root)
    assert refused.value.message.startswith(f"The workspace '{session.workspace.root}' has ")
    assert "Your clone is untouched." in refused.value.remedy


def test_a_missing_file_is_one_sentence(session: Session) -> None:
    (session.workspace.lab / "workspace.json").unlink()
    with pytest.raises(WrongState, match="was not made to the end"):
        workspace.find(session.workspace.clone)


def test_a_lost_ledger_is_one_sentence(session: Session) -> None:
    session.workspace.ledger.unlink()
    with pytest.raises(WrongState, match="has lost its company's ledger"):
        workspace.find(session.workspace.clone)


def test_a_newer_format_is_refused_and_not_overwritten(session: Session) -> None:
    file = session.workspace.lab / "workspace.json"
    told = json.loads(file.read_text(encoding="utf-8")) | {"format": 2}
    file.write_text(json.dumps(told), encoding="utf-8")
    before = file.read_bytes()
    with pytest.raises(WrongState, match="has format 2, and this lab knows format 1"):
        workspace.find(session.workspace.root)
    assert file.read_bytes() == before


def test_a_moved_workspace_says_where_it_was(session: Session, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    session.workspace.root.rename(moved)
    with pytest.raises(WrongState, match="was made at"):
        workspace.find(moved)


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "state.json"
    durable.write_json(file, {"a": 1})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorldUnavailable, match="No space left on device"):
        durable.write_json(file, {"a": 2})
    assert durable.read_json(file) == {"a": 1}
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")] == []
