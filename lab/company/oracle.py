"""The one door through which a scenario's oracle comes in: loaded by file path, typed here, never imported by name."""

from __future__ import annotations

import importlib.util
import json
import sys
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from lab.errors import Problem, ScenarioWrong

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Tables = dict[str, Any]
Question = dict[str, Any]
NAMES: Final = ("tables", "files", "questions", "steps", "judge", "behaviours", "history", "change", "apply_patch")


class Oracle:
    """What is right in one scenario; every answer of the app is held against it.

    `path` is the oracle's own file (`oracle.py`, or `oracle/__init__.py`); a subprocess may load it again from there.
    """

    def __init__(self, path: Path, module: Any) -> None:
        self.path = path
        self._module = module

    @property
    def behaviours(self) -> Mapping[str, str]:
        """Each behaviour that can be asked about, in plain words."""
        told: Mapping[str, str] = self._module.behaviours
        return told

    @property
    def focuses(self) -> tuple[str, ...]:
        """The names that `questions(focus=…)` takes."""
        return tuple(self._module.FOCUSES)

    def tables(self, seed: int) -> Tables:
        """The tables that the company of this seed opens with."""
        return dict(self._module.tables(seed))

    def files(self, tables: Tables) -> dict[str, str]:
        """The repository's files that follow from the tables: `data/*.json` and the team's own tests."""
        return dict(self._module.files(tables))

    def data_files(self, tables: Tables) -> dict[str, str]:
        """`data/*.json` alone."""
        return dict(self._module.data_files(tables))

    def questions(self, seed: int, tables: Tables, n: int, *, focus: str | None = None) -> list[Question]:
        """`n` known-answer questions, about one behaviour or mixed as customers ask."""
        return list(self._module.questions(seed, tables, n, focus=focus))

    def steps(self, question: Question, body: object) -> list[Question]:
        """What is asked next, once `question` was answered with `body`."""
        return list(self._module.steps(question, body))

    def judge(self, question: Question, status: int, body: object, tables: Tables) -> str | None:
        """None when the answer is right, else one sentence."""
        said: str | None = self._module.judge(question, status, body, tables)
        return said

    def history(self, seed: int, tables: Tables) -> list[dict[str, Any]]:
        """The commits from what runs on web1 up to `friday`, then `toms-fix`."""
        return list(self._module.history(seed, tables))

    def change(self, name: str, tables: Tables, seed: int) -> tuple[dict[str, Any], dict[str, str]]:
        """A change of the tables by recipe: its patch, and the words that tell of it."""
        made = self._module.change(name, tables, seed)
        return dict(made["patch"]), dict(made["words"])

    def apply_patch(self, tables: Tables, patch: Mapping[str, Any]) -> Tables:
        """The tables after a patch."""
        return dict(self._module.apply_patch(tables, dict(patch)))

    def expected_row(self, row: tuple[Any, ...], tables: Tables) -> tuple[Any, ...] | None:
        """A row of a team test with the value that is right by `tables`; None for a literal that is no such row."""
        told: tuple[Any, ...] | None = self._module.expected_row(row, tables)
        return told

    def row_question(self, row: tuple[Any, ...]) -> Question | None:
        """The request behind a row of a team test; its `field` names the value of the answer that the row holds."""
        told: Question | None = self._module.row_question(row)
        return told


def load(scenario: Path) -> Oracle:
    """Load the oracle of the scenario in the folder `scenario`: `oracle.py`, or a package `oracle/`.

    Raises:
        ScenarioWrong: it is not there, does not load, or lacks a function.
    """
    options = (scenario / "oracle.py", scenario / "oracle" / "__init__.py")
    path = next((one for one in options if one.is_file()), None)
    if path is None:
        raise ScenarioWrong([Problem("oracle.py", 0, "the scenario has no oracle")])
    name = f"lab_oracle_{sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    module = sys.modules.get(name) or _imported(name, path)
    missing = [wanted for wanted in NAMES if not hasattr(module, wanted)]
    if missing:
        raise ScenarioWrong([Problem(path.name, 0, f"the oracle has no '{one}'") for one in missing])
    return Oracle(path, module)


def _imported(name: str, path: Path) -> Any:
    folders = [str(path.parent)] if path.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folders)
    if spec is None or spec.loader is None:
        raise ScenarioWrong([Problem(path.name, 0, "the oracle can't be loaded as Python")])
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as problem:
        sys.modules.pop(name, None)
        raise ScenarioWrong([Problem(path.name, 0, f"the oracle can't be loaded: {problem!r}")]) from problem
    return module


def digest(value: object) -> str:
    """A short name for a JSON value: the same value, the same name."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
