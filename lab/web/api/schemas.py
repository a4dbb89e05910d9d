"""The documents' JSON Schemas for the OpenAPI description, read off the dataclasses that they are made of."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Final, Union, get_args, get_origin

from lab.report import facts, model, sights, standing

_PLAIN: Final[dict[Any, dict[str, Any]]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}
_WORDS: Final = {
    name: value for module in (model, standing, facts, sights) for name, value in vars(module).items() if isinstance(value, type)
}


def described(kind: str, report: type, *, code: int = 200) -> dict[int | str, dict[str, Any]]:
    """What FastAPI is told of a call that gives the document `kind`."""
    schema = schema_of(report)
    schema["properties"] = {"format": {"const": 1}, "kind": {"const": kind}, **schema["properties"]}
    schema["required"] = ["format", "kind", *schema["required"]]
    error = {"description": "The `error` document: a sentence, and what to do."}
    return {code: {"description": f"The `{kind}` document.", "content": {"application/json": {"schema": schema}}}, "4XX": error}


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of a dataclass, of a plain type, or of what holds such."""
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind, localns=_WORDS)
        names = [field.name for field in dataclasses.fields(kind)]
        properties = {name: schema_of(hints[name]) for name in names}
        return {"type": "object", "description": kind.__doc__ or "", "properties": properties, "required": names}
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(one) for one in inner]}
    if origin is tuple and len(inner) > 1 and inner[1] is not Ellipsis:
        return {"type": "array", "prefixItems": [schema_of(one) for one in inner], "minItems": len(inner), "maxItems": len(inner)}
    if origin in (tuple, list):
        return {"type": "array", "items": schema_of(inner[0])}
    if origin in (dict, Mapping):
        return {"type": "object", "additionalProperties": schema_of(inner[1])}
    return dict(_PLAIN[kind])
