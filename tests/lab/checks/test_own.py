"""An author's own checks know all four verdicts: what passed, what failed, what waits, and what nobody can be blamed for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from lab.checks.base import Finding, judge, looked
from lab.checks.own import Pytest, Python, Script
from lab.gameday.facts import Facts
from lab.gameday.outcomes import AcceptanceRun, ScriptRun, Unseen


def script(**changes: Any) -> Script:
    return Script.model_validate({"id": "it", "type": "script", "title": "It greets", "of": "ran", **changes})


def ran(code: int | None, output: str = "") -> Facts:
    return Facts({"ran": ScriptRun("greets.sh", code, output, 1.0, 60)})


@pytest.mark.parametrize(
    ("code", "output", "verdict", "says"),
    [
        (0, "Greeted.\n\n", "passed", "Greeted."),
        (0, "", "passed", "It greets."),
        (1, "trace\nIt should greet, and it said nothing.\n", "failed", "It should greet, and it said nothing."),
        (3, "", "failed", "'greets.sh' ended with 3 and said nothing."),
        (75, "The disk is full.", "blocked", "The disk is full."),
        (127, "curl: not found", "blocked", "'greets.sh' could not be run: curl: not found."),
        (None, "", "blocked", "'greets.sh' did not end within 60 s and was stopped."),
    ],
)
def test_an_exit_code_is_a_verdict(code: int | None, output: str, verdict: str, says: str) -> None:
    found = script().look(ran(code, output))
    assert (found.verdict, found.message) == (verdict, says)


def test_what_was_not_played_is_blocked_and_what_requires_it_waits() -> None:
    found = looked(script(), Facts({"ran": Unseen("The engine is gone.")}))
    assert (found.verdict, found.message) == ("blocked", "The engine is gone.")
    assert judge(script(id="next", requires=["it"]), found, {"it": found}).verdict == "waiting"


@pytest.mark.parametrize("told", [{"of": "", "run": "x.sh"}, {"of": ""}, {"on": "live"}])
def test_a_script_is_named_where_it_belongs(told: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="script"):
        script(**told)


@pytest.mark.parametrize(
    ("run", "verdict", "says"),
    [
        (AcceptanceRun(0, 3, (), (), "", 1, 60), "passed", "All 3 acceptance tests pass."),
        (
            AcceptanceRun(1, 3, (("test_orders_are_kept", "assert 2 == 3"),), (), "", 1, 60),
            "failed",
            "'orders are kept' is not so: assert 2",
        ),
        (AcceptanceRun(1, 1, (), (("test_x", "fixture 'shop' not found"),), "", 1, 60), "blocked", "broke by itself in 'test_x'"),
        (AcceptanceRun(5, 0, (), (), "", 1, 60), "blocked", "has 0 tests, and 1 were expected"),
        (AcceptanceRun(4, 1, (), (), "", 1, 60), "blocked", "pytest ended with 4"),
        (AcceptanceRun(None, 0, (), (), "", 60, 60), "blocked", "did not end within 60 s"),
    ],
)
def test_an_acceptance_suite_is_a_verdict(run: AcceptanceRun, verdict: str, says: str) -> None:
    found = Pytest.model_validate({"id": "it", "type": "pytest", "title": "It", "of": "suite"}).look(Facts({"suite": run}))
    assert found.verdict == verdict
    assert says in found.message


CHECKS = """
import time
from lab.checks.base import failed, passed
from lab.gameday.facts import CannotJudge

def good(facts):
    print("noise")
    return passed(f"It is {facts.of('it', str)}.")

def bad(facts):
    return failed("It should be so, and it is not.", look_at="it", evidence="here")

def unsure(facts):
    raise CannotJudge("Too few samples.")

def broken(facts):
    return 1 / 0

def silent(facts):
    return None

def slow(facts):
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("function", "verdict", "says"),
    [
        ("good", "passed", "It is so."),
        ("bad", "failed", "It should be so, and it is not."),
        ("unsure", "blocked", "Too few samples."),
        ("broken", "blocked", "'broken' in 'checks.py' broke: ZeroDivisionError: division by zero."),
        ("silent", "blocked", "'silent' gave NoneType, and a Finding was wanted"),
        ("absent", "blocked", "has no attribute 'absent'"),
    ],
)
def test_a_function_of_the_authors_looks(tmp_path: Path, function: str, verdict: str, says: str) -> None:
    found = asked(tmp_path, function=function)
    assert found.verdict == verdict
    assert says in found.message


def test_a_function_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    found = asked(tmp_path, function="slow", limit=1.5)
    assert (found.verdict, found.message) == ("blocked", "'slow' in 'checks.py' did not answer within 2 s and was stopped.")


def asked(folder: Path, **options: Any) -> Finding:
    (folder / "checks.py").write_text(CHECKS)
    check = Python.model_validate({"id": "it", "type": "python", "title": "It", "of": ["it"], "folder": folder, **options})
    return looked(check, Facts({"it": "so"}))
