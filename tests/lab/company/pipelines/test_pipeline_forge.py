"""Forge and runner together, nothing faked: a real push, its hook, the queue, the real act, the statuses."""

from __future__ import annotations

import os
import signal
import sys
import time

from pipeline_shop import CHECKOUT, one_job

from lab import process
from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.company.pipelines.runner import Runner
from lab.company.pipelines.runs import Runs
from lab.ledger.store import Ledger

CI = ".github/workflows/ci.yml"
RUNNER = """
import sys, time
from pathlib import Path
from lab.company.forge.forge import Forge
from lab.company.pipelines.runner import Runner
from lab.company.pipelines.toolchain import Toolchain
from lab.ledger.store import Ledger
root = Path(sys.argv[1])
ledger = Ledger(root / "ledger.db")
Runner(root / "runs", Forge(root / "forge", ledger), ledger, Toolchain.find()).start()
time.sleep(60)
"""


class Company:
    """A forge with one repository and a clone of it."""

    def __init__(self, root) -> None:
        self.root = root
        self.ledger = Ledger.create(root / "ledger.db")
        self.forge = Forge(root / "forge", self.ledger)
        self.forge.create("storefront")
        self.clone = Git.clone(self.forge.path("storefront"), root / "clone", actor="priya")

    def push(self, files: dict[str, str], branch: str = "main") -> str:
        for name, text in files.items():
            path = self.clone.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.clone.run("add", "--all")
        self.clone.run("commit", "--quiet", "-m", f"change on {branch}")
        self.clone.run("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return self.clone.out("rev-parse", "HEAD")


def test_a_push_and_a_pull_request_are_run_and_reported(tmp_path, toolchain):
    company = Company(tmp_path)
    with Runner(tmp_path / "runs", company.forge, company.ledger, toolchain) as runner:
        workflow = one_job([*CHECKOUT, {"run": "echo $GITHUB_EVENT_NAME '${{ github.event.before }}'; cat a.txt"}])
        first = company.push({CI: workflow, "a.txt": "a\n"})
        second = company.push({"b.txt": "b\n"})
        company.clone.run("checkout", "--quiet", "-b", "feat/$(touch${IFS}pwned)")
        head = company.push({"c.txt": "c\n"}, "feat/$(touch${IFS}pwned)")
        request = company.forge.open_pull_request("storefront", "feat/$(touch${IFS}pwned)", title="`touch pwned`", by="tom")
        runs = runner.runs.all()
        assert [(run.event, run.sha, run.branch, run.pr) for run in runs] == [
            ("push", first, "main", None),
            ("push", second, "main", None),
            ("push", head, "feat/$(touch${IFS}pwned)", None),
            ("pull_request", head, "feat/$(touch${IFS}pwned)", request.number),
        ]
        finished = [runner.wait(run.id, 60) for run in runs]
        assert [run.result for run in finished] == ["success"] * 4, [run.tail() for run in finished]
        assert [run.jobs[0].steps[1].log[0] for run in finished] == [
            f"push {'0' * 40}",
            f"push {first}",
            f"push {'0' * 40}",
            "pull_request ",
        ]
        assert company.forge.statuses("storefront", head) == {"test": "success"}
    assert not list(tmp_path.rglob("pwned"))


def test_a_runner_killed_in_the_middle_never_leaves_a_green_check(tmp_path, toolchain):
    company = Company(tmp_path)
    sha = company.push({CI: one_job([{"run": "test -e /tmp/lab-nowhere || sleep 620"}])})
    runs = Runs(company.ledger, tmp_path / "runs")
    env = process.environment({"LAB_CACHE": str(toolchain.cache), "HOME": str(tmp_path)})
    killed = process.start([sys.executable, "-c", RUNNER, str(tmp_path)], cwd=tmp_path, env=env, log=tmp_path / "out", mark="resident")
    _until(lambda: any(job.name == "test" for job in runs.all()[0].jobs))
    time.sleep(0.3)
    os.kill(killed, signal.SIGKILL)
    os.waitpid(killed, 0)
    assert company.forge.statuses("storefront", sha) == {"test": "pending"}
    assert _sleeping()
    with Runner(tmp_path / "runs", company.forge, company.ledger, toolchain) as runner:
        run = runner.wait(runs.all()[0].id, 20)
        assert (run.result, company.forge.statuses("storefront", sha)) == ("error", {"test": "pending"})
        assert not _sleeping()
        _until(lambda: not (tmp_path / "runs" / run.id / "work").exists())


def _sleeping() -> bool:
    listed = process.run(["ps", "-eo", "args"], cwd="/", timeout=10, env=process.environment()).output
    return "sleep 620" in listed.splitlines()


def _until(question, timeout: float = 20) -> None:
    deadline = time.monotonic() + timeout
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.05)
