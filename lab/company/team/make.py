"""Makes a change of the bank against the tree as it is now: place by place, variant by variant, until one is proven."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from lab.company.team.bench import NoAnchor, Workbench
from lab.company.team.edits.base import TEAM_TESTS, Edit, Setting
from lab.company.team.edits.tests import Agree
from lab.company.team.merging import merged
from lab.company.team.proof import Claim, Court
from lab.company.team.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from lab.company.team.bank import Entry, Variant

__all__ = ["Change", "NoAnchor", "Workbench", "all_trees", "make_change", "tests_folder"]
TRIED: Final = 14  # places a variant
Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Change:
    """A change that is ready to be committed.

    `files` are the new texts by path (None: deleted); `proof` says how it shows; `tables_patch` what it does to the truth.
    """

    entry: Entry
    variant: str
    files: Mapping[str, str | None]
    proof: str
    message: str
    author: str
    branch: str
    change_id: str
    breaks: tuple[str, ...] = ()
    tables_patch: Mapping[str, Any] = field(default_factory=dict)
    is_twin: bool = False
    says: str = ""

    @property
    def label(self) -> str:
        """Good or bad; a twin is good."""
        return "good" if self.is_twin else self.entry.label

    @property
    def is_good(self) -> bool:
        """Whether it must get through."""
        return self.label == "good"

    @property
    def what(self) -> str:
        """What it does, for people: the behaviour that is wrong after a bad one, else the message's first line."""
        return (self.says or self.proof) if not self.is_good else f"'{self.message.splitlines()[0]}'"

    @property
    def commit_message(self) -> str:
        """The message with its Change-Id trailer."""
        return f"{self.message}\n\nChange-Id: {self.change_id}\n"

    def digest(self) -> str:
        """The digest of what it does to the files."""
        return sha256(repr(sorted(self.files.items())).encode()).hexdigest()

    def write(self, tree: Path) -> None:
        """Write the files into a work tree."""
        Tree(tree, self.files).write(tree)


def make_change(
    tree: Path, entry: Entry, *, bench: Workbench, twin: bool = False, stand_ins: Sequence[Entry] = (), variant: str = ""
) -> Change:
    """Make `entry` against the work tree `tree`, which stays as it is.

    `twin` makes the same change with the bug undone: same files, author and message. `stand_ins` are tried in their order
    where the entry itself has no place; `variant` is tried before the others, which the seed puts in order.

    Raises:
        NoAnchor: nothing could be placed and proven; says what was looked for.
        WorldUnavailable: the storefront could not be asked.
    """
    sought: list[str] = []
    for one in (entry, *stand_ins):
        maker = _Maker(Tree(tree), one, bench)
        found = next(maker.changes(twin=twin, first=variant), None)
        if found is not None:
            return found
        sought += maker.sought
    told = "; ".join(dict.fromkeys(sought)) or "any place at all"
    trouble = Court(bench.oracle, bench.python, Tree(tree)).trouble(bench.tables)
    if trouble:
        raise NoAnchor(
            f"The change '{entry.id}' can't be made: the storefront does not start as it is ({trouble}).",
            remedy="Repair 'main' first: `lab log` shows who changed it last.",
        )
    raise NoAnchor(
        f"The change '{entry.id}' has no place in this tree where it would show. Looked for: {told}.",
        remedy="Nothing is wrong with your work; the lab can't play this event on it.",
    )


class _Maker:
    """One entry, one tree."""

    def __init__(self, base: Tree, entry: Entry, bench: Workbench) -> None:
        self.base, self.entry, self.bench = base, entry, bench
        self.sought: list[str] = []
        self.court = Court(bench.oracle, bench.python, base)

    def changes(self, *, twin: bool, first: str = "") -> Iterator[Change]:
        """Every change that is proven, the best first."""
        if self.entry.needs and not self.bench.tables.get("features", {}).get(self.entry.needs):
            self.sought.append(f"the feature '{self.entry.needs}', which another entry brings")
            return
        variants = list(self.entry.variants)
        self._luck("variants").shuffle(variants)
        variants.sort(key=lambda one: one.id != first)
        for variant in variants:
            yield from self._of(variant, twin=twin)
        start = self.bench.start() if self.bench.start and not twin else None
        for variant in variants if start else ():
            assert start is not None
            yield from self._merged(variant, start)

    def _luck(self, *parts: object) -> random.Random:
        return random.Random(f"{self.bench.seed}/{self.entry.id}/{parts}")  # noqa: S311 - a game's dice, no secret

    def setting(self, variant: Variant, *, is_twin: bool, tree: Tree | None = None) -> tuple[Setting, Mapping[str, Any]]:
        """What the edits of a variant may know, and the patch of the truth."""
        bench = self.bench
        recipe = variant.tables or self.entry.tables
        patch, words = bench.oracle.change(recipe, bench.tables, bench.seed) if recipe else ({}, {})
        setting = Setting(
            oracle=bench.oracle,
            tables=bench.tables,
            patched=bench.oracle.apply_patch(bench.tables, patch),
            luck=self._luck(variant.id),
            words={**words, "n": str(bench.seed % 89 + 10), "tests": tests_folder(self.base)},
            is_twin=is_twin,
            wheels=bench.python.wheels,
            answers=(lambda asked: self.court.answers(tree, asked)) if tree else None,
        )
        return setting, patch

    def _of(self, variant: Variant, *, twin: bool) -> Iterator[Change]:
        setting, patch = self.setting(variant, is_twin=False)
        for place, tree in enumerate(islice(all_trees(self.base, variant.early(), setting), TRIED)):
            change = self._proven(variant, tree, setting, patch)
            if change is None:
                continue
            found = self._twin(variant, place, change) if twin and self.entry.is_bad else change
            if found is not None:
                yield found
        self.sought += [edit.sought() for edit in variant.edits if edit.sought()]

    def _proven(self, variant: Variant, tree: Tree, setting: Setting, patch: Mapping[str, Any]) -> Change | None:
        """The change that this tree is, if it shows what it should; late edits are made here."""
        entry = self.entry
        breaks = (variant.breaks or entry.breaks) if entry.is_bad else ()
        claim = Claim(variant.proof or entry.proof, setting.tables, setting.patched, breaks, variant.touches or entry.touches)
        proof = self.court.proves(tree, claim) if tree.changed else ""
        if proof and variant.late():
            late, _ = self.setting(variant, is_twin=False, tree=tree)
            finished = next(all_trees(tree, variant.late(), late), None)
            return self._change(variant, finished, proof, setting, patch, breaks=breaks) if finished else None
        return self._change(variant, tree, proof, setting, patch, breaks=breaks) if proof else None

    def _change(  # noqa: PLR0913 - private, each is a part of the result
        self,
        variant: Variant,
        tree: Tree,
        proof: str,
        setting: Setting,
        patch: Mapping[str, Any],
        *,
        breaks: tuple[str, ...],
        twin: bool = False,
    ) -> Change:
        entry, message = self.entry, setting.fill(variant.message or self.entry.message)
        told = f"{self.bench.seed}/{entry.id}/{variant.id}/{twin}/{self.base.digest()}"
        return Change(
            entry=entry, variant=variant.id, files=tree.changed, proof=proof, message=message, author=entry.author,
            branch=setting.fill(variant.branch or entry.branch or f"{entry.author}/{entry.id}-@n@"),
            change_id="I" + sha256(told.encode()).hexdigest()[:40], breaks=breaks,
            tables_patch={} if entry.is_bad and not twin else patch, is_twin=twin,
            says=setting.fill(variant.says or entry.says),
        )  # fmt: skip

    def _twin(self, variant: Variant, place: int, bad: Change) -> Change | None:
        """The same place rewritten harmlessly; proven to be right, and to touch the same files."""
        setting, patch = self.setting(variant, is_twin=True)
        tree = next(islice(all_trees(self.base, variant.early(), setting), place, None), None)
        if tree is None:
            return None
        for edit in variant.late():
            if isinstance(edit, Agree):
                tree = edit.remarked(tree, [path for path in bad.files if path not in tree.changed])
        claim = Claim("answers", setting.tables, setting.patched)
        proof = self.court.proves(tree, claim)
        if not proof or set(tree.changed) != set(bad.files):
            return None
        return self._change(variant, tree, proof, setting, patch, breaks=(), twin=True)

    def _merged(self, variant: Variant, start: Path) -> Iterator[Change]:
        """The change made to the start tree (with today's tables) and merged three ways into this one."""
        setting, patch = self.setting(variant, is_twin=False)
        first = Tree(start, self.bench.oracle.data_files(self.bench.tables))
        for theirs in islice(all_trees(first, variant.early(), setting), TRIED):
            tree = merged(first, self.base, theirs)
            if tree is not None:
                change = self._proven(variant, tree, setting, patch)
                if change is not None:
                    yield change


def tests_folder(tree: Tree) -> str:
    """Where this tree keeps its tests: beside the team's own, else where most are."""
    team = tree.matching(TEAM_TESTS)
    if team:
        return PurePosixPath(team[0]).parent.as_posix()
    folders = [PurePosixPath(path).parent.as_posix() for path in tree.matching("test_*.py", "*/test_*.py", "*_test.py")]
    units = [folder for folder in folders if "unit" in folder]
    return max(units or folders, key=(units or folders).count, default="tests/unit")


def all_trees(tree: Tree, edits: Edits, setting: Setting) -> Iterator[Tree]:
    """Every tree that the edits make, one after the other: each place of the first with each place of the second."""
    if not edits:
        yield tree
        return
    for changed in edits[0].candidates(tree, setting):
        yield from all_trees(changed, edits[1:], setting)
