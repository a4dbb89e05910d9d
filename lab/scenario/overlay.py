"""A scenario that stands on another: `extends:` and a list of stages, some changed, some of its own. It is made whole in a cache.

What comes out is an ordinary scenario folder, so that nothing else in the house knows that there are overlays.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import platformdirs
import yaml
from pydantic import Field, ValidationError

from lab.errors import ScenarioWrong, WorldUnavailable
from lab.scenario.marked import Marked, read_marked
from lab.scenario.model import Slug, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FILE: Final = "scenario.yaml"
KEPT: Final = 12
FOUR: Final = 4


class Changed(Told):
    """One stage of an overlay: the name of the stage, and what is different here."""

    stage: Slug = Field(description="The stage: one of the scenario below, or a folder in `stages/`.")
    title: str = Field(default="", description="Another title.")
    job: str = Field(default="", description="Another job, in one sentence.")
    minutes: int = Field(default=0, ge=0, description="Another time for the whole stage, in minutes.")
    status: Literal["draft", "ready", ""] = Field(default="", description="Whether it is ready.")
    level: dict[Slug, Literal["core", "stretch"]] = Field(default={}, description="For a check: whether it opens the next stage.")
    thresholds: dict[Slug, dict[str, Any]] = Field(default={}, description="For a check: other values of its options.")
    texts: dict[Literal["briefing", "debrief", "instructor"], str] = Field(
        default={}, description="Other texts, each by the path of a Markdown file in this scenario."
    )


class Overlay(Told):
    """A scenario that stands on another one: the same company, fewer, other or changed stages."""

    format: Literal[1] = Field(description="The version of this format.")
    extends: Slug = Field(description="The scenario below: its company, team, stages.")
    title: str = Field(description="The scenario's name, as lists show it.")
    story: str = Field(default="", description="Another story for the founding of the company.")
    stages: tuple[Annotated[Slug | Changed, Field(union_mode="left_to_right")], ...] = Field(
        min_length=1, description="The stages in order: a name, or a mapping with what is different. What lies between is caught up."
    )


def extends(folder: Path) -> bool:
    """Whether the scenario in `folder` says that it stands on another."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return any(line.startswith("extends:") for line in (folder / FILE).read_text(encoding="utf-8").splitlines())
    return False


def whole(folder: Path, *, find: Callable[[str], Path]) -> Path:
    """The folder of the whole scenario that the overlay in `folder` describes; `find` finds the one below by its name.

    Raises:
        ScenarioWrong: with every mistake, each with file and line.
        WorldUnavailable: the cache can't be written.
    """
    document = read_marked(folder / FILE, name=FILE)
    told = _told(document)
    base = find(told.extends)
    if extends(base):
        document.complain(("extends",), f"'{told.extends}' stands on another scenario itself; name the one at the bottom")
    stages = [one if isinstance(one, Changed) else Changed(stage=one) for one in told.stages]
    names = _listed(base)
    for place, one in enumerate(stages):
        _complain(one, folder, base, names, (document, place))
    if document.problems:
        raise ScenarioWrong(document.problems)
    target = _cache() / _key(folder, base) / folder.name
    if not (target / FILE).is_file():
        _make(told, stages, folder, base, target)
    return target


def _told(document: Marked) -> Overlay:
    if not document.problems:
        try:
            return Overlay.model_validate(document.value)
        except ValidationError as failure:
            for error in failure.errors():
                spot = tuple(part for part in error["loc"] if part not in {"Changed", "constrained-str"})
                document.complain(spot, f"'{'.'.join(map(str, spot))}': {error['msg'][:1].lower()}{error['msg'][1:]}")
    raise ScenarioWrong(document.problems)


def _listed(base: Path) -> list[str]:
    value = read_marked(base / FILE, name=FILE).value
    return [str(name) for name in value.get("stages", [])] if isinstance(value, dict) else []


def _complain(one: Changed, folder: Path, base: Path, names: list[str], at: tuple[Marked, int]) -> None:
    document, place = at
    where = ("stages", place)
    own = folder / "stages" / one.stage / "stage.yaml"
    if not own.is_file() and one.stage not in names:
        document.complain(where, f"there is no stage '{one.stage}', neither in 'stages/' here nor in the scenario below")
        return
    below = own if own.is_file() else base / "stages" / one.stage / "stage.yaml"
    value = read_marked(below, name=FILE).value
    checks = {str(check.get("id")) for check in (value or {}).get("checks", []) if isinstance(check, dict)}
    for name in {*one.level, *one.thresholds} - checks:
        document.complain(where, f"the stage '{one.stage}' has no check '{name}'; there are: {', '.join(sorted(checks))}")
    for name, path in one.texts.items():
        if not (folder / path).resolve().is_relative_to(folder.resolve()) or not (folder / path).is_file():
            document.complain((*where, "texts", name), f"there is no file '{path}' in this scenario")


def _cache() -> Path:
    chosen = os.environ.get("LAB_CACHE")
    return (Path(chosen).absolute() if chosen else platformdirs.user_cache_path("harborline")) / "overlays"


def _key(folder: Path, base: Path) -> str:
    from lab.scenario.library import digest  # noqa: PLC0415 - the library finds overlays, so it imports this module

    return hashlib.sha256(f"{digest(folder)}:{digest(base)}".encode()).hexdigest()[:20]


def _make(told: Overlay, stages: list[Changed], folder: Path, base: Path, target: Path) -> None:
    """Write the whole scenario beside its place and move it there, so that it is there whole or not at all."""
    room = target.parent
    try:
        room.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=room))
        unwanted = shutil.ignore_patterns("__pycache__", "drafts", ".schema")
        shutil.copytree(base, made, dirs_exist_ok=True, symlinks=True, ignore=unwanted)
        shutil.copytree(folder, made, dirs_exist_ok=True, symlinks=True, ignore=unwanted)
        head = read_marked(base / FILE, name=FILE).value | {"title": told.title, "stages": [one.stage for one in stages]}
        _write(made / FILE, head | ({"story": told.story} if told.story else {}))
        for one, before in zip(stages, _between(stages, _listed(base)), strict=True):
            _change(made, folder, one, before)
        with contextlib.suppress(OSError):  # another process was quicker, with the same content
            made.rename(target)
        shutil.rmtree(made, ignore_errors=True)
    except OSError as problem:
        raise WorldUnavailable(
            f"The scenario could not be put together in '{room}': {problem.strerror}.",
            remedy="Free some disk space, or name another folder in LAB_CACHE.",
        ) from problem
    _forget(room.parent)


def _between(stages: list[Changed], names: list[str]) -> list[list[str]]:
    """For each stage those of the scenario below that come before it and were neither listed nor caught up yet."""
    done: set[str] = set()
    found = []
    for one in stages:
        earlier = names[: names.index(one.stage)] if one.stage in names else []
        found.append([name for name in earlier if name not in done])
        done |= {one.stage, *earlier}
    return found


def _change(made: Path, folder: Path, one: Changed, before: list[str]) -> None:
    path = made / "stages" / one.stage / "stage.yaml"
    for name, text in one.texts.items():
        shutil.copyfile(folder / text, path.with_name(f"{name}.md"))
    plain = {name: value for name in ("title", "job", "minutes", "status") if (value := getattr(one, name))}
    if not (before or plain or one.level or one.thresholds):
        return
    value = read_marked(path, name="stage.yaml").value
    if not isinstance(value, dict):
        return  # reading the whole says what is wrong with it
    value |= plain
    if before:
        value["catch_up"] = [*value.get("catch_up", []), *before]
    for check in value.get("checks", []):
        check.update(one.thresholds.get(check["id"], {}))
        if check["id"] in one.level:
            check["level"] = one.level[check["id"]]
    value["milestones"] = _milestones(value.get("milestones", []), one.level)
    _write(path, value)


def _milestones(told: list[Any], level: Mapping[str, str]) -> list[Any]:
    """A check that became stretch leaves its milestone, one that became core joins the last that has room."""
    kept: list[Any] = [one | {"checks": [name for name in one["checks"] if level.get(name) != "stretch"]} for one in told]
    kept = [one for one in kept if one["checks"]]
    placed = {name for one in kept for name in one["checks"]}
    for name in (name for name, kind in level.items() if kind == "core" and name not in placed):
        if not kept or len(kept[-1]["checks"]) >= FOUR:
            kept.append({"id": f"more-{len(kept)}", "title": "And more", "minutes": 15, "checks": []})
        kept[-1]["checks"].append(name)
    return kept


def _write(path: Path, value: dict[str, Any]) -> None:
    path.write_text(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=140), encoding="utf-8")


def _forget(folder: Path) -> None:
    """Keep the newest few: a scenario that is being written is made whole at each save."""
    found = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in found[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
