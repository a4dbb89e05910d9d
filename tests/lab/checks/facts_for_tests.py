"""Builds the facts that a check looks at, in one line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lab.gameday.facts import Facts
from lab.gameday.outcomes import CommitTried, Deployment, JobSeen, Observation, PullRequest, Release, SuiteRun, VerbRun
from lab.gameday.watched import Incident, Paged, Watch

OLD = "a" * 40
NEW = "b" * 40


def facts(**outcomes: object) -> Facts:
    return Facts({name.replace("_", "-"): outcome for name, outcome in outcomes.items()})


def observation(**changes: Any) -> Observation:
    return replace(Observation(NEW, NEW, 20, 20, 0, 0, 0.5), **changes)


def verb(name: str = "deploy", **changes: Any) -> VerbRun:
    return replace(VerbRun(name, (f"ops/{name}", NEW), 0, "done\n", 2.0), **changes)


def release(sha: str = NEW, **changes: Any) -> Release:
    return replace(Release(sha, "priya", "price-list", "New price list", "'New price list'", is_good=True), **changes)


def deployment(**changes: Any) -> Deployment:
    return replace(Deployment(release(), verb(), observation()), **changes)


def suite(exit: int | None = 0, condition: str = "as they are", **changes: Any) -> SuiteRun:  # noqa: A002 - the field's name
    return SuiteRun(condition, verb("test", exit=exit, **changes))


def tried(**changes: Any) -> CommitTried:
    bad = CommitTried(
        "tom", "the bulk discount starts late", False, False, "FAILED tests/test_x.py::test_bulk", 2.0, verb("setup"), ("test_bulk",)
    )
    return replace(bad, **changes)


def pull(**changes: Any) -> PullRequest:
    job = JobSeen("ci", "test", "success", 3.0)
    first = PullRequest(
        number=3, by="priya", title="Add a page", what="'Add a page'", is_good=True, verdict="green", jobs=(job,), required=("test",),
        on_main=True, feedback=4.0, until_main=6.0,
    )  # fmt: skip
    return replace(first, **changes)


def red(**changes: Any) -> PullRequest:
    job = JobSeen("ci", "test", "failure", 3.0, "Run the tests", "FAILED tests/unit/test_prices.py::test_bulk - assert 1 == 2")
    told: dict[str, Any] = {
        "verdict": "red",
        "jobs": (job,),
        "is_good": False,
        "what": "the bulk discount starts late",
        "on_main": False,
        "until_main": None,
    }
    return pull(**(told | changes))


def paged(**changes: Any) -> Paged:
    first = Paged(
        "page", 2.0, "the door fails", "route=/quotes severity=page", "page", "runbooks/x.md", runbook_answers=True, resolved_after=1.5
    )
    return replace(first, **changes)


def incident(**changes: Any) -> Incident:
    first = Incident(
        kind="errors", says="one route fails", wanted="page", names=("/quotes",), pages=(paged(),), asked=100, bad=30,
        baseline_bad=0.0, lasted=4.0, resolved_after=1.5,
    )  # fmt: skip
    return replace(first, **changes)


def watch(*incidents: Incident, **changes: Any) -> Watch:
    return replace(Watch(incidents), **changes)
