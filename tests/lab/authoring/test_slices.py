"""A slice plays what its checks need, keeps what cannot be left out, and ends when all is decided."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lab.authoring.cases import cases, holes
from lab.checks.base import failed, passed
from lab.checks.day import Day
from lab.gameday import play
from lab.gameday.facts import Facts
from lab.gameday.watched import Incident, Paged, Watch
from lab.scenario import library
from lab.scenario.slices import sliced, with_required
from lab.session.wiring import read_scenario
from tests.lab.checks.facts_for_tests import pull

if TYPE_CHECKING:
    from lab.scenario.model import Scenario, Stage


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(library.find("company-evolution"))


@pytest.fixture
def gate(scenario: Scenario) -> Stage:
    return scenario.stage("the-gate")


@pytest.fixture(scope="module")
def eyes(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The stage of monitoring, wherever it stands."""
    copy = tmp_path_factory.mktemp("scenario") / "company-evolution"
    shutil.copytree(library.find("company-evolution"), copy)
    if (copy / "drafts/eyes").is_dir():
        (copy / "drafts/eyes").rename(copy / "stages/eyes")
        (copy / "scenario.yaml").write_text((copy / "scenario.yaml").read_text().rstrip() + "\n  - eyes\n")
    return read_scenario(copy).stage("eyes").model_copy(update={"status": "ready"})


def played(stage: Stage) -> dict[str, list[str]]:
    return {scene.id: [event.label for event in scene.events] for scene in stage.game_day}


def test_only_the_events_that_a_check_and_what_it_requires_refer_to_are_played(gate: Stage) -> None:
    part = sliced(gate, ["no-tests-no-green"])
    assert played(part) == {"first-answers": ["good"], "falsely-green": ["exits", "exits-well", "imports", "collects"]}
    assert [check.id for check in part.checks] == ["good-goes-green", "no-tests-no-green"]


def test_a_check_whose_events_are_all_there_is_judged_though_nobody_named_it(gate: Stage) -> None:
    part = sliced(gate, ["red-names-the-test"])
    assert {check.id for check in part.checks} == {"good-goes-green", "bad-goes-red", "every-bug-is-red", "red-names-the-test"}
    assert "main-is-guarded" not in {check.id for check in sliced(gate, ["bad-stays-out"]).checks}


def test_what_is_waited_for_stays_and_a_twin_keeps_its_first(gate: Stage) -> None:
    assert played(sliced(gate, ["gate-cannot-switch-itself-off"])) == {"talked-round": ["kept-a-month", "switched-off"]}
    assert {"cents", "cents-twin"} <= set(played(sliced(gate, ["every-bug-is-red"]))["a-bad-week"])


def test_a_release_that_no_check_names_is_made_all_the_same(scenario: Scenario) -> None:
    stage = scenario.stage("day-zero")
    assert sliced(stage, ["rollback-brings-everything"]).scene("what-we-had-at-noon") == stage.scene("what-we-had-at-noon")


def test_a_scene_is_alone_on_the_machine_only_where_seconds_decide(scenario: Scenario) -> None:
    assert sliced(scenario.stage("day-zero"), ["short-outages"]).scene("five-deployments").timed
    assert not sliced(scenario.stage("the-gate"), ["good-gets-in"]).scene("a-good-week").timed


def test_twenty_runs_are_not_played_for_the_one_beside_them(scenario: Scenario) -> None:
    assert played(sliced(scenario.stage("local-tests"), ["side-by-side"])) == {"any-order": ["side-by-side"]}


def test_every_trap_of_every_stage_is_cut_to_a_stage_that_judges_what_it_names(scenario: Scenario) -> None:
    for stage in scenario.stages:
        for case in cases(stage, slices=True):
            named = {refusal.check for refusal in case.trap.refused_by if not refusal.sometimes} if case.trap else set()
            assert named <= {check.id for check in case.checks}, case.title
            assert case.enough == (with_required(stage, named) if case.trap else case.enough)


def test_a_refusal_that_nobody_named_is_a_hole_in_a_slice_too(gate: Stage) -> None:
    case = next(case for case in cases(gate, slices=True) if case.name == "branch-name-in-the-shell")
    assert holes(case, {"strangers-run-nothing": passed("nothing ran")}) == ["'strangers-run-nothing' should refuse it, and passed"]


def test_what_only_some_seeds_show_is_not_played_in_a_slice(eyes: Stage) -> None:
    case = next(case for case in cases(eyes, slices=True) if case.name == "one-moment-decides")
    assert [scene.id for scene in case.stage.game_day] == ["slow-burn"]
    assert holes(case, {"slow-burn-is-a-ticket": failed("it could wait for the morning", look_at="")}) == []


def test_an_event_of_many_faults_ends_with_the_refusal_that_is_wanted(eyes: Stage) -> None:
    day = Day(None, eyes, 1, "", "", enough=with_required(eyes, ["page-says-what-to-do"]))  # type: ignore[arg-type] # no company is played
    page = Paged("page", 2.0, "errors", "errors", "page", "wiki", runbook_answers=False, resolved_after=1.0)
    hurt = Incident("errors", "most fail", "page", (), (page,), asked=50, bad=30, baseline_bad=0.0, lasted=3.0, resolved_after=1.0)
    scene = eyes.scene("hurt")
    assert not day._has_refused(scene, Facts({"hurt": Watch()}))
    assert day._has_refused(scene, Facts({"hurt": Watch((hurt,))}))
    well = replace(hurt, pages=(replace(page, runbook_answers=True),))
    assert not day._has_refused(scene, Facts({"hurt": Watch((well,))}))


def test_a_scene_has_enough_when_every_wanted_check_can_be_judged(gate: Stage) -> None:
    scene = gate.scene("first-answers")
    day = Day(None, gate, 1, "", "", enough=frozenset({"good-goes-green", "bad-goes-red"}))  # type: ignore[arg-type] # no company is played
    good, bad = pull(verdict="green"), pull(verdict="green", is_good=False)
    assert not day._has_enough(scene, Facts({}))
    assert not day._has_enough(scene, Facts({"good": good}))
    assert day._has_enough(scene, Facts({"good": good, "bad": bad}))


class FakeDesk:
    """A desk at which one more pull request is over each time it settles."""

    def __init__(self, hand: FakeHand) -> None:
        self.hand, self.over, self.opened = hand, 0, list[str]()

    def merges(self, label: str) -> bool:
        return label.startswith("merging")

    def settle(self, *, only: str = "", until: object = None) -> None:
        waited = [only] if only else self.opened
        self.over += len(waited)
        self.hand.outcomes |= dict.fromkeys(waited, "seen")

    def report(self, *, over: bool = False) -> None:
        self.hand.reports.append(over)


class FakeHand:
    """What a watcher asks of a stagehand."""

    def __init__(self) -> None:
        self.outcomes: dict[str, object] = {}
        self.reports: list[bool] = []
        self.desk = FakeDesk(self)

    def facts(self) -> Facts:
        return Facts(dict(self.outcomes))


def test_a_scene_ends_at_the_event_that_decides() -> None:
    hand = FakeHand()
    watcher = play._Watcher(hand, lambda facts: "second" in facts.outcomes)  # type: ignore[arg-type] # a fake
    assert not watcher.has_enough_after("first")
    assert not watcher.has_enough_after("merging")
    assert watcher.has_enough_after("second")
    assert not watcher.close()
    assert hand.reports[-1], "only what is over is reported of a scene that ended early"


def test_without_a_word_about_enough_a_scene_is_played_to_its_end() -> None:
    hand = FakeHand()
    watcher = play._Watcher(hand, None)  # type: ignore[arg-type] # a fake
    assert not watcher.has_enough_after("first")
    assert hand.desk.over == 0
    assert watcher.close()
    assert hand.reports == [False]
