"""`lab start`: what it makes, what it refuses, and that an interrupted one is finished by the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab.company.git import Git
from lab.errors import UsageProblem, WorldUnavailable, WrongState
from lab.report.paper import PLAIN
from lab.report.prose import start as render
from lab.session import workspace
from lab.session.session import Session
from lab.session.start import TRUST, Wish, start

if TYPE_CHECKING:
    from tests.lab.session.fake_house import FakeHouse


def quiet(_: str) -> None:
    return None


def test_it_makes_a_workspace_with_its_first_stage_open(house: FakeHouse, folder: Path) -> None:
    report = start(Wish("small", folder, seed=7), house, tell=quiet)
    assert sorted(path.name for path in folder.iterdir()) == [".lab", "enter", "storefront"]
    assert (folder / "storefront" / "app.py").read_text(encoding="utf-8") == "print('hello')\n"
    space = workspace.read(folder)
    assert (space.seed, space.scenario, space.title, [note.id for note in space.stages]) == (7, "small", "Harborline", ["alpha", "beta"])
    assert Session(space, house).current().id == "alpha"
    assert house.woken > 0
    assert not (folder / ".lab" / "starting.json").exists()
    assert report.is_new


def test_it_tells_the_story_the_trust_and_the_line_to_paste(house: FakeHouse, folder: Path) -> None:
    stories: list[str] = []
    report = start(Wish("small", folder, seed=7), house, tell=quiet, on_story=stories.append)
    assert stories == ["Once upon a time."]
    assert render(report, PLAIN) == (
        f"{TRUST}\n\n"
        f"Harborline is open at http://127.0.0.1:1; customers are buying. It is all in '{folder}'.\n"
        "Paste this line, and `lab` tells you the rest:\n\n"
        f"  . '{folder}/enter'\n"
    )


def test_the_line_to_paste_is_short_from_the_folder_above(house: FakeHouse, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.parent.mkdir()
    monkeypatch.chdir(folder.parent)
    assert start(Wish("small", Path("harborline")), house, tell=quiet).enter == ". harborline/enter"


def test_a_second_start_says_where_you_are_and_changes_nothing(house: FakeHouse, folder: Path) -> None:
    start(Wish("small", folder, seed=7), house, tell=quiet)
    before = (folder / ".lab" / "workspace.json").read_bytes()
    report = start(Wish("small", folder, seed=9), house, tell=quiet)
    assert not report.is_new
    assert report.place == "You are in 'Alpha', milestone 1 of 2: Begin."
    assert (folder / ".lab" / "workspace.json").read_bytes() == before
    assert house.opened == ["alpha"]


def test_a_folder_with_something_else_in_it_is_refused_and_untouched(house: FakeHouse, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(WrongState) as refused:
        start(Wish("small", folder), house, tell=quiet)
    assert refused.value.message == f"The folder '{folder}' is not empty (it has 'thesis.txt'), and nothing in it will be overwritten."
    assert [path.name for path in folder.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_way_is_refused(house: FakeHouse, folder: Path) -> None:
    folder.parent.mkdir()
    folder.write_text("a file", encoding="utf-8")
    with pytest.raises(WrongState, match="is a file"):
        start(Wish("small", folder), house, tell=quiet)


@pytest.mark.parametrize("name", ["a:b", 'a"b', "a\nb"])
def test_a_folder_that_path_can_not_name_is_refused(house: FakeHouse, tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageProblem, match="can't stand in"):
        start(Wish("small", tmp_path / name), house, tell=quiet)


def test_an_unknown_scenario_leaves_nothing_behind(house: FakeHouse, folder: Path) -> None:
    with pytest.raises(UsageProblem, match="no scenario 'smal'"):
        start(Wish("smal", folder), house, tell=quiet)
    assert not folder.exists()


@pytest.mark.parametrize("step", ["prepare", "found", "copy_environment"])
def test_a_start_that_was_interrupted_is_done_again_by_the_next_with_the_same_seed(
    house: FakeHouse, folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise WorldUnavailable("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(house, step, break_off)
        with pytest.raises(WorldUnavailable):
            start(Wish("small", folder), house, tell=quiet)
    seed = json.loads((folder / ".lab" / "starting.json").read_text(encoding="utf-8"))["seed"]
    with pytest.raises(WrongState, match="was not made to the end"):
        workspace.find(folder)
    assert start(Wish("small", folder), house, tell=quiet).is_new
    assert workspace.read(folder).seed == seed


def test_a_start_that_was_interrupted_while_its_stage_opened_is_finished(
    house: FakeHouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise WorldUnavailable("A port was taken.")

    with monkeypatch.context() as patch:
        patch.setattr(house, "open_stage", break_off)
        with pytest.raises(WorldUnavailable):
            start(Wish("small", folder), house, tell=quiet)
    with pytest.raises(WrongState, match="No stage has been opened"):
        Session(workspace.read(folder), house).current()
    start(Wish("small", folder), house, tell=quiet)
    assert Session(workspace.read(folder), house).current().id == "alpha"
    assert (folder / "enter").is_file()


def test_the_clone_gets_an_identity_only_where_there_is_none(
    house: FakeHouse, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(Wish("small", folder), house, tell=quiet)
    assert Git(folder / "storefront").out("config", "--local", "user.name") == "You"
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    other = tmp_path / "other"
    start(Wish("small", other), house, tell=quiet)
    assert Git(other / "storefront").out("config", "--local", "--get", "user.name", check=False) == ""


def test_two_workspaces_have_two_seeds(house: FakeHouse, tmp_path: Path) -> None:
    for name in ("one", "two"):
        start(Wish("small", tmp_path / name), house, tell=quiet)
    assert workspace.read(tmp_path / "one").seed != workspace.read(tmp_path / "two").seed
