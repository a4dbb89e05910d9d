"""Bare `lab` and `lab status`, as a person reads them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from lab.company.git import Git
from lab.errors import WrongState
from lab.report.paper import PLAIN, Paper
from lab.report.standing import StatusReport
from lab.report.where import status as render_status
from lab.report.where import where as render
from lab.session import grading
from lab.session.briefing import brief
from lab.session.check import Heard, Wanted, check
from lab.session.status import status
from lab.session.where import where_am_i
from tests.lab.session.fake_house import FakeHouse, refused

if TYPE_CHECKING:
    from lab.session.session import Session


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


def at_nine(text: str) -> str:
    """The text with every time of day as at the opening: a slow machine shows 09:01."""
    return re.sub(r"\b09:\d\d\b", "09:00", text)


def test_the_first_call_tells_the_news_the_customers_and_the_job(session: Session) -> None:
    session.ledger.append("answers", second=1, good=2, wrong=0, failed=0, late=0)
    session.ledger.append("answers", second=2, good=0, wrong=1, failed=2, late=0)
    assert at_nine(render(where_am_i(session), PLAIN)) == (
        "Harborline · Alpha · milestone 1 of 2: Begin  09:00\n"
        "Since you left:\n"
        "  09:00 lena: Welcome to Alpha.\n"
        "Customers ✓✗ 2 right, 1 wrong total, 2 turned away, out for 1 min.\n"
        "Next: Make 'Alpha' hold.\n"
        "      lab brief\n"
    )


def test_what_was_shown_is_not_news_again(session: Session) -> None:
    where_am_i(session)
    session.ledger.append("ref.updated", repo="storefront", ref="refs/heads/main", old="0" * 40, new="a" * 40, pusher="tom", options=[])
    session.ledger.append("ref.updated", repo="storefront", ref="refs/heads/x", old="0" * 40, new="b" * 40, pusher="learner", options=[])
    session.ledger.append("run.finished", run="run-1", result="failure", seconds=2.0, reason="the job 'test' failed")
    assert [(news.who, news.text) for news in where_am_i(session).news] == [
        ("tom", "pushed aaaaaaa to 'main'"),
        ("pipeline", "run run-1 ended with failure: the job 'test' failed"),
    ]
    assert where_am_i(session).news == ()


def test_it_never_has_more_than_fifteen_lines(session: Session) -> None:
    for number in range(40):
        session.ledger.append("say", by="tom", text=f"{number} " + "words and more words " * 12)
    report = where_am_i(session)
    for paper in (PLAIN, Paper(width=60), Paper(width=100), Paper(unicode=False)):
        lines = render(report, paper).splitlines()
        assert len(lines) <= 15
        assert lines[-2].startswith("Next: ")
    assert "33 things more before these" in render(report, PLAIN) or "more before these" in render(report, PLAIN)


def test_work_that_is_not_pushed_comes_before_any_check(session: Session) -> None:
    git = Git(session.workspace.clone, actor="learner")
    (git.directory / "app.py").write_text("changed\n", encoding="utf-8")
    assert where_am_i(session).next.sentence == "You have work that is not committed; what is graded is the forge's 'main'."
    git.run("commit", "--quiet", "-a", "-m", "Change")
    assert where_am_i(session).next.command == "git push"


def test_a_failed_check_is_the_next_thing(session: Session, house: FakeHouse) -> None:
    house.say["first"] = refused("Customers should see friday, and they see thursday.")
    check(session, Wanted(), Heard())
    step = where_am_i(session).next
    assert (step.sentence, step.command) == ("Customers should see friday, and they see thursday.", "lab check")


def test_a_reached_milestone_leads_to_the_next_one_and_a_passed_stage_to_the_next_stage(session: Session) -> None:
    check(session, Wanted(), Heard())
    assert where_am_i(session).next.sentence == "Go on (10 minutes). When it is done:"
    check(session, Wanted(), Heard())
    assert where_am_i(session).next.sentence == "All core checks pass. The two grading seeds decide:"
    grading.grade(session, Heard())
    assert where_am_i(session).next.sentence == "'Alpha' is passed. Open 'Beta':"


def test_foreign_words_never_reach_the_terminal_raw(session: Session) -> None:
    session.ledger.append("say", by="tom", text="\x1b]0;owned\x07\x1b[2Jhi [/b] \x9b31m\u202e!")
    text = render(where_am_i(session), PLAIN)
    assert "hi [/b] 31m!" in text
    assert not any(ord(sign) < 32 and sign != "\n" for sign in text)


def test_status_is_read_from_the_ledger_alone(session: Session, house: FakeHouse) -> None:
    house.say["second"] = refused()
    check(session, Wanted(everything=True), Heard())
    assert at_nine(render_status(status(session), PLAIN)) == (
        "Harborline  09:00\n"
        "\n"
        "> open    C0  Alpha\n"
        "  later   C0  Beta\n"
        "\n"
        "Begin (reached 09:00)\n"
        "  ✓ passed  The first thing holds  09:00\n"
        "\n"
        "Go on (10 min)\n"
        "  ✗ failed  The second thing holds  09:00\n"
        "  … waiting The third thing holds  09:00\n"
        "\n"
        "Stretch (scored, never in the way)\n"
        "  ✓ passed  An extra thing holds  09:00\n"
    )


def test_on_an_ascii_terminal_words_stand_for_signs(session: Session, house: FakeHouse) -> None:
    house.say["first"] = refused()
    check(session, Wanted(), Heard())
    text = render_status(status(session), Paper(unicode=False))
    assert text.isascii()
    assert "  failed    The first thing holds" in text


def test_the_debrief_waits_for_the_last_core_check(session: Session) -> None:
    with pytest.raises(WrongState, match="comes with its last core check"):
        brief(session, debrief=True)
    check(session, Wanted(everything=True), Heard())
    assert brief(session, debrief=True).text.startswith("# Alpha, afterwards")
    assert brief(session).text == "# Alpha\n\nThe job is told here.\n"


def test_a_status_without_a_stage_has_its_list(session: Session) -> None:
    assert isinstance(status(session), StatusReport)
