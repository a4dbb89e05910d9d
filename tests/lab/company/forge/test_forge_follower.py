"""The pusher sees the runs go, waits for nothing that is not there, and may leave at any time."""

import json
import os
import signal
import subprocess
import threading
import time

import pytest

from lab import process
from lab.company.forge.follower import runner_is_alive

WORKFLOW = "name: ci\non: push\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"


@pytest.fixture
def living(shop):
    """The company with a runner that is alive (this process); what it does is written by the test."""
    (shop.root / "resident.json").write_text(json.dumps({"pid": os.getpid()}))
    shop.commit({".github/workflows/ci.yml": WORKFLOW})
    return shop


def _wait_for_run(shop):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        event = shop.ledger.last("run.queued")
        if event:
            return event.data["run"]
        time.sleep(0.02)
    raise AssertionError("no run was queued")


def _play(shop, result):
    run = _wait_for_run(shop)
    folder = shop.root / "runs" / run
    folder.mkdir(parents=True)
    lines = [f"line {number}\x1b[31m" for number in range(1, 18)]
    (folder / "log.jsonl").write_text(
        "".join(json.dumps({"job": "test", "number": 2, "step": "Run pytest", "text": line}) + "\n" for line in lines)
    )
    shop.ledger.append("job.started", run=run, job="test")
    shop.ledger.append("step.finished", run=run, job="test", number=1, step="Checkout", result="success", seconds=0.25, may_fail=False)
    shop.ledger.append("step.finished", run=run, job="test", number=2, step="Run pytest", result=result, seconds=1.8)
    shop.ledger.append("job.finished", run=run, job="test", result=result, seconds=2.1)
    shop.ledger.append("run.finished", run=run, result=result, seconds=2.4, reason="" if result == "success" else "'test' failed")


def _pushed(shop, result):
    thread = threading.Thread(target=_play, args=(shop, result))
    thread.start()
    done = shop.push("HEAD:refs/heads/main")
    thread.join()
    assert done.is_success
    return shop.said(done).splitlines()


def test_a_green_run_is_shown_step_by_step(living):
    assert _pushed(living, "success") == [
        "● ci: queued (run 1)",
        "✓ test > Checkout 0.2s",
        "✓ test > Run pytest 1.8s",
        "✓ test 2.1s",
        "✓ ci: success in 2.4s",
    ]


def test_a_red_run_shows_the_end_of_the_failing_step_and_where_the_rest_is(living):
    assert _pushed(living, "failure") == [
        "● ci: queued (run 1)",
        "✓ test > Checkout 0.2s",
        "✗ test > Run pytest 1.8s",
        "✗ test 2.1s  step 'Run pytest'",
        *(f"| line {number}" for number in range(3, 18)),
        "✗ ci: failure: 'test' failed",
        "the whole log: lab log 1",
    ]


def test_a_workflow_that_cannot_be_read_is_said_at_once(living):
    living.commit({".github/workflows/ci.yml": "name: [\n"})
    said = living.said(living.push("HEAD:refs/heads/main")).splitlines()
    assert said[0].startswith("✗ .github/workflows/ci.yml: failure: .github/workflows/ci.yml:")
    assert said[-1] == "the whole log: lab log 1"


@pytest.mark.parametrize("how", ["environment", "option", "throwaway company"])
def test_who_does_not_want_to_wait_does_not(living, how):
    if how == "throwaway company":
        living.forge.follow = False
        living.forge.create("storefront")
    words = ["-o", "nowait"] if how == "option" else []
    done = living.push(*words, "HEAD:refs/heads/main", env={"LAB_FOLLOW": "0"} if how == "environment" else {})
    assert living.said(done) == "● ci: queued (run 1)"


def test_a_runner_that_dies_is_noticed(living):
    child = subprocess.Popen(["sleep", "60"])
    (living.root / "resident.json").write_text(json.dumps({"pid": child.pid}))
    timer = threading.Timer(1.0, lambda: (child.kill(), child.wait()))
    timer.start()
    said = living.said(living.push("HEAD:refs/heads/main"))
    timer.join()
    assert said.splitlines()[-1] == "● the runner has stopped; `lab status` starts it again, and `lab log -f` goes on from here"


def test_ctrl_c_leaves_the_push_and_its_run_where_they_are(living):
    words = ["git", "push", "origin", "HEAD:refs/heads/main"]
    pusher = subprocess.Popen(
        words,
        cwd=living.clone.directory,
        env=process.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    run = _wait_for_run(living)
    time.sleep(0.3)
    os.killpg(pusher.pid, signal.SIGINT)
    pusher.communicate(timeout=10)
    assert living.forge.head("storefront") == living.clone.out("rev-parse", "HEAD")
    assert [event.type for event in living.ledger.events() if event.data.get("run") == run] == ["run.queued"]
    assert living.forge.reconcile() == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x"}', '{"pid": 999999999}', '{"pid": 1e99}', "{"])
def test_a_resident_file_that_means_nothing_is_no_runner(tmp_path, text):
    (tmp_path / "resident.json").write_text(text)
    assert not runner_is_alive(tmp_path)


def test_without_a_resident_file_there_is_no_runner(tmp_path):
    assert not runner_is_alive(tmp_path)
