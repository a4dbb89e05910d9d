"""Every edit that a bank may name, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from lab.company.team.edits.code import AtStart, Register, Rewrite, Unregister
from lab.company.team.edits.files import AddFile, Append, DeleteFile, Lines, Requirement, TablesChange
from lab.company.team.edits.refactor import Refactor
from lab.company.team.edits.tests import Agree, PytestSetting, Weaken
from lab.company.team.edits.workflow import SwitchOff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.company.team.edits.base import Edit

EDITS: Final[Mapping[str, type[Edit]]] = {
    "rewrite": Rewrite,
    "at_start": AtStart,
    "refactor": Refactor,
    "register": Register,
    "unregister": Unregister,
    "add_file": AddFile,
    "delete_file": DeleteFile,
    "append": Append,
    "lines": Lines,
    "tables": TablesChange,
    "requirement": Requirement,
    "weaken": Weaken,
    "agree": Agree,
    "pytest_setting": PytestSetting,
    "switch_off": SwitchOff,
}


def edit_of(told: Any) -> Any:
    """One edit as YAML tells it: `{rewrite: {…}}`. What is an edit already stays one."""
    if not isinstance(told, dict):
        return told
    if len(told) != 1:
        raise ValueError("an edit is one kind with its options, as '- rewrite: {…}'")
    ((kind, options),) = told.items()
    if kind not in EDITS:
        raise ValueError(f"there is no edit '{kind}'; there are {', '.join(sorted(EDITS))}")
    try:
        return EDITS[kind].model_validate(options or {})
    except ValidationError as failure:
        said = "; ".join(f"'{'.'.join(map(str, one['loc']))}' {one['msg'].lower()}" for one in failure.errors())
        raise ValueError(f"'{kind}': {said}") from failure
