"""What a required check or workflow is judged by: the pull request's own runs."""

import pytest
from forge_shop import checks


def _queued(shop, pull, run, *, event="pull_request", file=".github/workflows/ci.yml"):
    data = {"repo": "storefront", "workflow": "ci", "file": file, "event": event, "sha": pull.sha, "branch": pull.branch, "pr": 1}
    shop.ledger.append("run.queued", run=run, **data)


def test_a_check_is_judged_by_the_pull_requests_own_runs(shop):
    shop.protect(checks("test"))
    pull = shop.pull()
    _queued(shop, pull, "push-1", event="push")
    shop.ledger.append("status.set", repo="storefront", sha=pull.sha, context="test", state="success", run="push-1")
    assert shop.forge.blockers(1) == ()
    _queued(shop, pull, "pr-1")
    waiting = f"The required check 'test' has not finished on {pull.sha[:7]}."
    assert shop.forge.blockers(1) == (waiting,)
    shop.ledger.append("status.set", repo="storefront", sha=pull.sha, context="test", state="failure", run="pr-1")
    shop.ledger.append("run.finished", run="pr-1", result="failure", seconds=1.0, reason="")
    assert shop.forge.blockers(1) == (f"The required check 'test' ended with failure on {pull.sha[:7]}.",)
    assert shop.forge.statuses("storefront", pull.sha) == {"test": "failure"}


def test_no_job_hides_behind_another_of_its_name(shop):
    shop.protect(checks("test"))
    pull = shop.pull()
    for run, file, state in (("a", "ci.yml", "failure"), ("b", "fake.yml", "success")):
        _queued(shop, pull, run, file=file)
        shop.ledger.append("status.set", repo="storefront", sha=pull.sha, context="test", state=state, run=run)
        shop.ledger.append("run.finished", run=run, result=state, seconds=1.0, reason="")
    assert shop.forge.blockers(1) == (f"The required check 'test' ended with failure on {pull.sha[:7]}.",)


def test_a_rerun_replaces_what_was_reported(shop):
    shop.protect(checks("test"))
    pull = shop.pull()
    for run, state in (("a", "failure"), ("b", "success")):
        _queued(shop, pull, run)
        shop.ledger.append("status.set", repo="storefront", sha=pull.sha, context="test", state=state, run=run)
        shop.ledger.append("run.finished", run=run, result=state, seconds=1.0, reason="")
    assert shop.forge.blockers(1) == ()


def test_a_required_workflow_must_have_succeeded(shop):
    shop.protect({"type": "workflows", "parameters": {"workflows": [{"path": ".github/workflows/ci.yml"}]}})
    pull = shop.pull()
    said = (f"The required workflow '.github/workflows/ci.yml' has not succeeded on {pull.sha[:7]}.",)
    assert shop.forge.blockers(1) == said
    _queued(shop, pull, "a")
    assert shop.forge.blockers(1) == said
    shop.ledger.append("run.finished", run="a", result="success", seconds=1.0, reason="")
    assert shop.forge.blockers(1) == ()


@pytest.mark.parametrize("last", ["push", "pull_request"])
@pytest.mark.parametrize("result", ["success", "failure"])
def test_the_worse_of_push_and_pull_request_counts_whichever_ends_last(shop, last, result):
    pull = shop.pull()
    first = "pull_request" if last == "push" else "push"
    for event in (first, last):
        _queued(shop, pull, event, event=event)
        shop.forge.set_status("storefront", pull.sha, context="test", state="pending", run=event)
    shop.forge.set_status("storefront", pull.sha, context="test", state=result, run=first)
    assert shop.forge.statuses("storefront", pull.sha) == {"test": "pending" if result == "success" else "failure"}
    shop.forge.set_status("storefront", pull.sha, context="test", state="success", run=last)
    assert shop.forge.statuses("storefront", pull.sha) == {"test": result}
