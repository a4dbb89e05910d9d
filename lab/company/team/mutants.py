"""Hidden mutants, which a good suite notices, and refactorings, which it does not: both drawn by seed and both proven."""

from __future__ import annotations

import random
from collections.abc import Mapping  # noqa: TC003 - a dataclass field, read by tools at run time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, get_args

from pydantic import Field

from lab.company.team import probe
from lab.company.team.bank import SLUG, AnyEdit, NoSuchEntry, Told
from lab.company.team.bench import NoAnchor, bench_for
from lab.company.team.edits.base import Setting
from lab.company.team.edits.refactor import How, Refactor
from lab.company.team.make import TRIED, all_trees, tests_folder
from lab.company.team.proof import Claim, Court
from lab.company.team.reading import models
from lab.company.team.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lab.company.company import Company
    from lab.company.team.bench import Workbench

AREAS: Final = {"pricing": 7, "inventory": 2, "config": 3}  # of twelve
SETTINGS: Final[tuple[dict[str, str], ...]] = (
    {},
    {"STOREFRONT_ENV": "prod"},
    {"STOREFRONT_ENV": "prod", "PAYMENTS_KEY": "key"},
    {"STOREFRONT_ENV": "moon"},
    {"LOG_LEVEL": "WARNING"},
    {"LOG_LEVEL": "loud"},
    {"DATABASE_URL": "mysql://shop"},
    {"PAYMENTS_URL": "http://payments.example/"},
    {"PAYMENTS_URL": "ftp://payments.example"},
)


class Family(Told):
    """One kind of mutant. `says` completes "Nobody noticed that …"."""

    id: str = Field(pattern=SLUG)
    area: Literal["pricing", "inventory", "config"]
    says: str
    edits: tuple[AnyEdit, ...] = Field(min_length=1)
    breaks: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    proof: Literal["answers", "settings"] = "answers"


@dataclass(frozen=True)
class Mutant:
    """A tree with one thing wrong (or, for a refactoring, nothing): the changed files by path, and what to say if nobody notices."""

    family: str
    area: str
    says: str
    files: Mapping[str, str | None]
    proof: str

    @property
    def what(self) -> str:
        """What is wrong with it, in words."""
        return self.says

    @property
    def unnoticed(self) -> str:
        """What the learner is told when the suite stays green."""
        return f"Nobody noticed that {self.says}."

    def write(self, tree: Path) -> None:
        """Write the changed files into a copy of the tree."""
        Tree(tree, self.files).write(tree)


def load(team: Path) -> tuple[Family, ...]:
    """The families of `team/mutants.yaml`.

    Raises:
        ScenarioWrong: with every mistake of the file.
    """
    return tuple(models(team / "mutants.yaml", Family))


def draw(tree: Path, families: Sequence[Family], *, bench: Workbench, n: int = 12) -> list[Mutant]:
    """`n` proven mutants of the tree, of all areas, by the seed of the bench.

    Raises:
        NoAnchor: fewer than `n` could be made on this tree.
        WorldUnavailable: the storefront could not be asked.
    """
    luck = random.Random(f"{bench.seed}/mutants")  # noqa: S311 - a game's dice, no secret
    court = Court(bench.oracle, bench.python, Tree(tree))
    shuffled = luck.sample(list(families), len(families))
    found: list[Mutant] = []
    left = [family for area, share in AREAS.items() for family in [one for one in shuffled if one.area == area][: max(1, share * n // 12)]]
    for family in [*left, *(one for one in shuffled if one not in left)]:
        if len(found) < n:
            found += [mutant for mutant in [made(family, court, bench)] if mutant]
    if len(found) < n:
        raise NoAnchor(f"Only {len(found)} of {n} hidden mutants have a place in this tree where they would show.")
    return luck.sample(found, n)


def made(family: Family, court: Court, bench: Workbench) -> Mutant | None:
    """The first place where the family's mutant is proven; None if there is none."""
    setting = _setting(bench, court.base)
    claim = Claim("answers", bench.tables, bench.tables, family.breaks, family.touches)
    for tree in islice(all_trees(court.base, family.edits, setting), TRIED):
        proof = settings_differ(court, tree) if family.proof == "settings" else court.proves(tree, claim)
        if proof:
            return Mutant(family.id, family.area, setting.fill(family.says), tree.changed, proof)
    return None


def _setting(bench: Workbench, base: Tree) -> Setting:
    limit = int(bench.tables["bulk"]["limit"])
    words = {"bulk": str(limit), "bulk_after": str(limit + 1), "bulk_before": str(limit - 1), "tests": tests_folder(base)}
    luck = random.Random(f"{bench.seed}/mutant")  # noqa: S311 - a game's dice, no secret
    return Setting(oracle=bench.oracle, tables=bench.tables, patched=bench.tables, luck=luck, words=words)


def settings_differ(court: Court, tree: Tree) -> str:
    """How the settings of two trees differ in some environment; empty when they never do."""
    jobs = [probe.Job(one, env=env, settings_only=True) for one in (court.base, tree) for env in SETTINGS]
    came = probe.ask(jobs, oracle=court.oracle, python=court.python)
    for env, before, after in zip(SETTINGS, came, came[len(SETTINGS) :], strict=False):
        shown = " ".join(f"{name}={value}" for name, value in env.items()) or "nothing set"
        if before.boots != after.boots:
            return f"with {shown} it {'starts' if after.boots else 'refuses to start'}"
        for name, value in before.settings.items():
            if after.settings.get(name) != value:
                return f"with {shown} '{name}' is '{after.settings.get(name)}' instead of '{value}'"
    return ""


def refactors(tree: Path, *, bench: Workbench, n: int = 4) -> list[Mutant]:
    """`n` behaviour-preserving refactorings of the tree, by the seed of the bench; `family` names the way.

    Raises:
        NoAnchor: fewer than `n` could be made on this tree.
    """
    luck = random.Random(f"{bench.seed}/refactors")  # noqa: S311 - a game's dice, no secret
    court, setting = Court(bench.oracle, bench.python, Tree(tree)), _setting(bench, Tree(tree))
    found: list[Mutant] = []
    for way in luck.sample(ways := [one for one in get_args(How) if one != "move-test"], len(ways)):
        if len(found) < n:
            found += islice(_refactored(way, court, setting), 1)
    if len(found) < n:
        raise NoAnchor(f"Only {len(found)} of {n} refactorings have a place in this tree.")
    return found


def _refactored(way: How, court: Court, setting: Setting) -> Iterator[Mutant]:
    edit = Refactor(how=way)
    claim = Claim("answers", setting.tables, setting.tables)
    for tree in islice(edit.candidates(court.base, setting), TRIED):
        if tree.changed and court.proves(tree, claim) and not settings_differ(court, tree):
            yield Mutant(way, "refactoring", WAYS[way], tree.changed, "every answer is the one that it was")


def draw_mutants(company: Company, clone: Path, *, seed: int, count: int, families: Sequence[str] = ()) -> list[Mutant]:
    """`count` proven mutants of a clone of the company's repository, or one of each of `families`.

    Raises:
        NoAnchor: they could not all be made on this tree.
        NoSuchEntry: `families` names one that `mutants.yaml` does not have.
    """
    known = load(company.charter.scenario / "team")
    unknown = set(families) - {one.id for one in known}
    if unknown:
        raise NoSuchEntry(f"There are no mutants of a family '{min(unknown)}'; there are {', '.join(one.id for one in known)}.")
    wanted = [one for one in known if one.id in families] if families else known
    return draw(clone, wanted, bench=bench_for(company, clone, seed=seed), n=len(families) or count)


def draw_refactors(company: Company, clone: Path, *, seed: int, count: int) -> list[Mutant]:
    """`count` behaviour-preserving refactorings of a clone of the company's repository.

    Raises:
        NoAnchor: they could not all be made on this tree.
    """
    return refactors(clone, bench=bench_for(company, clone, seed=seed), n=count)


WAYS: Final[Mapping[How, str]] = {
    "extract-return": "a private function was taken out of another",
    "name-result": "a returned value was given a name first",
    "invert": "a condition was turned round",
    "flip": "a comparison was written the other way round",
    "reorder": "two functions changed places",
    "rename-helper": "a private helper was renamed",
    "rename-local": "a local variable was renamed",
    "slots": "a value class got slots",
    "move-module": "a module moved, and its public names are still where they were",
}
