"""From files to a `Scenario`, with every problem at once: file, line, and "did you mean".

The catalogues of checks and events and the vocabularies (names of bank entries, personas) come in as an argument.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping  # noqa: TC003 - dataclass fields, read by tools at run time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from lab.errors import Problem, ScenarioWrong
from lab.scenario import crossings, keeping, library
from lab.scenario.marked import Marked, Where, read_marked
from lab.scenario.model import Event, Milestone, Needs, Scenario, Scene, Solution, Stage, Trap, TrapFile

HINT_STEPS: Final = 3


@dataclass(frozen=True)
class Kinds:
    """What a scenario may name: check types, events, and vocabularies such as `bank` and `personas`."""

    checks: Mapping[str, type[BaseModel]]
    events: Mapping[str, type[BaseModel]]
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class _Reader:
    kinds: Kinds
    problems: list[Problem] = field(default_factory=list)
    folder: Path = Path()  # of the stage that is being read
    around: tuple[str, ...] = ()  # the stages that are being read, the outermost first

    def document(self, path: Path, root: Path) -> Marked:
        document = read_marked(path, name=path.relative_to(root).as_posix())
        if document.value is not None and not isinstance(document.value, dict):
            document.complain((), "the file must hold a mapping of keys to values")
        if document.value is None and not document.problems:
            document.complain((), "the file is empty")
        return document

    def model(self, kind: type[BaseModel], value: Any, document: Marked, where: Where, *, quiet: tuple[str, ...] = ()) -> Any:
        """Validate `value` as `kind`; mistakes go to the document, and None comes back. Of `quiet` keys nothing is said."""
        if not isinstance(value, dict):
            document.complain(where, f"a mapping of options was expected, and there is {_shown(value)}")
            return None
        try:
            return kind.model_validate(value)
        except ValidationError as failure:
            for error in failure.errors():
                if error["loc"][:1] not in [(key,) for key in quiet]:
                    self._explain(kind, error, document, where)
            return None

    def _explain(self, kind: type[BaseModel], error: Any, document: Marked, where: Where) -> None:
        spot = (*where, *error["loc"])
        name = str(error["loc"][-1]) if error["loc"] else ""
        if error["type"] == "extra_forbidden":
            known = sorted({info.alias or key for key, info in kind.model_fields.items()})
            document.complain(spot, f"'{name}' is not known here{nearest(name, known)}")
        elif error["type"] == "missing":
            document.complain(where, f"'{name}' is missing")
        else:
            document.complain(spot, f"'{name}': {error['msg'][:1].lower()}{error['msg'][1:]}, and there is {_shown(error.get('input'))}")

    def placed(self, kind: type[BaseModel], value: Any, document: Marked, where: Where) -> Any:
        """As `model`, of a check or an event that may name files of the stage: they must be there, and inside it."""
        if isinstance(value, dict) and "folder" in kind.model_fields:
            if "folder" in value:
                document.complain((*where, "folder"), "'folder' is not known here; files are named from the stage's folder")
            value = {**value, "folder": self.folder}
        found = self.model(kind, value, document, where)
        for name in getattr(kind, "files", ()) if found else ():
            told = str(getattr(found, name))
            if told and not is_inside(self.folder, told):
                document.complain((*where, name), f"'{name}' names '{told}', and the stage's folder has no such file")
        return found

    def event(self, value: Any, document: Marked, where: Where) -> Event | None:
        """`- push: {by: tom, …}`: one kind, its options; `after` and `minutes` are taken out here."""
        if not isinstance(value, dict) or len(value) != 1:
            document.complain(where, "an event is one kind with its options, as '- push: {by: tom}'")
            return None
        ((kind, options),) = value.items()
        if kind not in self.kinds.events:
            document.complain((*where, kind), f"there is no event '{kind}'{nearest(kind, self.kinds.events)}")
            return None
        options = dict(options) if isinstance(options, dict) else options
        timing = {name: options.pop(name) for name in ("after", "minutes") if name in options} if isinstance(options, dict) else {}
        what = self.placed(self.kinds.events[kind], options, document, (*where, kind))
        told = self.model(Event, {"kind": kind, "what": what, **timing}, document, (*where, kind))
        return told if what and isinstance(told, Event) else None

    def check(self, value: Any, document: Marked, where: Where) -> Any:
        """A check: its `type` chooses the model."""
        kind = value.get("type") if isinstance(value, dict) else None
        if kind is None:
            document.complain(where, "a check needs a 'type'")
            return None
        if kind not in self.kinds.checks:
            document.complain((*where, "type"), f"there is no check type '{kind}'{nearest(str(kind), self.kinds.checks)}")
            return None
        return self.placed(self.kinds.checks[kind], value, document, where)


def is_inside(folder: Path, name: str) -> bool:
    """Whether `name` is a file or folder below `folder`, links followed."""
    target = (folder / name).resolve()
    return target.exists() and target != folder.resolve() and target.is_relative_to(folder.resolve())


def nearest(word: str, known: Any) -> str:
    """` (did you mean 'x'?)`, or nothing when no known word is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - a line's worth


def read(path: Path, *, kinds: Kinds) -> Scenario:
    """Read the scenario in the folder `path`.

    Raises:
        ScenarioWrong: with every problem found, each with file and line.
    """
    reader = _Reader(kinds)
    document = reader.document(path / "scenario.yaml", path)
    head = document.value if isinstance(document.value, dict) else {}
    stages: tuple[Stage, ...] = ()
    for place, name in enumerate(_names(head, document)):
        stage = _stage(reader, path, name, document, place, earlier=stages)
        stages += (stage,) if stage else ()
    top = {**head, "stages": stages, "path": path, "digest": library.digest(path), "id": path.name}
    scenario = None
    if head:
        checked = {**top, "stages": stages or (_placeholder(path),)}
        scenario = reader.model(Scenario, checked, document, ())
    reader.problems += document.problems
    if reader.problems or scenario is None:
        raise ScenarioWrong(reader.problems or [Problem("scenario.yaml", 0, "nothing could be read")])
    return scenario if isinstance(scenario, Scenario) else Scenario.model_validate(top)


def _placeholder(path: Path) -> Stage:
    return Stage.model_construct(id="none", title="", job="", minutes=1, prove_minutes=1, checks=(), milestones=(), path=path)


def _names(head: dict[str, Any], document: Marked) -> list[str]:
    listed = head.get("stages")
    if not isinstance(listed, list) or not listed:
        document.complain(("stages",), "'stages' must list the folders of the stages, in order")
        return []
    names = [str(name) for name in listed]
    for place, name in enumerate(names):
        if name in names[:place]:
            document.complain(("stages", place), f"the stage '{name}' is listed twice")
    return names


def _stage(reader: _Reader, root: Path, name: str, head: Marked, place: int, *, earlier: tuple[Stage, ...]) -> Stage | None:
    folder = root / "stages" / name
    if not (folder / "stage.yaml").is_file():
        there = [path.parent.name for path in root.glob("stages/*/stage.yaml")]
        head.complain(("stages", place), f"there is no 'stages/{name}/stage.yaml'{nearest(name, there)}")
        return None
    document = reader.document(folder / "stage.yaml", root)
    told = document.value if isinstance(document.value, dict) else {}
    if not told:
        reader.problems += document.problems
        return None
    skipped = _skipped(reader, root, name, told, document, earlier=earlier)
    reader.folder = folder
    values = {key: value for key, value in told.items() if key not in {"events", "game_day", "checks", "milestones"}}
    values |= {
        "id": name,
        "path": folder,
        "events": _events(reader, told.get("events"), document, ("events",)),
        "game_day": _scenes(reader, told.get("game_day"), document),
        "checks": tuple(
            found for at, value in enumerate(_items(told, "checks", document)) if (found := reader.check(value, document, ("checks", at)))
        ),
        "milestones": tuple(
            found
            for at, value in enumerate(_items(told, "milestones", document))
            if (found := reader.model(Milestone, value, document, ("milestones", at)))
        ),
        "briefing": _text(folder / "briefing.md", document, root),
        "debrief": _text(folder / "debrief.md", document, root),
        "instructor": _text(folder / "instructor.md", document, root) if (folder / "instructor.md").exists() else "",
        "skipped": skipped,
        "solutions": _solutions(folder),
        "traps": _traps(reader, folder, root),
        "needs": Needs.model_validate(told["needs"]) if isinstance(told.get("needs"), dict) else Needs(),
    }
    before = len(document.problems)
    lists = tuple(key for key in ("checks", "milestones") if told.get(key))  # each bad item has been told already
    stage = reader.model(Stage, values, document, (), quiet=lists)
    if stage and not before:
        crossings.look(stage, told, document, reader.kinds.words)
    if stage and not document.problems:
        stage = keeping.with_kept(stage, (*earlier, *stage.skipped), document)
    reader.problems += document.problems
    return stage if isinstance(stage, Stage) else None


def _skipped(
    reader: _Reader, root: Path, name: str, told: dict[str, Any], document: Marked, *, earlier: tuple[Stage, ...]
) -> tuple[Stage, ...]:
    """The stages that are caught up before this one: read whole, without what they would catch up themselves."""
    listed = told.get("catch_up")
    if not isinstance(listed, list) or reader.around:
        return ()
    reader.around = (name,)
    try:
        found: tuple[Stage, ...] = ()
        for place, other in enumerate(listed):
            stage = _stage(reader, root, str(other), document, place, earlier=(*earlier, *found)) if str(other) != name else None
            found += (stage,) if stage else ()
    finally:
        reader.around = ()
    return found


def _items(told: dict[str, Any], key: str, document: Marked) -> list[Any]:
    value = told.get(key)
    if isinstance(value, list):
        return value
    if value is not None:
        document.complain((key,), f"'{key}' must be a list")
    return []


def _events(reader: _Reader, value: Any, document: Marked, where: Where) -> tuple[Event, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        document.complain(where, "events are a list")
        return ()
    return tuple(found for place, item in enumerate(value) if (found := reader.event(item, document, (*where, place))))


def _scenes(reader: _Reader, value: Any, document: Marked) -> tuple[Scene, ...]:
    scenes = []
    for place, item in enumerate(value if isinstance(value, list) else []):
        where: Where = ("game_day", place)
        if not isinstance(item, dict):
            document.complain(where, "a scene is a mapping with 'id' and 'events'")
            continue
        values = {**item, "events": _events(reader, item.get("events"), document, (*where, "events"))}
        if item.get("events") and not values["events"]:
            continue
        scene = reader.model(Scene, values, document, where)
        if scene:
            scenes.append(scene)
    return tuple(scenes)


def _text(path: Path, document: Marked, root: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        document.problems.append(Problem(path.relative_to(root).as_posix(), 0, "the file is missing or can't be read"))
        return ""


def _solutions(folder: Path) -> tuple[Solution, ...]:
    found = []
    for path in sorted(folder.glob("solutions/*/")):
        note = path / "mechanism.md"
        mechanism = note.read_text(encoding="utf-8").strip() if note.is_file() else ""
        found.append(Solution(name=path.name, path=path, mechanism=mechanism))
    return tuple(found)


def _traps(reader: _Reader, folder: Path, root: Path) -> tuple[Trap, ...]:
    found = []
    for path in sorted(folder.glob("traps/*/")):
        document = reader.document(path / "trap.yaml", root)
        told = reader.model(TrapFile, document.value, document, ()) if isinstance(document.value, dict) else None
        if told:
            values = {"name": path.name, "path": path, "why": told.why, "base": told.base, "refused_by": told.refused_by}
            trap = reader.model(Trap, values, document, ())
            found += [trap] if trap else []
        reader.problems += document.problems
    return tuple(found)
