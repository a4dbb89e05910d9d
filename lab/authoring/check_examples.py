"""An example of each check type and event: the first in the shipped stages, or one written here for those that none of them uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import yaml

from lab.scenario import library
from lab.scenario.marked import read_marked

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN: Final = """\
checks:
  - {id: greets-by-name, title: It greets by name, type: script, scene: newsletter, of: greets}
  - {id: shop-answers, title: The shop answers as promised, type: pytest, scene: newsletter, of: acceptance, at_least: 3}
  - {id: quick-enough, title: It greets within a second, type: python, scene: newsletter, function: quick_enough, of: [greets]}
events:
  - script: {run: checks/greets.sh, as: greets}
  - pytest: {suite: checks/acceptance, as: acceptance}
"""


def examples() -> tuple[dict[str, str], dict[str, str]]:
    """Checks by type and events by kind, each as YAML."""
    checks: dict[str, str] = {}
    events: dict[str, str] = {}
    for told in _documents():
        for check in told.get("checks") or []:
            checks.setdefault(str(check.get("type")), _yaml([check]))
        scenes = told.get("game_day") or []
        for event in [*(told.get("events") or []), *(one for scene in scenes for one in scene.get("events") or [])]:
            (kind,) = event
            events.setdefault(str(kind), _yaml([event]))
    return checks, events


def _documents() -> Iterator[dict[str, Any]]:
    for path in sorted([*library.root().glob("*/stages/*/stage.yaml"), *library.root().glob("*/drafts/*/stage.yaml")]):
        value = read_marked(path, name=path.name).value
        if isinstance(value, dict):
            yield value
    yield yaml.safe_load(OWN)


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
