"""C2 with the fewest colleagues that still decide each milestone: the page is tried here, and `lab author prove` plays the whole stage."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from lab.scenario import library

STAGES = ("day-zero", "local-tests", "the-gate")
STAGE = "the-gate"
SCENES = {  # what is kept of each scene, by the labels of its events
    "first-answers": ("good", "bad"),
    "falsely-green": ("collects",),
    "past-the-gate": ("cents", "push-good", "push-bad", "push-forced"),
    "talked-round": ("switched-off",),
}
CHECKS = {  # and what each check looks at then
    "good-goes-green": ("good",),
    "bad-goes-red": ("bad",),
    "no-tests-no-green": ("collects",),
    "bad-stays-out": ("cents",),
    "main-is-guarded": ("push-good", "push-bad", "push-forced"),
    "gate-cannot-switch-itself-off": ("switched-off",),
}


def write(folder: Path) -> Path:
    """The shipped scenario with its first three stages, and the third cut down, in `folder`."""
    shipped = library.root() / "company-evolution"
    shutil.copytree(shipped, folder, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "traps", "drafts", "works-on-my-machine"))
    _change(folder / "scenario.yaml", lambda told: told | {"stages": list(STAGES)})
    _change(folder / "stages" / STAGE / "stage.yaml", _shorter)
    return folder


def solution() -> Path:
    """The files of the stage's first reference solution."""
    return library.root() / "company-evolution" / "stages" / STAGE / "solutions" / "junit-and-owners" / "files"


def _shorter(told: dict[str, Any]) -> dict[str, Any]:
    days = [day | {"events": _events(day, SCENES[day["id"]])} for day in told["game_day"] if day["id"] in SCENES]
    checks = [check | {"of": list(CHECKS[check["id"]])} for check in told["checks"] if check["id"] in CHECKS]
    milestones = [item | {"checks": [name for name in item["checks"] if name in CHECKS]} for item in told["milestones"]]
    hints = {name: steps for name, steps in told["hints"].items() if name in CHECKS}
    live = [event for event in told["events"] if event.get("pull_request", {}).get("by") != "ana"]
    return told | {"events": live, "game_day": days, "checks": checks, "milestones": milestones, "hints": hints, "keeps": []}


def _events(day: dict[str, Any], wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    return [event for event in day["events"] if next(iter(event.values())).get("as") in wanted]


def _change(path: Path, how: Any) -> None:
    path.write_text(yaml.safe_dump(how(yaml.safe_load(path.read_text(encoding="utf-8"))), sort_keys=False), encoding="utf-8")
