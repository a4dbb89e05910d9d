"""What a solution's `survivors.yaml` says: which mutants no check can refuse, and why that is no hole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.errors import Problem, ScenarioWrong
from lab.scenario.marked import read_marked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lab.authoring.mutants import Mutant

FILE: Final = "survivors.yaml"
_SHORTEST: Final = 20


class Explained(BaseModel):
    """Mutants of one kind in one file of the solution, by the text of the lines that they change; and why they survive."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: str = Field(min_length=_SHORTEST, description="Why no check can refuse them, and why that is no hole.")
    kind: str = Field(description="What is done to a line: or-true, invert, drop-step, empty-test; drop-file of a whole file.")
    file: str = Field(description="The file, from the solution's `files/`.")
    lines: tuple[str, ...] = Field(min_length=1, description="The lines as they stand there, without the blanks around them.")


def explained(solution: Path, mutants: Iterable[Mutant]) -> dict[str, str]:
    """Why a mutant survives, by its name; empty where the solution explains none.

    Raises:
        ScenarioWrong: the file has a mistake, or explains a mutant that there is not.
    """
    if not (solution / FILE).is_file():
        return {}
    name = f"solutions/{solution.name}/{FILE}"
    document = read_marked(solution / FILE, name=name)
    whys: dict[tuple[str, str, str], tuple[str, int]] = {}
    problems = list(document.problems)
    for place, told in enumerate(document.value if isinstance(document.value, list) else ()):
        line = document.line((place,))
        try:
            one = Explained.model_validate(told)
        except ValidationError as failure:
            problems += [Problem(name, line, f"'{'.'.join(map(str, error['loc']))}': {error['msg']}") for error in failure.errors()]
            continue
        whys |= {(one.kind, one.file, text): (one.why, line) for text in one.lines}
    found = {mutant.name: (mutant.kind, mutant.path, mutant.line) for mutant in mutants}
    problems += [
        Problem(name, line, f"there is no mutant '{kind}' of the line '{text}' in '{file}'")
        for (kind, file, text), (_, line) in whys.items()
        if (kind, file, text) not in found.values()
    ]
    if problems:
        raise ScenarioWrong(problems)
    return {mutant: whys[key][0] for mutant, key in found.items() if key in whys}
