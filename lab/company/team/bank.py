"""The commit bank and the people who push from it, as the scenario's `team/` folder tells them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from lab.company.team.edits.catalogue import edit_of
from lab.company.team.reading import models
from lab.errors import LabError, Problem, ScenarioWrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from lab.company.oracle import Oracle
    from lab.company.team.edits.base import Edit

SLUG: Final = r"^[a-z0-9][a-z0-9-]{0,62}$"
ANYTHING: Final = "*"
FEWEST: Final = 3
AnyEdit = Annotated[Any, BeforeValidator(edit_of)]
Proof = Literal["answers", "stops", "stops-in-production", "weaker", "gate", "none"]


class Told(BaseModel):
    """What the models of the bank share: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Persona(Told):
    """A colleague. `habits` is for the story; `email` is on a reserved domain."""

    id: str = Field(pattern=SLUG)
    name: str
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.example$")
    role: str = ""
    habits: str = ""


class Variant(Told):
    """One way to make the change. What it names takes the place of the entry's own word.

    `says` is the behaviour in the words of this slip ("the bulk discount starts at 11 instead of 10").
    """

    id: str = Field(pattern=SLUG)
    edits: tuple[AnyEdit, ...] = Field(min_length=1)
    breaks: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    tables: str = ""
    proof: Proof | None = None
    message: str = ""
    branch: str = ""
    says: str = ""

    def early(self) -> tuple[Edit, ...]:
        """The edits that are made before the proof."""
        return tuple(one for one in self.edits if not one.is_late)

    def late(self) -> tuple[Edit, ...]:
        """The edits that need to know what the changed tree answers."""
        return tuple(one for one in self.edits if one.is_late)


class Entry(Told):
    """A change of the bank: who, what they say it is, and what it really is.

    `breaks` are the behaviours that must be wrong after a bad one, `touches` those that may be ("*": any); `stopped_by` is the
    smallest gate that stops it; `proof` says how it shows: wrong answers, a tree that does not start (or not in
    production), tests that say less,
    a gate switched off, or not at all in the running shop. `needs` is a feature that the shop must have first.
    """

    id: str = Field(pattern=SLUG)
    ref: str
    author: str
    message: str
    label: Literal["good", "bad"]
    kind: Literal["feature", "fix", "chore", "docs", "refactor", "test", "ci"] = "chore"
    breaks: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    stopped_by: str = ""
    tables: str = ""
    proof: Proof = "answers"
    branch: str = ""
    needs: str = ""
    says: str = ""
    variants: tuple[Variant, ...] = Field(min_length=1)

    @property
    def is_bad(self) -> bool:
        """Whether it must be stopped."""
        return self.label == "bad"


class NoSuchEntry(LabError):
    """The bank has no entry of that name."""

    exit_code = 3


@dataclass(frozen=True)
class Bank:
    """All entries and all personas of a scenario."""

    entries: Mapping[str, Entry]
    personas: Mapping[str, Persona]

    def entry(self, slug: str) -> Entry:
        """The entry of that name.

        Raises:
            NoSuchEntry: naming the nearest.
        """
        if slug not in self.entries:
            near = difflib.get_close_matches(slug, self.entries, n=1)
            raise NoSuchEntry(f"The commit bank has no entry '{slug}'{f' (did you mean {near[0]!r}?)' if near else ''}.")
        return self.entries[slug]

    def persona(self, id: str) -> Persona:  # noqa: A002 - the word of personas.yaml
        """The colleague of that name.

        Raises:
            NoSuchEntry: there is none.
        """
        if id not in self.personas:
            raise NoSuchEntry(f"Nobody in the team is called '{id}'; there are {', '.join(sorted(self.personas))}.")
        return self.personas[id]

    def stand_ins(self, entry: Entry) -> tuple[Entry, ...]:
        """Other entries that the same gate should treat the same way, for a tree on which this one has no place."""
        same = (entry.label, entry.stopped_by, entry.proof, entry.kind)
        return tuple(
            one
            for one in self.entries.values()
            if one.id != entry.id and (one.label, one.stopped_by, one.proof, one.kind) == same and not one.needs
        )


def load(team: Path, *, oracle: Oracle | None = None) -> Bank:
    """Read a scenario's `team/` folder: `personas.yaml` and `bank/*.yaml`. With an oracle, behaviours are checked against it.

    Raises:
        ScenarioWrong: with every mistake, each with file and line.
    """
    problems: list[Problem] = []
    personas = _listed(team, [team / "personas.yaml"], Persona, problems)
    entries = _listed(team, sorted((team / "bank").glob("*.yaml")), Entry, problems)
    for name, entry in entries:
        problems += [Problem(name, 0, f"'{entry.id}': {said}") for said in _mistakes(entry, {one.id for _, one in personas}, oracle)]
    for kind, told in (("personas", personas), ("entries", entries)):
        ids = [one.id for _, one in told]
        problems += [Problem("team", 0, f"two {kind} are called '{one}'") for one in sorted({one for one in ids if ids.count(one) > 1})]
    if problems:
        raise ScenarioWrong(problems)
    return Bank({one.id: one for _, one in entries}, {one.id: one for _, one in personas})


def colleagues(team: Path) -> tuple[Persona, ...]:
    """The personas alone, for whoever only wants their names: the bank's hundreds of lines are not read.

    Raises:
        ScenarioWrong: `personas.yaml` has mistakes.
    """
    problems: list[Problem] = []
    found = _listed(team, [team / "personas.yaml"], Persona, problems)
    if problems:
        raise ScenarioWrong(problems)
    return tuple(one for _, one in found)


def _listed(team: Path, paths: Iterable[Path], kind: type[Any], problems: list[Problem]) -> list[tuple[str, Any]]:
    found = []
    for path in paths:
        name = path.relative_to(team.parent).as_posix()
        try:
            found += [(name, one) for one in models(path, kind, name=name)]
        except ScenarioWrong as wrong:
            problems += wrong.problems
    return found


def _mistakes(entry: Entry, personas: set[str], oracle: Oracle | None) -> list[str]:
    rules: list[tuple[bool, Callable[[], str]]] = [
        (entry.author not in personas, lambda: f"nobody in the team is called '{entry.author}'"),
        (len(entry.variants) < FEWEST, lambda: f"it has {len(entry.variants)} variants, and {FEWEST} are the least"),
        (len({one.id for one in entry.variants}) < len(entry.variants), lambda: "two of its variants have one name"),
        (entry.is_bad and not entry.stopped_by, lambda: "a bad entry says what stops it ('stopped_by')"),
    ]
    said = [tell() for is_wrong, tell in rules if is_wrong]
    for variant in entry.variants:
        breaks = variant.breaks or entry.breaks
        proof = variant.proof or entry.proof
        if entry.is_bad and proof == "answers" and not breaks:
            said.append(f"variant '{variant.id}' does not say what it breaks")
        known = set(oracle.behaviours) if oracle else set(breaks)
        said += [f"variant '{variant.id}' breaks '{one}', which is no behaviour of the oracle" for one in breaks if one not in known]
    return said
