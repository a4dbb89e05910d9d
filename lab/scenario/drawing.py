"""The drawing of a company, `map.yaml`: its pieces, what leads where, and what is done by hand until which stage."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.errors import Problem, ScenarioWrong
from lab.scenario.marked import read_marked

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "map.yaml"
Cell = Annotated[float, Field(ge=0, le=6)]
Shows = Literal["customers", "site", "servers", "forge", "pipelines", "pulls", "team", "clone", "stage"]
Page = Literal["stage", "pipelines", "forge", "production", "team", "score", "terminal"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DrawnPiece(_Strict):
    """One piece: drawn from the stage with the code `since` on, at a column and a row; `shows` decides its live state."""

    id: str
    title: str
    since: str
    at: tuple[Cell, Cell]
    page: Page
    shows: Shows
    own: bool = False


class DrawnHandwork(_Strict):
    """What is done by hand until the stage with the code `until` has passed."""

    id: str
    title: str
    until: str
    hand: str
    done: str


class Drawing(_Strict):
    """The whole file."""

    format: Literal[1] = 1
    pieces: tuple[DrawnPiece, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()
    handwork: tuple[DrawnHandwork, ...] = ()


def read_drawing(scenario: Path) -> Drawing | None:
    """The drawing of the scenario in a folder; None when it brings none.

    Raises:
        ScenarioWrong: the file has mistakes, each with its line.
    """
    path = scenario / FILE
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@functools.lru_cache(maxsize=8)
def _read(path: Path, _: int) -> Drawing:
    """The drawing in a file; read once for each time that the file was written, since the map is drawn anew all day."""
    document = read_marked(path, name=FILE)
    if document.problems:
        raise ScenarioWrong(document.problems)
    try:
        drawing = Drawing.model_validate(document.value)
    except ValidationError as failure:
        problems = [
            Problem(FILE, document.line(error["loc"]), f"{'.'.join(map(str, error['loc']))}: {error['msg']}") for error in failure.errors()
        ]
        raise ScenarioWrong(problems) from failure
    names = {piece.id for piece in drawing.pieces}
    lost = [name for source, target, _ in drawing.links for name in (source, target) if name not in names]
    if lost:
        raise ScenarioWrong([Problem(FILE, 0, f"a link names '{name}', and there is no such piece") for name in lost])
    return drawing
