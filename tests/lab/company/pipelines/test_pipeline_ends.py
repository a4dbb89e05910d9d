"""How runs end that do not end by themselves: limits, endless output, a cancelled run, a runner that dies; and how many play at once."""

from __future__ import annotations

import json
import os
import signal

import pytest
from pipeline_shop import CHECKOUT, REPO, Shop, make_shop, one_job, until

from lab import process
from lab.company.pipelines import act
from lab.company.pipelines.queue import queue_runs

CI = ".github/workflows/ci.yml"


def test_a_timeout_of_a_step_or_a_job_ends_its_whole_tree_and_says_so(tmp_path, toolchain):
    workflow = {
        "on": "push",
        "jobs": {
            "slow": {
                "runs-on": "ubuntu-latest",
                "timeout-minutes": 1,
                "steps": [{"run": "(setsid sleep 613 &); sleep 612"}, {"run": "echo swept", "if": "always()"}],
            },
            "step": {"runs-on": "ubuntu-latest", "steps": [{"run": "sleep 611", "timeout-minutes": 1}, {"run": "echo no"}]},
            "fine": {"runs-on": "ubuntu-latest", "steps": [{"run": "nohup setsid sleep 614 > /dev/null 2>&1 &"}]},
        },
    }
    with make_shop(tmp_path, toolchain, minute_seconds=1.0) as shop:
        run = shop.play(json.dumps(workflow))
        jobs = {job.name: job for job in run.jobs}
        assert run.result == "failure"
        assert "'timeout-minutes: 1' are over" in run.reason
        assert {name: job.result for name, job in jobs.items()} == {"slow": "failure", "step": "failure", "fine": "success"}
        assert jobs["slow"].steps[0].log == ("Error: The job 'slow' was stopped: its 'timeout-minutes: 1' are over.",)
        assert jobs["slow"].steps[1].log == ("swept",)
        assert [step.name for step in jobs["step"].steps] == ["Run sleep 611"]
        assert run.seconds < 15
        assert _sleepers(611, 612, 613, 614) == []


def _args(pid: int) -> str:
    return process.run(["ps", "-o", "args=", "-p", str(pid)], cwd="/", timeout=10, env=process.environment()).output


def _sleepers(*seconds: int) -> list[str]:
    """What is left of a test's own sleeps; the other tests of this file may run beside it."""
    listed = process.run(["ps", "-eo", "args"], cwd="/", timeout=10, env=process.environment()).output
    return [line for line in listed.splitlines() if line in [f"sleep {number}" for number in seconds]]


def test_a_run_that_hangs_is_ended_at_the_limit_and_is_red(tmp_path, toolchain):
    with make_shop(tmp_path, toolchain, limit_seconds=1.5) as shop:
        run = shop.play([{"run": "echo begun; trap '' TERM INT HUP; sleep 615"}, {"run": "true"}])
        assert (run.result, run.reason) == ("failure", "The run was stopped after 1.5 s, the most that a run may take here.")
        assert run.tail() == ("begun", "Error: The run was stopped after 1.5 s, the most that a run may take here.")
        assert shop.forge.statuses == {"test": "failure"}
        assert run.seconds < 8


def test_endless_and_hostile_output_is_cut_and_harmless(shop: Shop):
    program = (
        "import sys\nfor n in range(25000): print('line', n, 'x' * 50)\n"
        "sys.stdout.write('y' * 20_000_000 + '\\n')\nsys.stdout.buffer.write(b'\\x1b]0;title\\x07\\x00bad \\xff\\xfe utf\\x9b2J\\n')\n"
        "print('a\\rb\\rlast of the bar'); print('::set-output name=x::y'); print('done')\n"
    )
    run = shop.play([*CHECKOUT, {"run": "python p.py"}], {"p.py": program})
    assert run.result == "success", run.reason
    log = run.jobs[0].steps[1].log
    assert sum(map(len, log)) < 1_100_000
    assert log[0] == "line 0 " + "x" * 50
    assert log[-1] == "done"
    assert any("lines left out" in line for line in log)
    assert "last of the bar" in log
    assert "… an endless line was left out …" in log
    assert not any(sign in line for line in log for sign in "\x1b\x00\x07\r\x9b")


def test_a_step_that_forks_without_end_is_ended(tmp_path, toolchain):
    with make_shop(tmp_path, toolchain) as shop:
        shop.runner.limits = type(shop.runner.limits)(processes=60)
        run = shop.play([{"run": "for i in $(seq 150); do (sleep 616; true) & done; wait"}])
        assert (run.result, run.reason) == ("failure", "The run was stopped: it had more than 60 processes at once.")
        assert _sleepers(616) == []


def test_a_run_can_be_cancelled_from_elsewhere_and_played_again(shop: Shop):
    (run_id,) = shop.push({CI: one_job([{"run": "test -e /nowhere || sleep 617"}])})
    until(lambda: shop.runner.runs.get(run_id).jobs)
    shop.ledger.append("run.cancel", run=run_id)
    run = shop.wait(run_id)
    assert (run.result, run.reason, run.jobs[0].result) == ("cancelled", "The run was cancelled.", "cancelled")
    assert shop.forge.statuses == {"test": "failure"}
    again = shop.runner.rerun(run_id)
    until(lambda: shop.runner.runs.get(again).jobs)
    shop.runner.cancel(again)
    assert (shop.wait(again).result, shop.wait(again).number, shop.wait(again).sha) == ("cancelled", 2, run.sha)
    assert shop.runner.is_idle()


def test_a_dead_runner_leaves_its_check_pending_and_the_next_goes_on(tmp_path, toolchain):
    made = make_shop(tmp_path, toolchain)
    shop = made.shop
    (dead,) = shop.push({CI: one_job([{"run": "true"}])})
    shop.ledger.append("run.started", run=dead, pid=999_999)
    home = shop.runner.root / dead / "work" / "home" / "abc"
    home.mkdir(parents=True)
    left = process.start(["sleep", "618"], cwd="/", env=process.environment(), log=tmp_path / "left.log", mark=f"{dead}.abc")
    (queued,) = shop.push({CI: one_job([{"run": "echo on"}])})
    with made:
        assert shop.wait(queued).result == "success"
        run = shop.wait(dead)
        assert (run.result, run.reason.startswith("The runner was killed while the run was going on.")) == ("error", True)
        assert "test" not in [name for name, state in shop.forge.told if state == "failure"]
        assert _sleepers(618) == []
        assert shop.wait(shop.runner.rerun(dead)).result == "success"
    del left


def test_a_runner_that_is_stopped_leaves_the_run_as_an_error(tmp_path, toolchain):
    made = make_shop(tmp_path, toolchain)
    with made as shop:
        (run_id,) = shop.push({CI: one_job([{"run": "sleep 619"}])})
        until(lambda: shop.runner.runs.get(run_id).jobs)
    run = shop.runner.runs.get(run_id)
    assert (run.result, shop.forge.statuses) == ("error", {"test": "pending"})
    assert _sleepers(619) == []


def test_a_run_reports_itself_and_not_another_of_the_same_commit(shop: Shop):
    shop.push({"a.txt": "a"})
    steps = [{"run": "test $GITHUB_EVENT_NAME = push"}]
    (pulled,) = shop.pull({CI: one_job(steps)})
    assert shop.wait(pulled).result == "failure"
    sha = shop.runner.runs.get(pulled).sha
    branch = {"event": "push", "sha": sha, "ref": "refs/heads/feat/x", "branch": "feat/x", "pr": None, "actor": "tom"}
    (pushed,) = queue_runs(shop.ledger, shop.forge.path(REPO), REPO, **branch)
    assert shop.wait(pushed).result == "success"
    assert shop.forge.statuses == {"test": "success"}  # the forge knows both, and weighs them: test_forge_required_checks.py


def test_two_runs_play_at_once_and_a_third_waits(tmp_path, toolchain):
    with make_shop(tmp_path, toolchain, slots=2) as shop:
        names = [f".github/workflows/{name}.yml" for name in "abc"]
        runs = shop.push({name: one_job([{"run": "sleep 0.5"}]) for name in names})
        finished = [shop.wait(run) for run in runs]
        assert [run.result for run in finished] == ["success"] * 3
        events = [(event.type, event.data["run"]) for event in shop.ledger.events("run.started", "run.finished")]
        assert [kind for kind, _ in events][:3] == ["run.started", "run.started", "run.finished"]


def test_a_run_whose_act_is_killed_is_an_error_and_its_check_stays_pending(tmp_path, toolchain):
    with make_shop(tmp_path, toolchain) as shop:
        (run_id,) = shop.push({CI: one_job([{"run": "sleep 621"}])})
        until(lambda: shop.runner.runs.get(run_id).jobs)
        ours = [pid for pid in process.marked(run_id) if _args(pid).startswith(str(toolchain.act))]
        assert ours
        for pid in ours:
            os.kill(pid, signal.SIGKILL)
        run = shop.wait(run_id)
        assert (run.result, run.reason.startswith("act was ended by SIGKILL")) == ("error", True)
        assert shop.forge.statuses == {"test": "pending"}
        assert _sleepers(621) == []


@pytest.mark.parametrize(
    ("code", "errors", "has_begun", "says"),
    [
        (1, "", False, "did not say why"),
        (1, "Error: fork/exec /usr/bin/git: resource temporarily unavailable", False, "resource temporarily unavailable"),
        (-9, "", True, "SIGKILL"),
        (1, "Error: workflow is not valid", False, ""),
        (1, "", True, ""),
        (0, "", False, ""),
    ],
)
def test_only_an_end_that_no_workflow_brings_about_is_the_machines_fault(code, errors, has_begun, says):
    told = act.death(process.Completed(("act",), code, "", errors=errors), has_begun=has_begun)
    assert bool(told) == bool(says)
    assert says in told
