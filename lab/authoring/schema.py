"""`lab author schema`: JSON Schemas made of the models that read a scenario's files, for editors that check while you write."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from lab.authoring.option_words import OPTIONS
from lab.authoring.survivors import Explained
from lab.company.team.bank import Entry, Persona
from lab.company.team.edits.catalogue import EDITS
from lab.company.team.mutants import Family
from lab.scenario.model import Event, Scenario, Scene, Stage, TrapFile
from lab.scenario.overlay import Overlay

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from lab.scenario.reading import Kinds

    Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
FOLDER: Final = "schema"
HIDDEN: Final = ("id", "path", "digest", "solutions", "traps", "briefing", "debrief", "instructor", "folder", "skipped", "kept")
LISTS: Final[dict[str, type[BaseModel]]] = {"bank": Entry, "mutants": Family, "personas": Persona, "survivors": Explained}
_PLACES: Final = "#/$defs/"


def schemas(kinds: Kinds) -> dict[str, Schema]:
    """The schema of each kind of file, by name: scenario, stage, trap, and one for each list."""
    found = {"scenario": _scenario(), "overlay": _pruned(_of_one(Overlay), {}), "stage": _stage(kinds), "trap": _of_one(TrapFile)}
    found |= {name: _team(model) for name, model in LISTS.items()}
    return {name: {"$schema": DIALECT, "title": f"Harborline: {name}", **schema} for name, schema in found.items()}


def write(target: Path, kinds: Kinds) -> list[Path]:
    """Write `NAME.schema.json` into the folder `target`; gives what was written."""
    target.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, schema in schemas(kinds).items():
        path = target / f"{name}.schema.json"
        path.write_text(as_text(schema), encoding="utf-8")
        paths.append(path)
    return paths


def as_text(schema: Schema) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def _scenario() -> Schema:
    whole = _of_one(Scenario)
    stages = {"type": "array", "minItems": 1, "items": {"type": "string"}, "description": whole["properties"]["stages"]["description"]}
    whole["properties"]["stages"] = stages
    return _pruned(whole, {})


def _stage(kinds: Kinds) -> Schema:
    """The stage's own options, with every check type and every event in its place."""
    classes: list[type[BaseModel]] = [Stage, Scene, *kinds.checks.values(), *kinds.events.values()]
    places, told = models_json_schema([(one, "validation") for one in classes], by_alias=True)
    defs: Schema = told["$defs"]
    names = {one: places[(one, "validation")]["$ref"].removeprefix(_PLACES) for one in classes}
    for one in classes:
        _describe(defs[names[one]])
    events: Schema = {kind: _event(defs[names[one]]) for kind, one in kinds.events.items()}
    checks = {kind: {**defs[names[one]], "title": kind} for kind, one in kinds.checks.items()}
    for check in checks.values():
        check["properties"].pop("folder", None)
    scene = defs[names[Scene]]
    scene["properties"]["events"].update({"items": {"$ref": f"{_PLACES}event"}})
    whole = defs[names[Stage]]
    properties = whole["properties"]
    properties["checks"]["items"] = {"$ref": f"{_PLACES}check"}
    properties["events"]["items"] = {"$ref": f"{_PLACES}event"}
    kept = {name: schema for name, schema in defs.items() if name not in names.values() or name == names[Scene]}
    kept["event"] = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": events,
        "description": "One event: its kind with its options.",
    }
    kept["check"] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(checks), "description": OPTIONS["type"]}},
        "allOf": [{"if": {"properties": {"type": {"const": kind}}}, "then": check} for kind, check in sorted(checks.items())],
        "description": "One check: its type with its options.",
    }
    return _pruned(whole, kept)


def _team(model: type[BaseModel]) -> Schema:
    """A list in `team/`; each edit in it is one kind with its options."""
    item = _of_one(model)
    defs: Schema = item.pop("$defs", {})
    for schema in (item, *defs.values()):
        if "edits" in schema.get("properties", {}):
            schema["properties"]["edits"]["items"] = {"$ref": f"{_PLACES}edit"}
    edits = {}
    for kind, edit in EDITS.items():
        schema = _of_one(edit)
        defs |= schema.pop("$defs", {})
        edits[kind] = schema
    defs["edit"] = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": edits,
        "description": "One edit of a tree: its kind with its options.",
    }
    return _with_used({"type": "array", "items": item}, defs)


def _event(schema: Schema) -> Schema:
    """An event's own options, and those by which any event waits."""
    whole = Event.model_json_schema()
    _describe(whole)
    timing = {name: option for name, option in whole["properties"].items() if name not in {"kind", "what"}}
    found = {**schema, "properties": {**schema["properties"], **timing}}
    found["properties"].pop("folder", None)
    return found


def _of_one(model: type[BaseModel]) -> Schema:
    found = model.model_json_schema(by_alias=True)
    for schema in (found, *found.get("$defs", {}).values()):
        _describe(schema)
    return found


def _describe(schema: Schema) -> None:
    """Give each option that says nothing of itself the words that it has everywhere."""
    for name, option in schema.get("properties", {}).items():
        option.pop("title", None)
        if "description" not in option and name in OPTIONS:
            option["description"] = OPTIONS[name]


def _pruned(whole: Schema, defs: Schema) -> Schema:
    """Without what is not written in the file but known from its place, and with those definitions that are used."""
    found = {key: value for key, value in whole.items() if key != "$defs"}
    found["properties"] = {name: value for name, value in whole["properties"].items() if name not in HIDDEN}
    found["required"] = [name for name in whole.get("required", []) if name not in HIDDEN]
    found["properties"]["$schema"] = {"type": "string", "description": "Where an editor finds this schema, if not in the first line."}
    return _with_used(found, {**whole.get("$defs", {}), **defs})


def _with_used(found: Schema, kept: Schema) -> Schema:
    """The schema with those definitions that it or one of them speaks of."""
    used: set[str] = set()
    todo = [found]
    while todo:
        text = json.dumps(todo.pop())
        for name, schema in kept.items():
            if name not in used and f'"{_PLACES}{name}"' in text:
                used.add(name)
                todo.append(schema)
    return {**found, "$defs": {name: kept[name] for name in sorted(used)}} if used else found
