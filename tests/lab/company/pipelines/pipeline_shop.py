"""A company of one repository, a fake forge and the real act."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lab.company.git import ZERO, Git
from lab.company.pipelines.queue import queue_runs
from lab.company.pipelines.runner import Runner
from lab.ledger.store import Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from lab.company.pipelines.runs import Run
    from lab.company.pipelines.toolchain import Toolchain

REPO = "storefront"
CHECKOUT = [{"uses": "actions/checkout@v4"}]


@dataclass(frozen=True)
class FakePullRequest:
    """A pull request as the forge knows it."""

    number: int
    branch: str
    title: str
    body: str
    author: str
    sha: str


@dataclass
class FakeForge:
    """The forge's side of the runner, on one bare repository."""

    root: Path
    statuses: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    requests: dict[int, FakePullRequest] = field(default_factory=dict)

    def path(self, repo: str) -> Path:
        return self.root / f"{repo}.git"

    def pull_request(self, number: int) -> FakePullRequest:
        return self.requests[number]

    def set_status(self, repo: str, sha: str, *, context: str, state: str, run: str, description: str) -> None:
        del repo, sha, run, description
        self.statuses[context] = state
        self.told.append((context, state))


@dataclass
class Shop:
    """What a test plays with: `push` and `pull` commit files and queue what they start; `play` waits for the one run."""

    ledger: Ledger
    forge: FakeForge
    runner: Runner
    clone: Git

    def commit(self, files: dict[str, str], message: str = "a change") -> str:
        for name, text in files.items():
            path = self.clone.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.clone.run("add", "--all")
        self.clone.run("commit", "--quiet", "--allow-empty", "-m", message)
        return self.clone.out("rev-parse", "HEAD")

    def push(self, files: dict[str, str], *, branch: str = "main", message: str = "a change") -> list[str]:
        old = self.clone.out("rev-parse", "--verify", "--quiet", f"refs/remotes/origin/{branch}", check=False) or ZERO
        sha = self.commit(files, message)
        self.clone.run("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
        bare = self.forge.path(REPO)
        ref = f"refs/heads/{branch}"
        return queue_runs(self.ledger, bare, REPO, event="push", sha=sha, ref=ref, branch=branch, pr=None, actor="priya", old=old)

    def pull(self, files: dict[str, str], *, branch: str = "feat/x", number: int = 1, title: str = "Add x") -> list[str]:
        self.clone.run("checkout", "--quiet", "-B", branch, "origin/main")
        sha = self.commit(files)
        self.clone.run("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")
        self.clone.run("checkout", "--quiet", "--detach", "origin/main")
        self.clone.run("merge", "--quiet", "--no-ff", "-m", "merge", sha)
        self.clone.run("push", "--quiet", "--force", "origin", f"{sha}:refs/pull/{number}/head", f"HEAD:refs/pull/{number}/merge")
        self.forge.requests[number] = FakePullRequest(number, branch, title, "why", "tom", sha)
        ref = f"refs/pull/{number}/merge"
        bare = self.forge.path(REPO)
        return queue_runs(self.ledger, bare, REPO, event="pull_request", sha=sha, ref=ref, branch=branch, pr=number, actor="tom")

    def wait(self, run: str, timeout: float = 60) -> Run:
        return self.runner.wait(run, timeout)

    def play(self, workflow: Any, files: dict[str, str] | None = None, *, timeout: float = 60) -> Run:
        """Push a workflow (its text, or its job's steps) and wait for its run."""
        text = workflow if isinstance(workflow, str) else one_job(workflow)
        (run,) = self.push({".github/workflows/ci.yml": text, **(files or {})})
        return self.wait(run, timeout)


def one_job(steps: list[dict[str, Any]], **job: Any) -> str:
    """A workflow of one job, 'test'. JSON is YAML."""
    return json.dumps({"name": "CI", "on": ["push", "pull_request"], "jobs": {"test": {"runs-on": "ubuntu-latest", "steps": steps} | job}})


def log_of(run: Run) -> str:
    """All that a run printed."""
    return "\n".join(line for job in run.jobs for step in job.steps for line in step.log)


class make_shop:  # noqa: N801 - used as a function
    """A shop with its runner started; settings are the runner's."""

    def __init__(self, tmp_path: Path, toolchain: Toolchain, **settings: Any) -> None:
        forge = FakeForge(tmp_path / "forge")
        Git.init(forge.path(REPO), bare=True)
        clone = Git.init(tmp_path / "clone", actor="priya")
        clone.run("remote", "add", "origin", str(forge.path(REPO)))
        ledger = Ledger.create(tmp_path / "ledger.db")
        self.shop = Shop(ledger, forge, Runner(tmp_path / "runs", forge, ledger, toolchain, **settings), clone)

    def __enter__(self) -> Shop:
        self.shop.runner.start()
        return self.shop

    def __exit__(self, *_: object) -> None:
        self.shop.runner.stop()


def until(question, timeout: float = 20) -> None:
    """Wait until the question is answered yes; `timeout` is in seconds."""
    deadline = time.monotonic() + timeout
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)
