"""What changes, mutants and refactorings are made with, and the word for when they can't be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.company.git import Git
from lab.company.team.probe import Python
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.company.company import Company
    from lab.company.oracle import Oracle, Tables

START: Final = "friday"


class NoAnchor(LabError):
    """A change has no place in this tree, or none where it would show. Never the learner's failure."""

    exit_code = 4


@dataclass(frozen=True)
class Workbench:
    """The oracle, the Python that production has, the tables that hold in the tree, and the seed of all choices.

    `start` gives the tree that the learner began with, for a three-way merge; it is called only if one is needed.
    """

    oracle: Oracle
    python: Python
    tables: Tables
    seed: int
    start: Callable[[], Path | None] | None = None


def bench_for(company: Company, clone: Path, *, seed: int) -> Workbench:
    """The workbench for a clone of the company's repository."""
    tools = company.parts.toolchain
    git = Git(clone)
    head = git.out("rev-parse", "--verify", "--quiet", "HEAD", check=False)
    tables = (company.truth.tables_at(head) if head else None) or company.truth.tables_now()

    def start() -> Path | None:
        folder = clone.with_name(f"{clone.name}-{START}")
        if not folder.exists():
            if not git.out("rev-parse", "--verify", "--quiet", f"refs/tags/{START}", check=False):
                return None
            Git.clone(company.forge.url(company.repository), folder, branch=START, single=True)
        return folder

    python = Python(tools.plain / "bin" / "python", tools.wheels)
    return Workbench(company.oracle, python, dict(tables), seed, start)
