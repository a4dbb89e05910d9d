"""Rows of a proof, remembered by content: what nothing has changed need not be played again, so that a proof can be resumed.

A row depends on the engine, on what the scenario says of the company, on the stage and those before it, on the tools, the seed
and the case. A trap's row rests on its own folder and that of its solution, not on other traps. Only what is proven is remembered:
a hole is looked at anew each time.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import platformdirs

import lab
from lab.scenario import library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lab.authoring.cases import Case
    from lab.authoring.rows import Row
    from lab.scenario.model import Scenario, Stage

ENGINE: Final = ("checks", "company", "gameday", "ledger", "scenario")
PROVING: Final = ("authoring/cases.py", "authoring/ground.py", "authoring/prove.py", "authoring/trees.py")
_TEXTS: Final = frozenset({"briefing.md", "debrief.md", "instructor.md", "mechanism.md", "survivors.yaml"})
_LEFT_OUT: Final = frozenset({"__pycache__", ".schema", "drafts"})


def folder() -> Path:
    """Where rows are remembered: in `LAB_CACHE` where that is set, else in the user's cache directory."""
    chosen = os.environ.get("LAB_CACHE")
    return (Path(chosen).absolute() if chosen else platformdirs.user_cache_path("harborline")) / "proofs"


@dataclass
class Remembered:
    """Rows of one scenario. `versions` are those of all tools; `place` is a folder, or None to remember nothing."""

    scenario: Scenario
    versions: str
    place: Path | None = None
    _stages: dict[str, str] = field(default_factory=dict)

    def find(self, case: Case, seed: int, *, slices: bool) -> Row | None:
        """The row of this case as it was proven before; None when it was not, or when anything of it has changed."""
        from lab.authoring.rows import Row  # noqa: PLC0415 - rows know nothing of this module

        if self.place is None:
            return None
        try:
            told = json.loads(self._path(case, seed, slices=slices).read_text(encoding="utf-8"))
            told |= {"holes": tuple(told["holes"]), "refused": tuple(told["refused"])}
            return replace(Row(**told), is_remembered=True)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, case: Case, row: Row, *, slices: bool) -> None:
        """Remember a row that is proven; one that could not be written is played again next time."""
        if self.place is None or not row.is_proven:
            return
        target = self._path(case, row.seed, slices=slices)
        draft = target.with_suffix(f".{os.getpid()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(json.dumps(asdict(row)), encoding="utf-8")
            draft.replace(target)
        except OSError:
            draft.unlink(missing_ok=True)

    def _path(self, case: Case, seed: int, *, slices: bool) -> Path:
        return (self.place or Path()) / f"{self.key(case, seed, slices=slices)}.json"

    def key(self, case: Case, seed: int, *, slices: bool) -> str:
        """What the row depends on, as one SHA-256."""
        parts = [self._common, self._before(case.stage), case.kind, case.name, str(seed), str(slices), case.stage.status, case.explained]
        parts += [",".join(sorted(check.id for check in case.checks))]
        parts += [_sum(layer) for layer in case.layers]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    @cached_property
    def _common(self) -> str:
        """The engine, the company's product, the scenario beside its stages, and the tools."""
        package = Path(lab.__file__).parent
        engine = [package / name for name in (*ENGINE, *PROVING)] + sorted(package.glob("*.py"))
        beside = [path for path in sorted(self.scenario.path.iterdir()) if path.name not in {"stages", *_LEFT_OUT}]
        sums = [_sum(path) for path in (*engine, library.product(), *beside)]
        return hashlib.sha256("\0".join([self.versions, *sums]).encode()).hexdigest()

    def _before(self, stage: Stage) -> str:
        """The stage without its solutions and traps, and all that earlier ones and those caught up lay on its ground."""
        if stage.id not in self._stages:
            names = [one.id for one in self.scenario.stages]
            earlier = self.scenario.stages[: names.index(stage.id)]
            told = [part for one in (*earlier, *stage.skipped) for part in (_sum(one.path, but=("traps", "solutions")), _first(one))]
            told.append(_sum(stage.path, but=("traps", "solutions")))
            self._stages[stage.id] = hashlib.sha256("\0".join(told).encode()).hexdigest()
        return self._stages[stage.id]


def _first(stage: Stage) -> str:
    return _sum(stage.solutions[0].path) if stage.solutions else ""


def _sum(path: Path, *, but: Iterable[str] = ()) -> str:
    """The SHA-256 of a file, or of all files below a folder with their names and whether they may be run. Texts for people don't count."""
    total = hashlib.sha256()
    left_out = {*_LEFT_OUT, *but}
    for one in _files(path, left_out):
        is_program = bool(one.stat().st_mode & 0o100) if not one.is_symlink() else False
        content = str(one.readlink()).encode() if one.is_symlink() else one.read_bytes()
        head: Any = (one.relative_to(path).as_posix(), is_program, len(content))
        total.update(repr(head).encode() + content)
    return total.hexdigest()


def _files(path: Path, left_out: set[str]) -> Iterator[Path]:
    if not path.is_dir():
        if path.exists():
            yield path
        return
    for one in sorted(path.iterdir()):
        if one.name in left_out or one.name in _TEXTS:
            continue
        if one.is_dir() and not one.is_symlink():
            yield from _files(one, {"__pycache__"})
        else:
            yield one
