"""Who was woken, when and for what: each way of being wrong has its sentence, and what can't be judged is nobody's failure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.checks.base import looked
from lab.gameday.watched import Exposed, LogFound, RulesJudged, StoryJudged, Watch
from tests.lab.checks.facts_for_tests import facts, incident, paged, watch
from tests.lab.checks.test_catalogue import check

QUIET = incident(kind="one-dead", says="one instance died", wanted="quiet", pages=(), bad=0)
BURN = incident(kind="slow-burn", says="3 % fail", wanted="ticket", pages=(), bad=3)


@pytest.mark.parametrize(
    ("kind", "seen", "message"),
    [
        (
            "paged_in_time",
            watch(incident(pages=())),
            "Nobody was woken in 4 company minutes: one route fails; 30 of 100 visits were let down",
        ),
        ("paged_in_time", watch(incident(pages=(paged(channel="ticket"),))), "Nobody was woken"),
        ("paged_in_time", watch(incident(pages=(paged(after=3.5),))), "The page came after 3.5 company minutes, within 3 it was wanted"),
        ("paged_in_time", watch(incident(), early=(paged(title="always"),)), "woken before anything had happened, by 'always'"),
        ("paged_in_time", Watch(problem="Nothing watches the shop."), "Nothing watches the shop."),
        ("ticketed", watch(BURN), "Nobody got a ticket within 12 company minutes"),
        ("ticketed", watch(replace(BURN, pages=(paged(),))), "You were woken by 'the door fails' although it could wait for the morning"),
        ("kept_quiet", watch(replace(QUIET, pages=(paged(),))), "although no customer was hurt: one instance died."),
        ("few_pages", watch(incident(pages=(paged(title="a"), paged(title="b"), paged(title="c")))), "One incident woke you 3 times"),
        ("few_pages", watch(incident(pages=(paged(), paged()))), "'the door fails' came, went and came back within one incident"),
        ("few_pages", watch(incident(pages=tuple(paged(key=key) for key in "abc"))), "One incident woke you 3 times"),
        (
            "kept_quiet",
            watch(incident(kind="night-one", says="one of three failed", wanted="quiet", pages=(paged(),), asked=3, bad=1)),
            "although no customer was hurt: one of three failed.",
        ),
        (
            "few_pages",
            watch(incident(pages=(paged(resolved_after=None),))),
            "5 company minutes after it was over the page was not resolved",
        ),
        ("few_pages", watch(incident(pages=(paged(resolved_after=6.0),))), "5 company minutes after it was over the page was not resolved"),
        ("page_tells", watch(incident(names=("/orders",))), "The page does not name '/orders', which is what was hurt"),
        ("page_tells", watch(incident(pages=(paged(severity=""),))), "The page has no severity"),
        ("page_tells", watch(incident(pages=(paged(runbook_answers=False),))), "its runbook 'runbooks/x.md' can't be read"),
        ("page_tells", watch(incident(pages=(paged(runbook="", runbook_answers=False),))), "it has no 'runbook_url'"),
        ("few_series", Exposed(10_000, 20_000, ("a: 19000 lines",)), "'/metrics' has 20,000 lines, fewer than 5,000 were wanted"),
        ("log_found", LogFound("i", ("door", "payments"), ("door",), (), 0, "…"), "shows nothing of payments"),
        ("log_found", LogFound("i", ("door",), ("door",), ("a@b",), 0, "…"), "prints a customer's e-mail address"),
        ("log_found", LogFound("i", ("door",), ("door",), (), 9, "…"), "prints 9 lines of other customers' calls"),
        ("log_found", LogFound("i", ("door",), (), (), 0, "", problem="There is no verb."), "There is no verb."),
        ("rules_judge_well", RulesJudged((StoryJudged("all fails", True, ()),)), "nobody would be woken when all fails"),
        ("rules_judge_well", RulesJudged((StoryJudged("all is well", False, ("A",)),)), "'A' would wake you although all is well"),
        ("rules_judge_well", RulesJudged(problem="promtool refuses them."), "promtool refuses them."),
    ],
)
def test_each_way_of_being_wrong_is_told(kind, seen, message):
    found = check(kind).look(facts(one=seen))
    assert found.verdict == "failed"
    assert message in found.message
    assert found.look_at


@pytest.mark.parametrize(
    "seen",
    [
        watch(incident(pages=(), baseline_bad=0.4)),
        watch(incident(pages=(), bad=2)),
        watch(QUIET),
    ],
)
def test_what_customers_did_not_feel_and_what_was_ill_before_is_blocked(seen):
    assert looked(check("paged_in_time"), facts(one=seen)).verdict == "blocked"


def test_a_slow_machine_gets_longer_and_one_that_is_far_too_slow_is_blocked():
    late = watch(incident(pages=(paged(after=5.0),)))
    assert looked(check("paged_in_time"), replace(facts(one=late), pace=2.0)).verdict == "passed"
    silent = watch(incident(pages=()))
    assert looked(check("paged_in_time"), replace(facts(one=silent), pace=20.0)).verdict == "blocked"


def test_the_learners_own_tools_say_why_in_the_evidence():
    seen = watch(incident(pages=()), troubles=("The alert 'A' asks for 'b', a series that nobody has: it can never fire.",))
    assert "it can never fire" in check("paged_in_time").look(facts(one=seen)).evidence


def test_a_vanished_shop_need_not_hurt_customers():
    gone = incident(kind="vanished", bad=0, pages=())
    assert looked(check("paged_in_time"), facts(one=watch(gone))).verdict == "failed"


def test_at_night_both_must_hold():
    night = watch(replace(QUIET, kind="night-one", says="one of three", pages=(paged(),)), incident(kind="night-all"))
    assert "one of three" in check("paged_in_time", also_quiet=True).look(facts(one=night)).message
