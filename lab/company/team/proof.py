"""Whether a changed tree shows what the change is said to do, and nothing else: asked of the running shop, before and after."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lab.company.oracle import digest
from lab.company.team import looking, probe
from lab.company.team.bank import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lab.company.oracle import Oracle, Question, Tables
    from lab.company.team.probe import Answers, Job, Python, Wrong
    from lab.company.team.tree import Tree

SEED: Final = 20  # of the questions: the same for every proof, so that one "before" serves them all
MANY: Final = 4
KEPT: Final = 256
_remembered: OrderedDict[str, tuple[list[Wrong], Answers]] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Claim:
    """What a change is said to do. `breaks` must be wrong afterwards, `touches` may be; `tables` are those that hold then."""

    kind: str
    tables: Tables
    patched: Tables
    breaks: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Court:
    """Before which changes are proven: the oracle, the interpreter, and the tree that the change is made to."""

    oracle: Oracle
    python: Python
    base: Tree

    def questions(self, tables: Tables) -> list[Question]:
        """A few about each behaviour; those that need full shelves first."""
        names = sorted(self.oracle.focuses, key=lambda name: not name.startswith("stock"))
        return [one for name in names for one in self.oracle.questions(SEED, tables, MANY if "-" in name else 2, focus=name)]

    def wrongs(self, tree: Tree, tables: Tables) -> tuple[list[Wrong], Answers]:
        """What the tree answers wrongly; remembered by the tree's content."""
        key = f"{tree.digest()} {digest(tables)} {self.python.interpreter}"
        with _lock:
            if key in _remembered:
                _remembered.move_to_end(key)
                return _remembered[key]
        asked = self.questions(tables)
        (came,) = probe.ask([probe.Job(tree, asked)], oracle=self.oracle, python=self.python)
        found = probe.wrong_answers(asked, came, oracle=self.oracle, tables=tables), came
        with _lock:
            _remembered[key] = found
            while len(_remembered) > KEPT:
                _remembered.popitem(last=False)
        return found

    def known(self, tables: Tables) -> set[str]:
        """The behaviours that were wrong before the change: somebody else's bug, that is on the tree already."""
        return {one.focus for one in self.wrongs(self.base, tables)[0]}

    def trouble(self, tables: Tables) -> str:
        """Why the tree as it is does not start; empty when it does."""
        _, came = self.wrongs(self.base, tables)
        return "" if came.boots else came.error or "it ended without a word"

    def answers(self, tree: Tree, asked: Sequence[dict[str, Any]]) -> list[tuple[int, Any]]:
        """What the tree answers to these requests."""
        job: Job = probe.Job(tree, list(asked))
        (came,) = probe.ask([job], oracle=self.oracle, python=self.python)
        return [chain[0] for chain in came.answers]

    def proves(self, tree: Tree, claim: Claim) -> str:
        """The proof in one sentence, or empty when the tree does not show what was claimed."""
        if claim.kind == "answers":
            return self._wrong(tree, claim) if claim.breaks else self._right(tree, claim)
        if claim.kind in ("stops", "stops-in-production"):
            return self._stops(tree, only_in_production=claim.kind == "stops-in-production")
        if tree.digest() != self.base.digest():
            return ""
        return self._seen(tree, claim.kind)

    def _right(self, tree: Tree, claim: Claim) -> str:
        if tree.digest() == self.base.digest():
            return "nothing of what runs is changed"
        wrong, came = self.wrongs(tree, claim.patched)
        if not came.boots or not {one.focus for one in wrong} <= self.known(claim.tables):
            return ""
        if claim.patched == claim.tables:
            return "every answer is the one that it was"
        asked = self.questions(claim.patched)
        told = {one.sentence for one in wrong}
        old = probe.wrong_answers(asked, came, oracle=self.oracle, tables=claim.tables)
        new = [one for one in old if one.focus not in {other.focus for other in wrong} and one.sentence not in told]
        return f"by the tables of before, {len(new)} answers would be wrong: {new[0].sentence}" if new else ""

    def _wrong(self, tree: Tree, claim: Claim) -> str:
        known = self.known(claim.tables)
        if tree.digest() == self.base.digest() or known & set(claim.breaks):
            return ""
        found, came = self.wrongs(tree, claim.tables)
        new = [one for one in found if one.focus not in known]
        seen = {one.focus for one in new}
        allowed = {*claim.breaks, *claim.touches}
        if not came.boots or not set(claim.breaks) <= seen or (ANYTHING not in allowed and not seen <= allowed):
            return ""
        return next(one.sentence for one in new if one.focus in claim.breaks)

    def _stops(self, tree: Tree, *, only_in_production: bool) -> str:
        """Asked with production's settings, and with those of a desk: it must not come up with either, or only on the desk."""
        jobs = [probe.Job(self.base, env=probe.PRODUCTION), probe.Job(tree, env=probe.PRODUCTION), probe.Job(tree)]
        before, production, desk = probe.ask(jobs, oracle=self.oracle, python=self.python)
        stops = before.boots and not production.boots and desk.boots == only_in_production
        return f"it does not start: {production.error}" if stops else ""

    def _seen(self, tree: Tree, kind: str) -> str:
        before: dict[str, str | None] = {path: self.base.read(path) for path in tree.changed}
        after: Mapping[str, str | None] = {path: tree.read(path) for path in tree.changed}
        if kind == "gate":
            return "; ".join(looking.switched_off(before, after))
        if kind == "weaker":
            dropped = [f"the test '{name}' is gone" for name, _ in looking.dropped_tests(before, after)]
            return "; ".join([*looking.silenced(before, after), *dropped])
        return "what runs is the same; the harm is in the files themselves"
