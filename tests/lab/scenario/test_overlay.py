"""A workshop of two hours is ten lines: stages chosen and changed, what lies between caught up, mistakes told with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import ScenarioWrong
from lab.scenario import library
from lab.scenario.model import Scenario
from lab.session.wiring import read_scenario

WORKSHOP = """\
format: 1
extends: company-evolution
title: A workshop of two hours
stages:
  - stage: the-gate
    title: Only the gate
    minutes: 60
    level: {hang-is-stopped: stretch}
    thresholds: {good-gets-in: {within: 300}}
    texts: {briefing: texts/gate.md}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("lab.scenario.overlay._cache", lambda: tmp_path / "cache")
    made = tmp_path / "workshop"
    (made / "texts").mkdir(parents=True)
    (made / "texts" / "gate.md").write_text("# The gate, in an hour\n")
    return made


def read(folder: Path, text: str) -> Scenario:
    (folder / "scenario.yaml").write_text(text)
    return read_scenario(library.find(folder))


def test_ten_lines_make_a_workshop(folder: Path) -> None:
    (stage,) = read(folder, WORKSHOP).stages
    assert (stage.title, stage.minutes, stage.briefing) == ("Only the gate", 60, "# The gate, in an hour\n")
    assert stage.check("hang-is-stopped").level == "stretch"
    assert stage.milestone_of("hang-is-stopped") is None
    assert stage.check("good-gets-in").within == 300
    assert [one.id for one in stage.skipped] == ["day-zero", "local-tests"]


def test_only_what_was_not_played_is_caught_up(folder: Path) -> None:
    told = read(folder, "format: 1\nextends: company-evolution\ntitle: T\nstages: [day-zero, the-gate]\n")
    assert [[one.id for one in stage.skipped] for stage in told.stages] == [[], ["local-tests"]]


def test_it_is_the_same_folder_as_long_as_nothing_changes(folder: Path) -> None:
    read(folder, WORKSHOP)
    before = library.find(folder)
    assert library.find(folder) == before
    (folder / "texts" / "gate.md").write_text("# Changed\n")
    assert library.find(folder) != before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("stage: the-gate", "stage: the-gatt", "scenario.yaml:5: there is no stage 'the-gatt'"),
        ("hang-is-stopped:", "hang-stops:", "has no check 'hang-stops'"),
        ("texts/gate.md", "texts/none.md", "there is no file 'texts/none.md'"),
        ("texts/gate.md", "../../etc/passwd", "there is no file '../../etc/passwd'"),
        ("    minutes: 60", "    mintues: 60", "mintues"),
        ("title: A w", "titel: A w", "titel"),
    ],
)
def test_mistakes_are_told_with_their_line(folder: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(ScenarioWrong) as caught:
        read(folder, WORKSHOP.replace(old, new, 1))
    assert says in str(caught.value)
