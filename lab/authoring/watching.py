"""`lab author watch`: at each save the scenario is linted, and the part that was touched is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.authoring.prove import Wish
from lab.scenario import library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lab.scenario.model import Scenario

TEXTS: Final = (".md",)
UNWATCHED: Final = frozenset({".schema", "__pycache__", ".git"})


def touched(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """The saved files by path from the scenario's folder, without what nobody wrote: schemas, caches, editors' own files."""
    names = set()
    for path in paths:
        if path.is_relative_to(root):
            name = path.relative_to(root)
            hidden = name.name.startswith((".", "#", "4913")) or name.name.endswith(("~", ".swp", ".tmp"))
            if not (UNWATCHED & set(name.parts)) and not hidden:
                names.add(name.as_posix())
    return tuple(sorted(names))


def slices_of(names: Iterable[str], scenario: Scenario) -> tuple[Wish, ...]:
    """What must be proven again after these files were saved; of a text nothing, of a trap that trap, of anything else the first cases."""
    wanted: dict[str, set[str]] = {}
    for name in names:
        parts = name.split("/")
        if parts[0] != "stages" or len(parts) < 3 or name.endswith(TEXTS):  # noqa: PLR2004 - stages/NAME/FILE
            continue
        known = [stage for stage in scenario.stages if stage.id == parts[1]]
        if not known:
            continue
        own = {*(one.name for one in known[0].solutions), *(one.name for one in known[0].traps)}
        if parts[2] in {"solutions", "traps"} and len(parts) > 3 and parts[3] in own:  # noqa: PLR2004 - …/solutions/NAME
            wanted.setdefault(parts[1], set()).add(parts[3])
        else:
            wanted.setdefault(parts[1], set()).update({"start", *(one.name for one in known[0].solutions[:1])})
    return tuple(Wish(stage, tuple(sorted(only)), slices=True, seeds=1) for stage, only in wanted.items())


def saves(name: str) -> Iterator[tuple[str, ...]]:
    """The names of what was saved, again and again, until Ctrl-C."""
    from watchfiles import watch  # noqa: PLC0415 - only this command watches

    root = library.told(name)
    for changes in watch(root, raise_interrupt=True):
        names = touched(root, (root.__class__(path) for _, path in changes))
        if names:
            yield names
