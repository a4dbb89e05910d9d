"""What is said of a pull request whose pipeline had not ended: nothing, instead of something wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from lab.company.pipelines.runs import Job, Run
from lab.gameday.desk import Desk, _Opened
from lab.gameday.outcomes import PullRequest, Unseen
from lab.ledger.store import Ledger


def run(*, state: str, result: str = "", jobs: tuple[Job, ...] = ()) -> Run:
    where: dict[str, Any] = {"repo": "storefront", "workflow": "CI", "file": "ci.yml", "event": "pull_request", "branch": "x"}
    about: dict[str, Any] = {"state": state, "result": result, "jobs": jobs, "sha": "0" * 40, "actor": "tom"}
    return Run(id=f"r-{state}-{result}", number=1, pr=7, seconds=0.0, reason="", **where, **about)


def judged(tmp_path: Any, *runs: Run) -> object:
    """What the desk reports of pull request 7 at the end of a scene."""
    by_id = {one.id: one for one in runs}
    pull = SimpleNamespace(state="open", reviews=())
    forge = SimpleNamespace(pull_request=lambda _: pull, rulesets=lambda _: (), blockers=lambda _: ())
    runner = SimpleNamespace(runs=SimpleNamespace(all=lambda: runs, get=by_id.get))
    company = SimpleNamespace(forge=forge, runner=runner, repository="storefront", ledger=Ledger.create(tmp_path / "ledger.db"))
    hand = SimpleNamespace(company=company, outcomes={}, bank=None)
    desk = Desk(hand)  # type: ignore[arg-type]  # as much of the stage's hands as is looked at
    change = SimpleNamespace(message="Add x", what="adds x", is_good=True, entry=SimpleNamespace(kind="good"))
    desk._opened["it"] = _Opened("it", 7, "x", change, merges=False, at=0.0, by="tom")  # type: ignore[arg-type]
    desk.report()
    return hand.outcomes["it"]


def test_a_run_that_was_still_queued_at_the_end_blames_nobody(tmp_path: Any) -> None:
    seen = judged(tmp_path, run(state="queued"))
    assert isinstance(seen, Unseen)
    assert "had not ended" in seen.reason


def test_a_red_answer_is_one_even_where_another_run_goes_on(tmp_path: Any) -> None:
    seen = judged(tmp_path, run(state="finished", result="failure", jobs=(Job("test", "failure", 1.0),)), run(state="running"))
    assert isinstance(seen, PullRequest)
    assert seen.verdict == "red"


def test_a_run_that_ended_without_a_job_is_no_answer(tmp_path: Any) -> None:
    seen = judged(tmp_path, run(state="finished", result="skipped", jobs=(Job("test", "skipped", 0.0),)))
    assert isinstance(seen, PullRequest)
    assert seen.verdict == "none"
