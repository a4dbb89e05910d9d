"""The schemas that editors use: every shipped file is valid by them, names them in its first line, and a typing error is not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lab.authoring import schema
from lab.checks.catalogue import CHECKS
from lab.gameday.events.catalogue import EVENTS
from lab.scenario import Kinds, library
from lab.scenario.marked import read_marked

ROOT = library.root()
SCHEMAS = schema.schemas(Kinds(CHECKS, EVENTS))


def kind_of(path: Path) -> str:
    if path.parent.name == "bank":
        return "bank"
    return path.stem


def shipped() -> list[Path]:
    in_stages = ("stage.yaml", "traps/*/trap.yaml", "solutions/*/survivors.yaml")
    patterns = ("scenario.yaml", *(f"stages/*/{name}" for name in in_stages), "team/*.yaml", "team/bank/*.yaml")
    found = [path for pattern in patterns for path in ROOT.glob(f"*/{pattern}")]
    return sorted(found)


def mistakes(kind: str, value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMAS[kind]).iter_errors(value)]


def plain(path: Path) -> Any:
    return read_marked(path, name=path.name).value


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_one(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_shipped_file_is_valid_and_says_where_its_schema_is(path: Path) -> None:
    kind = kind_of(path)
    assert mistakes(kind, plain(path)) == []
    first = path.read_text(encoding="utf-8").splitlines()[0]
    up = "../" * len(path.relative_to(ROOT).parts[:-1])
    assert first == f"# yaml-language-server: $schema={up}schema/{kind}.schema.json"


def test_schemas_are_written_where_the_first_lines_look_for_them(tmp_path: Path) -> None:
    written = schema.write(tmp_path, Kinds(CHECKS, EVENTS))
    assert sorted(path.name for path in written) == sorted(f"{kind}.schema.json" for kind in SCHEMAS)
    assert json.loads((tmp_path / "stage.schema.json").read_text(encoding="utf-8")) == SCHEMAS["stage"]


def options(node: Any, where: str) -> list[str]:
    """Where an option has no description."""
    if isinstance(node, list):
        return [found for item in node for found in options(item, where)]
    if not isinstance(node, dict):
        return []
    found = []
    for name, option in node.get("properties", {}).items():
        if "$ref" not in str(option) and isinstance(option, dict) and not option.get("description"):
            found.append(f"{where}.{name}")
    return found + [
        hole for key, value in node.items() if key != "if" for hole in options(value, f"{where}.{key}" if key != "properties" else where)
    ]


@pytest.mark.parametrize("kind", ["scenario", "stage", "trap"])
def test_every_option_is_described(kind: str) -> None:
    assert options(SCHEMAS[kind], kind) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda told: told.update(mintues=3), "mintues"),
        (lambda told: told["checks"][1].update(type="pipeline_verdit"), "pipeline_verdit"),
        (lambda told: told["checks"][1].update(verdict="maybe"), "maybe"),
        (lambda told: told["game_day"][0]["events"][0].update(pusch={}), "too many properties"),
        (lambda told: told["game_day"][0]["events"][0]["pull_request"].update(who="tom"), "who"),
        (lambda told: told.pop("job"), "job"),
    ],
)
def test_a_typing_error_is_shown(change: Any, says: str) -> None:
    told = copy.deepcopy(plain(ROOT / "company-evolution" / "stages" / "the-gate" / "stage.yaml"))
    assert mistakes("stage", told) == []
    change(told)
    assert any(says in mistake for mistake in mistakes("stage", told))
