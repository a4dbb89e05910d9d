"""docs/checks.md, made of the code: every check type and every event, with its options and an example that is read by a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lab.authoring.check_examples import examples
from lab.authoring.option_words import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from lab.scenario.reading import Kinds

HEAD: Final = """\
# Checks and events

Made by `lab author docs` from the code; a test says when it is stale. An **event** happens in a scene of the game day (or, under
`events:`, on the learner's own company); a **check** asks a question of what a scene showed. Unknown options are mistakes, with a guess at
what was meant. `lab author schema` gives the same to an editor.

Every check has `id`, `type`, `title`, and either `scene` or `on: live`; it may have `requires` (checks that must have passed first),
`level: stretch` (scored, never blocks) and `skills`. Every event may have `as` (the label by which it is spoken of), and under `events:`
also `after` (a check) and `minutes` (company time that goes by first).
"""
SHARED: Final = {
    "checks": ("id", "type", "title", "scene", "on", "requires", "level", "skills", "folder"),
    "events": ("as", "label", "folder"),
}


def document(kinds: Kinds) -> str:
    """The whole page."""
    checks, events = examples()
    told = [HEAD, "\n# Check types\n"]
    told += [_page(kind, model, checks.get(kind, ""), SHARED["checks"]) for kind, model in sorted(kinds.checks.items())]
    told.append("\n# Events\n")
    told += [_page(kind, model, events.get(kind, ""), SHARED["events"]) for kind, model in sorted(kinds.events.items())]
    return "\n".join(told)


def _page(kind: str, model: type[BaseModel], example: str, shared: tuple[str, ...]) -> str:
    schema = model.model_json_schema(by_alias=True)
    options = {name: option for name, option in schema["properties"].items() if name not in shared}
    lines = [f"## `{kind}`", "", _paragraphs(model.__doc__ or ""), ""]
    if options:
        lines += ["| option | is | default | |", "|---|---|---|---|"]
        lines += [_row(name, option, schema, is_needed=name in schema.get("required", [])) for name, option in sorted(options.items())]
        lines.append("")
    if example:
        lines += [*(f"    {line}".rstrip() for line in example.strip().splitlines()), ""]
    return "\n".join(lines)


def _paragraphs(doc: str) -> str:
    return "\n".join(line.strip() for line in doc.strip().splitlines())


def _row(name: str, option: Mapping[str, Any], schema: Mapping[str, Any], *, is_needed: bool) -> str:
    words = option.get("description") or OPTIONS.get(name, "")
    default = "**needed**" if is_needed else f"`{_value(option.get('default'))}`"
    return f"| `{name}` | {_kind(option, schema)} | {default} | {words.replace('|', '/')} |"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return {None: "none", "": "empty"}.get(value, str(value)) if not isinstance(value, (list, dict)) else str(value)


def _kind(option: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    if "$ref" in option:
        return _kind(schema["$defs"][option["$ref"].rsplit("/", 1)[-1]], schema)
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    if "const" in option:
        return f"`{option['const']}`"
    for several in ("anyOf", "allOf"):
        if several in option:
            return " or ".join(dict.fromkeys(_kind(one, schema) for one in option[several]))
    if option.get("type") == "array":
        items = option.get("items") or {}
        return f"list of {_kind(items, schema)}" if items else "list"
    return {"string": "text", "integer": "number", "boolean": "true or false", "object": "mapping", "null": "nothing"}.get(
        str(option.get("type")), str(option.get("type", "anything"))
    )
