"""A scenario with ten mistakes reports ten, each with its line; any text at all is read or refused, never a crash."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.checks.catalogue import CHECKS
from lab.errors import ScenarioWrong
from lab.gameday.events.catalogue import EVENTS
from lab.scenario import Kinds, read
from lab.scenario.marked import read_marked

if TYPE_CHECKING:
    from pathlib import Path

KINDS = Kinds(CHECKS, EVENTS, {"bank": frozenset({"price-list-update"}), "personas": frozenset({"tom", "lena"})})

HEAD = """\
format: 1
title: A company
company: Harborline
repository: storefront
story: One web service.
stages: [first]
"""
STAGE = """\
title: First
job: Do it.
minutes: 10
prove_minutes: 1
game_day:
  - id: day
    events:
      - release: {by: tom, commit: [price-list-update], as: one}
      - observe: {expect: one, as: seen}
checks:
  - {id: it-serves, type: serves, scene: day, seen: seen, when: Afterwards, title: It serves}
milestones:
  - {id: only, title: Only, minutes: 5, checks: [it-serves]}
hints:
  it-serves: ["What?", "Which?", So.]
"""


def scenario(folder: Path, *, head: str = HEAD, stage: str = STAGE) -> Path:
    first = folder / "stages" / "first"
    first.mkdir(parents=True)
    (folder / "scenario.yaml").write_text(head)
    (first / "stage.yaml").write_text(stage)
    (first / "briefing.md").write_text("The job.")
    (first / "debrief.md").write_text("Why it works.")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(ScenarioWrong) as caught:
        read(folder, kinds=KINDS)
    return [str(problem) for problem in caught.value.problems]


def test_a_right_scenario_is_read_whole(tmp_path: Path) -> None:
    told = read(scenario(tmp_path / "small"), kinds=KINDS)
    assert [stage.id for stage in told.stages] == ["first"]
    assert told.stages[0].check("it-serves").when == "Afterwards"
    assert told.stages[0].game_day[0].events[1].label == "seen"
    assert re.fullmatch(r"[0-9a-f]{64}", told.digest)


def test_ten_mistakes_are_ten_problems_with_their_lines(tmp_path: Path) -> None:
    wrong = (
        STAGE.replace("minutes: 10", "minutes: ten")
        .replace("release:", "relase:", 1)
        .replace("expect: one", "expects: one")
        .replace("type: serves", "type: servse")
        .replace("checks: [it-serves]", "checks: [it-servs]")
        .replace("hints:\n  it-serves", "hints:\n  it-servs")
    )
    folder = scenario(tmp_path / "wrong", head=HEAD.replace("story", "storry").replace("[first]", "[first, frist]"), stage=wrong)
    (folder / "stages" / "first" / "briefing.md").unlink()
    (folder / "stages" / "first" / "traps" / "bad").mkdir(parents=True)
    assert problems(folder) == [
        "scenario.yaml:1: 'story' is missing",
        "scenario.yaml:5: 'storry' is not known here (did you mean 'story'?)",
        "scenario.yaml:6: there is no 'stages/frist/stage.yaml' (did you mean 'first'?)",
        "stages/first/briefing.md: the file is missing or can't be read",
        "stages/first/stage.yaml:3: 'minutes': input should be a valid integer, unable to parse string as an integer, and there is 'ten'",
        "stages/first/stage.yaml:8: there is no event 'relase' (did you mean 'release'?)",
        "stages/first/stage.yaml:9: 'expect' is missing",
        "stages/first/stage.yaml:9: 'expects' is not known here (did you mean 'expect'?)",
        "stages/first/stage.yaml:11: there is no check type 'servse' (did you mean 'serves'?)",
        "stages/first/traps/bad/trap.yaml: the file is missing",
    ]


def test_what_does_not_fit_together_is_told(tmp_path: Path) -> None:
    wrong = (
        STAGE.replace("expect: one", "expect: two")
        .replace("by: tom", "by: tim")
        .replace("price-list-update", "price-list-updat")
        .replace("checks: [it-serves]", "checks: [it-servs]")
        .replace('["What?", "Which?", So.]', '["What?"]')
        .replace("title: It serves}", "title: It serves, requires: [it-serves]}")
    )
    found = problems(scenario(tmp_path / "wrong", stage=wrong))
    assert [re.sub(r"^stages/first/stage.yaml:", "", line) for line in found] == [
        "8: 'price-list-updat' is not in the bank (did you mean 'price-list-update'?)",
        "8: 'tim' is not in the personas (did you mean 'tom'?)",
        "9: no event before this one is called 'two'",
        "10: 'it-serves' requires itself in a circle",
        "11: the core check 'it-serves' must stand in exactly one milestone, and stands in 0",
        "13: the milestone 'only' asks for 'it-servs', and there is no such check (did you mean 'it-serves'?)",
        "15: the hints for 'it-serves' must be 3 steps with words in them, and there are 1",
    ]


def test_an_event_of_a_stage_may_wait_and_one_of_a_scene_may_not(tmp_path: Path) -> None:
    events = "events:\n  - say: {after: it-serves, minutes: 2.5, by: tom, text: Later}\n"
    told = read(scenario(tmp_path / "right", stage=events + STAGE), kinds=KINDS).stages[0].events[0]
    assert (told.after, told.minutes) == ("it-serves", 2.5)
    complaint = "      - complaint: {by: lena, text: Wrong}\n"
    wrong = STAGE.replace("{expect: one, as: seen}\n", "{expect: one, as: seen, minutes: 2}\n" + complaint)
    wrong = "events:\n  - say: {minutes: soon, by: tom, text: Later}\n" + wrong
    assert problems(scenario(tmp_path / "wrong", stage=wrong)) == [
        "stages/first/stage.yaml:2: 'minutes': input should be a valid number, unable to parse string as a number, and there is 'soon'"
    ]
    found = problems(scenario(tmp_path / "waits", stage=wrong.replace("soon", "1")))
    assert found == [
        "stages/first/stage.yaml:11: 'observe' waits, and only an event of the stage can: a scene's follow each other at once",
        "stages/first/stage.yaml:12: 'complaint' waits, and only an event of the stage can: a scene's follow each other at once",
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: &x 1\nb: *x\n", "aliases"),
        ("a: 1\na: 2\n", "twice"),
        ("a: !!python/object/apply:os.system [ls]\n", "can't be read"),
        ("[" * 5000, "nested deeper"),
        ("a: [1, 2", "not YAML"),
        ("x" * 300_000, "at most"),
        ("", ""),
    ],
)
def test_hostile_yaml_is_a_problem_and_nothing_worse(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "stage.yaml"
    file.write_text(text)
    document = read_marked(file, name="stage.yaml")
    assert not sentence or sentence in str(document.problems[0])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet=st.sampled_from(list("abc:- {}[]\n'\"#&*!|>%@`,?0")), max_size=80))
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "any.yaml"
    file.write_text(text)
    document = read_marked(file, name="any.yaml")
    assert all(problem.file == "any.yaml" for problem in document.problems)
