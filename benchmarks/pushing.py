"""What the forge and the runner add to a pipeline: `git push` of a one-job workflow, against act alone on the same commit."""

from __future__ import annotations

import itertools
import os
import shutil
from typing import TYPE_CHECKING

from benchmarks.measuring import Row, medians, run
from benchmarks.places import entered, environment, room, workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GOAL = 0.4
WORKFLOW = """\
name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: test -f VERSION && echo "It is there."
"""


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """The push waits for the run and prints it, as a learner's does; act gets a clone that is there already."""
    with workspace() as place, room() as folder:
        env, clone, numbers = entered(place), place / "storefront", itertools.count(1)
        (clone / ".github" / "workflows").mkdir(parents=True, exist_ok=True)
        (clone / ".github" / "workflows" / "ci.yml").write_text(WORKFLOW, encoding="utf-8")
        run(["git", "add", "--all"], cwd=clone, env=env)
        run(["git", "commit", "--quiet", "-m", "Add a pipeline"], cwd=clone, env=env)
        run(["git", "push", "--quiet"], cwd=clone, env=env)

        def push() -> float | None:
            run(["git", "commit", "--quiet", "--allow-empty", "-m", f"Push {next(numbers)}"], cwd=clone, env=env)
            return _timed(["git", "push"], clone, env, said="✓ test")

        act = _act_alone(clone, folder)
        took = medians({"push": push, "act": lambda: _timed(act, folder, _bare(folder), said="Job succeeded")}, rounds=rounds, tell=tell)
    return [
        Row(
            "`git push`, a workflow of one job",
            "git push",
            "act push",
            took["push"],
            took["act"],
            took["push"] - took["act"],
            GOAL,
            "s more",
            rounds,
        )
    ]


def _timed(words: list[str], cwd: Path, env: dict[str, str], *, said: str) -> float:
    """The seconds of a command that must have printed `said`: else something else was measured."""
    import time  # noqa: PLC0415 - beside its one use

    began = time.monotonic()
    shown = run(words, cwd=cwd, env=env)
    seconds = time.monotonic() - began
    if said not in shown:
        raise SystemExit(f"'{' '.join(words)}' did not say '{said}':\n{shown[-2000:]}")
    return seconds


def _act_alone(clone: Path, folder: Path) -> list[str]:
    """Act's own command line for a clone of the same commit, with nothing that would reach for a network."""
    from lab.company.pipelines.toolchain import Toolchain  # noqa: PLC0415 - only here

    run(["git", "clone", "--quiet", clone, folder / "clone"], cwd=folder, env=environment())
    words = [
        str(Toolchain.find().act),
        "push",
        "-C",
        str(folder / "clone"),
        "-W",
        ".github/workflows/ci.yml",
        "-P",
        "ubuntu-latest=-self-hosted",
    ]
    return [*words, "--action-offline-mode", "--pull=false", "--no-cache-server", "--container-daemon-socket", "-"]


def _bare(folder: Path) -> dict[str, str]:
    """An environment in which act asks nothing and writes nowhere else."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(folder), "LANG": "C.UTF-8"}
