"""Where the learner's own tests and hooks are run: on hidden bugs, on rewrites, on other days, in teammates' clones."""

from __future__ import annotations

import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab.company.team import mutants as hidden
from lab.errors import LabError
from lab.gameday.outcomes import CommitTried, Mutants, SuiteRun, SuiteRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.company.team.make import Change
    from lab.company.team.teammate import Staging, Teammate, Where
    from lab.gameday.stagehand import Stagehand

LIMIT: Final = 120.0
CORES: Final = os.cpu_count() or 1
FAILING: Final = re.compile(
    r"(?:FAILED|ERROR)\s+(\S+::\S+|\S+test\S*\.py\S*)|^(?:not ok|✗|FAIL:?)\s.*?(test\S*)|\b(test_\w+)\b.*(?:FAILED|failed|Falsifying)",
    re.MULTILINE,
)
MOVED: Final = Path(__file__).parent / "moved"
CONDITIONS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "as-it-is": ("as they are", {}),
    "leap-day": ("on 29 February", {"LAB_NOW": "2028-02-29T12:00:00+00:00"}),
    "new-year": ("on 31 December shortly before midnight UTC", {"LAB_NOW": "2027-12-31T23:57:30+00:00"}),  # LIMIT ends before the year
    "auckland": ("in Auckland", {"TZ": "Pacific/Auckland"}),
    "random-order": ("in random order", {"PYTEST_ADDOPTS": "-p lab_order"}),
    "side-by-side": ("side by side with themselves", {}),
}
_NOTICED: Final[dict[tuple[str, str], bool]] = {}


class Suites:
    """Runs of the `test` verb and of commits in one scene."""

    def __init__(self, hand: Stagehand) -> None:
        self._hand = hand

    def run_in(self, clone: Path, condition: str, extra: dict[str, str] | None = None) -> SuiteRun:
        """The `test` verb in a clone, under a condition that has been set up already."""
        return SuiteRun(condition, self._hand.verb_in(clone, "test", limit=LIMIT, extra=extra))

    def clean(self) -> SuiteRun:
        """The `test` verb on the learner's own main."""
        return self.run_in(self._hand.teammate("priya").git.directory, "as they are")

    def mutants(self, *, draw: int, families: Sequence[str]) -> Mutants:
        """Each hidden bug alone, side by side on all cores; `families` names them, else `draw` are drawn by the seed."""
        clean = self.clean()
        if not clean.is_green:
            return Mutants(clean, (), ())
        base = self._hand.teammate("priya").clone
        bugs = self._drawn(base, draw, families)
        runs = self._each([self._on_tree(base, bug.write, bug.says) for bug in bugs])
        noticed = tuple(f"Noticed: {bug.says}." for bug, run in zip(bugs, runs, strict=True) if not run.is_green)
        missed = tuple(bug.unnoticed for bug, run in zip(bugs, runs, strict=True) if run.is_green)
        return Mutants(clean, noticed, missed)

    def _drawn(self, base: Path, draw: int, families: Sequence[str]) -> list[hidden.Mutant]:
        known = hidden.load(self._hand.company.charter.scenario / "team")
        bench = self._hand.teammate("priya").bench(self._hand.seed)
        if draw:
            return hidden.draw(base, known, bench=bench, n=draw)
        chosen = [family for family in known if family.id in families]
        return hidden.draw(base, chosen, bench=bench, n=len(chosen))

    def refactors(self, *, draw: int) -> SuiteRuns:
        """Each rewrite alone, side by side on all cores."""
        teammate = self._hand.teammate("priya")
        rewrites = hidden.refactors(teammate.clone, bench=teammate.bench(self._hand.seed), n=draw)
        actions = [self._on_tree(teammate.clone, one.write, f"after a rewrite that changes nothing ('{one.family}')") for one in rewrites]
        return SuiteRuns(tuple(self._each(actions, first_red=self._hand.is_hasty)))

    def under(self, conditions: Sequence[str], *, repeat: int) -> SuiteRuns:
        """The learner's own main under each condition, `repeat` times."""
        base = self._hand.teammate("priya").git.directory
        actions: list[Callable[[], SuiteRun]] = []
        for condition in conditions:
            sentence, extra = CONDITIONS[condition]
            for number in range(repeat * (2 if condition == "side-by-side" else 1)):
                env = extra | {"LAB_ORDER_SEED": f"{self._hand.seed}{number}"} | ({"PYTHONPATH": str(MOVED)} if extra else {})
                where = base if condition == "side-by-side" else None
                actions.append(lambda sentence=sentence, env=env, where=where: self.run_in(where or self._copy(base), sentence, env))  # type: ignore[misc]
        return SuiteRuns(tuple(self._each(actions, first_red=self._hand.is_hasty)))

    def _each(self, actions: Sequence[Callable[[], SuiteRun]], *, first_red: bool = False) -> list[SuiteRun]:
        """Run them side by side on all cores; with `first_red`, none is begun after one was red."""
        with ThreadPoolExecutor(max_workers=CORES) as pool:
            runs: list[SuiteRun] = []
            for future in [pool.submit(action) for action in actions]:
                if not future.cancelled():
                    runs.append(future.result())
                if first_red and not runs[-1].is_green:
                    pool.shutdown(wait=False, cancel_futures=True)
            return runs

    def _copy(self, base: Path) -> Path:
        target = self._hand.folder("tree")
        shutil.copytree(base, target, symlinks=True)
        return target

    def _on_tree(self, base: Path, write: Callable[[Path], None], condition: str) -> Callable[[], SuiteRun]:
        def play() -> SuiteRun:
            tree = self._copy(base)
            write(tree)
            run = self.run_in(tree, condition)
            shutil.rmtree(tree, ignore_errors=True)
            return run

        return play

    # -- commits ----------------------------------------------------------------------------------------------------------

    def commit(self, *, by: str, entries: Sequence[str], staging: Staging, where: Where) -> CommitTried:
        """A teammate sets a fresh clone up, makes one change, and commits it with the clone's own hooks."""
        teammate = self._hand.teammate(by)
        setup = self._hand.verb_in(teammate.clone, "setup", limit=LIMIT)
        if setup.problem or setup.exit != 0:
            return CommitTried(by, "", is_good=True, accepted=False, output=setup.output, seconds=0.0, setup=setup)
        change, detected = self._chosen(teammate, entries)
        twin = teammate.twin(change, seed=self._hand.seed) if staging == "bad-tree" else None
        if where == "amend":
            self._first_commit(teammate)
        tried = teammate.try_commit(change, staging=staging, where=where, env=self._hand.environment(), twin=twin)
        return CommitTried(
            by=by,
            what=change.what,
            is_good=change.is_good or staging == "bad-tree",
            accepted=tried.accepted,
            output=tried.output,
            seconds=tried.seconds,
            setup=setup,
            failing=tuple(dict.fromkeys(name for match in FAILING.finditer(tried.output) for name in match.groups() if name)),
            detected=detected,
            where=_places(where, staging),
        )

    def notices(self, who: Teammate, change: Change | None = None) -> bool:
        """Whether the learner's own `test` verb, run bare, notices what is wrong with a teammate's tree (with `change` laid over it).

        The same content is asked once in a process: a pipeline's files have no part in it.
        """
        key = (who.content(), change.digest() if change else "")
        if key not in _NOTICED:
            run = self._on_tree(who.clone, change.write if change else _as_it_is, "bare")()
            _NOTICED[key] = not run.is_green
        return _NOTICED[key]

    def _first_commit(self, teammate: Teammate) -> None:
        """A good commit of words, to be amended."""
        teammate.commit_unhooked(teammate.change(["docs-only"], seed=self._hand.seed))

    def _chosen(self, teammate: Teammate, entries: Sequence[str]) -> tuple[Change, bool]:
        """The first change that can be made and, if it is bad, that the learner's own tests notice."""
        first: Change | None = None
        for entry in self._hand.shuffled(entries):
            try:
                change = teammate.change([entry], seed=self._hand.seed)
            except LabError:
                continue
            if change.is_good or self.notices(teammate, change):
                return change, True
            first = first or change
        if first is None:
            raise LabError(f"None of the changes {', '.join(entries)} can be made on this tree.")
        return first, False


def _as_it_is(_: Path) -> None:
    """Change nothing."""


def _places(where: str, staging: str) -> str:
    if staging == "bad-index":
        return "the clone, where the bug is staged and the work tree is clean of it"
    if staging == "bad-tree":
        return "the clone, where what is staged is good and the bug lies about in the work tree"
    return {"root": "the clone", "subdirectory": "a subdirectory", "worktree": "a linked worktree", "amend": "an amended commit"}[where]
