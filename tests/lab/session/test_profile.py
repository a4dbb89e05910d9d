"""`lab score --skills`: levels are computed from what passed without a hint, by the tags of the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.ledger.progress import CheckProgress
from lab.report.paper import PLAIN
from lab.report.profile import FORMULA, SkillsReport, skills
from lab.scenario import library
from lab.scenario.skills import SKILLS
from lab.session import grading
from lab.session.check import Heard, Wanted, check
from lab.session.hints import hint
from lab.session.moving import go_next, go_to, reset
from lab.session.profile import level, profile, tags_of
from lab.session.wiring import read_scenario

if TYPE_CHECKING:
    from lab.session.session import Session
    from tests.lab.session.fake_house import FakeHouse


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


def one(report: SkillsReport, name: str) -> tuple[float | None, int, int, int, int, int]:
    (line,) = (item for item in report.skills if item.id == name)
    return line.level, line.checks, line.passed, line.unaided, line.played, line.there_are


def test_nothing_passed_is_a_level_of_one_and_what_was_not_played_has_none(session: Session) -> None:
    report = profile(session)
    assert one(report, "testing") == (1.0, 3, 0, 0, 1, 2)
    assert one(report, "security") == (1.0, 1, 0, 0, 1, 2)
    assert [item.id for item in report.skills] == ["testing", "security"]  # in the order of the list of skills
    assert report.checkpoints == ()


def test_a_hint_before_the_pass_counts_as_not_shown_and_one_after_it_does_not(session: Session) -> None:
    hint(session, "second")
    check(session, Wanted(everything=True), Heard())
    hint(session, "third", again=False)
    level_, *counts = one(profile(session), "testing")
    assert counts == [3, 3, 2, 1, 2]
    assert level_ == pytest.approx(1 + 4 * 4 / 6, abs=0.01)  # three core checks, one of them aided


def test_a_check_s_own_tags_replace_those_of_its_stage(session: Session) -> None:
    check(session, Wanted(everything=True), Heard())
    assert one(profile(session), "security")[:2] == (5.0, 1)


def test_each_passing_is_a_checkpoint_and_a_reset_takes_its_levels_back(session: Session) -> None:
    check(session, Wanted(everything=True), Heard())
    go_next(session, Heard())
    (point,) = profile(session).checkpoints
    assert (point.stage, point.levels) == ("alpha", {"testing": 5.0, "security": 5.0})
    assert one(profile(session), "testing")[0] == 3.0  # the second stage is open, and nothing of it has passed
    reset(session, "alpha", lambda _: None)
    assert one(profile(session), "testing")[0] == 1.0


def test_a_skipped_stage_shows_nothing(session: Session) -> None:
    go_to(session, "beta", lambda _: None, catch_up=True)
    assert one(profile(session), "testing") == (1.0, 3, 0, 0, 1, 2)


def test_a_stretch_check_counts_half_of_a_core_check() -> None:
    core = CheckProgress("a", "A", verdict="passed")
    stretch = CheckProgress("b", "B", level="stretch")
    assert level([(1, core), (1, stretch)]) == pytest.approx(1 + 4 * 2 / 3, abs=0.01)
    assert level([]) is None


def test_a_check_counts_twice_in_a_stage_that_is_there_for_the_skill() -> None:
    shown, not_shown = CheckProgress("a", "A", verdict="passed"), CheckProgress("b", "B")
    assert level([(2, shown), (1, not_shown)]) == pytest.approx(1 + 4 * 2 / 3, abs=0.01)
    tags = tags_of(read_scenario(library.find("company-evolution")))
    assert tags["the-gate", "main-is-guarded"] == {"version-control": 2, "security": 1}


def test_it_reads_as_a_table_with_its_formula(session: Session, house: FakeHouse) -> None:
    hint(session, "second")
    check(session, Wanted(everything=True), Heard())
    assert skills(profile(session), PLAIN) == (
        "Harborline\n"
        "  Testing   3.7  █████████████░░░░░░░  2 of 3 checks unaided  1 of 2 stages\n"
        "  Security  5.0  ████████████████████  1 of 1 check unaided   1 of 2 stages\n"
        "\n"
        f"{FORMULA}\n"
    )


def test_every_check_of_the_shipped_stages_counts_for_a_skill_of_the_list() -> None:
    for place, named in tags_of(read_scenario(library.find("company-evolution"))).items():
        assert named, place
        assert set(named) <= set(SKILLS), place
