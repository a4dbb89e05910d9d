"""`lab journal` and `lab portfolio`: what a learner keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import UsageProblem
from lab.report.paper import PLAIN
from lab.report.portfolio import page
from lab.report.profile import journal as render
from lab.scenario import library
from lab.session import grading
from lab.session.check import Heard, Wanted, check
from lab.session.journal import LONGEST, journal, write
from lab.session.moving import go_next
from lab.session.portfolio import line_of, portfolio
from lab.session.session import Session


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


def pass_alpha(session: Session) -> None:
    check(session, Wanted(everything=True), Heard())
    go_next(session, Heard())


def test_the_stage_passed_last_is_the_one_that_is_asked_for(session: Session) -> None:
    assert journal(session).asked == "alpha"
    pass_alpha(session)
    assert journal(session).asked == "alpha"
    write(session, "", {"learned": "Small steps."})
    assert journal(session).asked == "beta"


def test_lines_may_be_written_one_by_one_and_the_last_word_stands(session: Session) -> None:
    write(session, "alpha", {"learned": "One.", "challenges": "Two."})
    report = write(session, "alpha", {"learned": "Better\nsaid."})
    (entry,) = report.entries
    assert (entry.learned, entry.challenges, entry.next) == ("Better said.", "Two.", "")
    assert render(report, PLAIN) == (
        "Alpha\n  Learned  Better said.\n  Hard     Two.\n\n"
        'Three lines after each stage: lab journal alpha --learned "…" --challenges "…" --next "…"\n'
    )


def test_a_stage_that_was_not_opened_and_a_line_too_long_are_refused(session: Session) -> None:
    with pytest.raises(UsageProblem, match="There is no stage 'beta' that was opened. There are: alpha."):
        write(session, "beta", {"learned": "Too early."})
    with pytest.raises(UsageProblem, match=f"has {LONGEST + 1} characters"):
        write(session, "alpha", {"next": "x" * (LONGEST + 1)})
    assert journal(session).entries == ()


def test_the_portfolio_has_what_was_passed_and_none_of_what_is_written_runs(session: Session) -> None:
    assert portfolio(session).built == ()
    pass_alpha(session)
    write(session, "alpha", {"learned": "<script>alert(1)</script> & more"})
    made = page(portfolio(session, name="Ada <b>"))
    assert "<h1>Ada &lt;b&gt;: Harborline</h1>" in made
    assert "<h2>Alpha</h2>" in made
    assert "<p>Made <strong>alpha</strong> hold.</p>" in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in made
    assert "3 of 3 checks passed, 3 without a hint; 1 of 1 stretch checks." in made
    assert "<td>Testing</td><td>3.0 of 5</td>" in made
    assert "Beta" not in made


def test_every_shipped_debrief_proposes_a_line() -> None:
    for debrief in Path(library.find("company-evolution")).glob("stages/*/debrief.md"):
        assert line_of(debrief.read_text(encoding="utf-8")).startswith(">"), debrief
