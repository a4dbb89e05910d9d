"""Four verdicts, and nobody fails for what could not be judged."""

from __future__ import annotations

from typing import Literal

from lab.checks.base import Check, Finding, Verdict, in_order, judge, looked, passed
from lab.checks.day import settled
from lab.checks.delivery import Serves
from lab.gameday.facts import Facts
from lab.gameday.outcomes import Unseen
from tests.lab.checks.facts_for_tests import facts, observation


class Broken(Check):
    """A check with a bug."""

    type: Literal["broken"]

    def look(self, facts: Facts) -> Finding:
        """Break."""
        raise ZeroDivisionError


def serves(id: str, *requires: str) -> Serves:  # noqa: A002 - the field's name
    return Serves(id=id, type="serves", title="It serves", seen="seen", when="After it", requires=requires)


def test_a_check_whose_event_was_not_seen_is_blocked_with_the_reason() -> None:
    assert looked(serves("a"), facts(seen=Unseen("The door could not be asked."))) == Finding(
        Verdict.BLOCKED, "The door could not be asked.", "`lab doctor`"
    )


def test_a_check_whose_event_never_happened_is_blocked() -> None:
    assert looked(serves("a"), facts()).verdict is Verdict.BLOCKED


def test_a_check_that_breaks_is_blocked_and_says_that_it_is_our_bug() -> None:
    found = looked(Broken(id="a", type="broken", title="Broken"), facts())
    assert found.verdict is Verdict.BLOCKED
    assert "a bug of the lab: ZeroDivisionError" in found.message


def test_what_requires_a_check_that_did_not_pass_waits_for_it() -> None:
    found = judge(serves("b", "a"), passed("yes"), {"a": Finding(Verdict.FAILED, "no")})
    assert found == Finding(Verdict.WAITING, "This is judged once 'a' has passed.")


def test_a_requirement_that_nobody_knows_is_waited_for_and_never_taken_as_passed() -> None:
    assert judge(serves("b", "zzz"), passed("yes"), {}).verdict is Verdict.WAITING


def test_requirements_come_first_and_the_rest_keeps_its_order() -> None:
    assert [check.id for check in in_order([serves("c", "b"), serves("a"), serves("b")])] == ["a", "b", "c"]


def test_settled_findings_take_what_is_known_of_others_into_account() -> None:
    check = serves("b", "a")
    raw = {"b": looked(check, facts(seen=observation()))}
    assert settled([check], raw)["b"].verdict is Verdict.WAITING
    assert settled([check], raw, known={"a": passed("yes")})["b"].verdict is Verdict.PASSED
