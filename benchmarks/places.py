"""Where the benchmarks take place: a workspace of their own in a temporary folder, ended and removed whatever happens."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"
PYTHON = BIN / "python"
LAB = BIN / "lab"
SEED = 7


def environment() -> dict[str, str]:
    """This process's environment, with git's identity in it and nothing of the learner's git configuration."""
    known = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    person = {
        f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "You"), ("EMAIL", "you@example.com"))
    }
    return {**os.environ, **known, **person}


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """A temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="lab-bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def workspace() -> Iterator[Path]:
    """A workspace that `lab start` made; `lab down` ends it."""
    with room() as folder:
        try:
            run([LAB, "start", "--dir", folder / "harborline", "--seed", str(SEED)], cwd=folder, env=environment())
            yield folder / "harborline"
        finally:
            run([LAB, "-C", folder / "harborline", "down"], cwd=folder, env=environment(), codes=range(256))


def entered(place: Path) -> dict[str, str]:
    """The environment of a shell that has sourced `enter`."""
    shown = run(["sh", "-c", '. "$1" >/dev/null && env -0', "sh", place / "enter"], cwd=place.parent, env=environment())
    return dict(pair.split("=", 1) for pair in shown.split("\0") if "=" in pair)
