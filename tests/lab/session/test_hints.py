"""The ladder of hints, and answers to questions."""

from __future__ import annotations

import pytest

from lab.errors import UsageProblem, WrongState
from lab.report.checking import hint as render
from lab.report.paper import PLAIN
from lab.session import grading
from lab.session.check import Heard, Wanted, check
from lab.session.hints import answer, hint, questions
from lab.session.session import Session
from tests.lab.session.fake_house import FakeHouse, refused


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


def test_the_first_hint_is_the_first_step_and_each_call_gives_one_more(session: Session) -> None:
    assert render(hint(session), PLAIN) == (
        "The first thing holds\n  1. What of first?\nHint 1 of 3. 2 steps more: `lab hint`. Hints never cost a pass.\n"
    )
    assert render(hint(session), PLAIN) == (
        "The first thing holds\n  1. What of first?\n  2. Look at first.\nHint 2 of 3. 1 step more: `lab hint`. Hints never cost a pass.\n"
    )
    hint(session)
    assert hint(session).text == "Do first."
    assert [event.data["step"] for event in session.ledger.events("hint.given")] == [1, 2, 3]


def test_a_failing_check_comes_before_one_that_nobody_looked_at(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(), Heard())
    house.say["third"] = refused()
    session.ledger.append("check.finding", stage="alpha", check="third", verdict="failed", message="", seed_kind="practice")
    assert hint(session).check == "third"


def test_a_hint_for_a_named_check(session: Session) -> None:
    assert hint(session, "extra").text == "What of extra?"
    with pytest.raises(UsageProblem, match="It has: first, second, third, extra"):
        hint(session, "nothing")


def test_again_repeats_and_gives_nothing_new(session: Session) -> None:
    with pytest.raises(WrongState, match="No hint was given"):
        hint(session, again=True)
    hint(session)
    assert hint(session, again=True).step == 1
    assert len(session.ledger.events("hint.given")) == 1


def test_when_everything_has_passed_there_is_nothing_to_hint_at(session: Session) -> None:
    check(session, Wanted(everything=True), Heard())
    with pytest.raises(WrongState, match="there is nothing to hint at"):
        hint(session)


def test_a_pass_before_the_hint_stays_unaided(session: Session) -> None:
    check(session, Wanted(), Heard())
    hint(session, "first")
    hint(session, "second")
    check(session, Wanted(), Heard())
    found = {item.id: item.unaided for item in session.current().checks}
    assert (found["first"], found["second"]) == (True, False)


def test_a_check_that_asks_nothing_can_not_be_answered(session: Session) -> None:
    with pytest.raises(UsageProblem) as told:
        answer(session, "first", "3")
    assert str(told.value) == "'first' asks no question. No check of this stage does."


def test_the_questions_of_a_stage_come_with_what_was_answered(house: FakeHouse, session: Session):
    assert questions(session).questions == ()
    house.asking = "Which event was it?"
    again = Session(session.workspace, house)
    answer(again, "extra", "42")

    assert [(one.check, one.question, one.answer) for one in questions(again).questions] == [("extra", "Which event was it?", "42")]
