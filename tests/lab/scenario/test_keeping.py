"""What a stage keeps of earlier ones is checked there too, with the events it needs, and nothing else of them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from lab.authoring.cases import unrefused
from lab.errors import ScenarioWrong
from lab.scenario import keeping, library
from lab.session.wiring import read_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from lab.scenario.model import Scenario

KEEPS = "keeps: [day-zero/deploy-serves-that-sha]"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(library.find("company-evolution"))


def test_every_later_stage_keeps_a_key_check_of_each_earlier_one(scenario: Scenario) -> None:
    for place, stage in enumerate(scenario.stages):
        assert {told.partition("/")[0] for told in stage.keeps} == {one.id for one in scenario.stages[:place]}


def test_a_kept_check_is_a_core_check_in_a_last_milestone_of_its_own(scenario: Scenario) -> None:
    gate = scenario.stage("the-gate")
    assert gate.milestones[-1].id == keeping.MILESTONE
    assert set(gate.milestones[-1].checks) == gate.kept == {"deploy-serves-that-sha", "bad-commit-is-refused"}
    assert {gate.check(name).level for name in gate.kept} == {"core"}
    assert set(gate.hints) >= gate.kept


def test_its_scene_comes_along_with_the_events_it_needs_and_no_others(scenario: Scenario) -> None:
    before, gate = scenario.stage("local-tests"), scenario.stage("the-gate")
    scene = gate.scene("a-week-of-commits")
    assert [event.label for event in scene.events] == ["tom-bad", "ana-bad"]
    assert len(before.scene("a-week-of-commits").events) > len(scene.events)


def test_nothing_of_the_stage_must_refuse_what_it_only_keeps(scenario: Scenario) -> None:
    stage = scenario.stage("local-tests")
    own = [check.id for check in stage.checks if check.id not in stage.kept]
    assert unrefused(stage, own) == []
    assert unrefused(stage, own[1:]) == own[:1]


def copied(folder: Path, keeps: str) -> Scenario:
    """The scenario, with something else that the second stage keeps."""
    copy = folder / "company-evolution"
    shutil.copytree(library.find("company-evolution"), copy)
    told = copy / "stages/local-tests/stage.yaml"
    assert KEEPS in told.read_text()
    told.write_text(told.read_text().replace(KEEPS, keeps))
    return read_scenario(copy)


def test_what_a_kept_check_requires_is_kept_too_and_a_stretch_check_is_core_now(tmp_path: Path) -> None:
    told = copied(tmp_path, "keeps: [day-zero/orders-survive, day-zero/two-deploys-do-not-mix]").stage("local-tests")
    assert told.kept == {"deploy-serves-that-sha", "orders-survive", "two-deploys-do-not-mix"}
    assert told.check("two-deploys-do-not-mix").level == "core"
    assert {scene.id for scene in told.game_day} >= {"releases", "two-at-once"}


@pytest.mark.parametrize(
    ("keeps", "complaint"),
    [
        ("keeps: [day-zero]", "the stage 'day-zero' has no check ''"),
        ("keeps: [the-gate/good-goes-green]", "'the-gate/good-goes-green' names no earlier stage"),
        ("keeps: [day-zero/deploy-serves]", "the stage 'day-zero' has no check 'deploy-serves'"),
        ("keeps: [day-zero/friday-is-live]", "'friday-is-live' looks at the live company"),
    ],
)
def test_what_cannot_be_kept_is_said(tmp_path: Path, keeps: str, complaint: str) -> None:
    with pytest.raises(ScenarioWrong) as wrong:
        copied(tmp_path, keeps)
    assert any(complaint in str(problem) for problem in wrong.value.problems)
