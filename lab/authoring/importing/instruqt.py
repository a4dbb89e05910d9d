"""Instruqt: a folder with a `track.yml`, and a numbered folder for each challenge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from lab.authoring.importing import marks
from lab.authoring.importing.killercoda import CLUSTERS
from lab.authoring.importing.source import mapping, shown
from lab.authoring.importing.told import Asset, Lab, NotTaken, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.authoring.importing.source import Source

FILE: Final = "track.yml"
CONFIG: Final = "config.yml"
ASSIGNMENT: Final = "assignment.md"
CLOUDS: Final = ("aws_accounts", "azure_subscriptions", "gcp_projects", "google_projects")
_NUMBERED: Final = re.compile(r"\d+-[\w.-]+")
_SCRIPT: Final = re.compile(r"(setup|check|solve|cleanup)-([\w.-]+)")
FAIL_MESSAGE: Final = b"""#!/bin/sh
# What is said is the last line of a check.
printf '%s\\n' "$*"
"""
AGENT: Final = b"""#!/bin/sh
# agent variable set NAME VALUE | agent variable get NAME
folder=/var/lib/agent
mkdir -p "$folder"
[ "$1" = variable ] || exit 0
name=$(printf %s "$3" | tr -c 'A-Za-z0-9_.-' _)
case "$2" in
  set) shift 3; printf %s "$*" >"$folder/$name" ;;
  get) cat "$folder/$name" 2>/dev/null ;;
esac
"""
TOOLS: Final = (
    Asset("/usr/local/bin/fail-message", FAIL_MESSAGE, is_program=True),
    Asset("/usr/local/bin/set-workdir", b"#!/bin/sh\nexit 0\n", is_program=True),
    Asset("/usr/local/bin/agent", AGENT, is_program=True),
)


def places(source: Source) -> list[str]:
    """Where its tracks are."""
    return source.find(FILE)


def read(source: Source, place: str) -> Lab:
    """The track in a folder.

    Raises:
        NotTaken: it is none, it needs what a box is not, or a file of it can't be taken.
    """
    told = source.yaml(place, FILE)
    notes = list(_machines(source, place))
    challenges = [name for name in source.folders(place) if _NUMBERED.fullmatch(name) and source.is_there(place, f"{name}/{ASSIGNMENT}")]
    if not challenges:
        raise NotTaken("It has no numbered challenge with an 'assignment.md'.")
    host = _host(source, place, challenges)
    steps, cleanups = [], 0
    for name in challenges:
        step, more, has_cleanup = _step(source, place, name, host)
        steps.append(step)
        notes += more
        cleanups += has_cleanup
    if cleanups:
        notes.append(f"{cleanups} cleanup scripts are left out: the box is thrown away")
    setup = source.text(place, f"track_scripts/setup-{host}") if source.is_there(place, f"track_scripts/setup-{host}") else ""
    return Lab(
        place=place,
        title=str(told.get("title") or told.get("slug") or place.rpartition("/")[2]),
        description=str(told.get("teaser") or told.get("description") or ""),
        steps=tuple(steps),
        setup=(setup,) if setup.strip() else (),
        assets=TOOLS,
        host=host,
        form="instruqt",
        notes=tuple(dict.fromkeys(notes)),
    )


def _machines(source: Source, place: str) -> Iterator[str]:
    """What its machines were; clouds and clusters can't be had here."""
    if not source.is_there(place, CONFIG):
        return
    told = source.yaml(place, CONFIG)
    cloud = next((name for name in CLOUDS if told.get(name)), None)
    if cloud:
        raise NotTaken(f"It needs accounts of a cloud ('{cloud}').")
    machines = [one for kind in ("containers", "virtualmachines") for one in told.get(kind) or () if isinstance(one, dict)]
    for one in machines:
        image = str(one.get("image") or "")
        if any(word in image.lower() for word in CLUSTERS):
            raise NotTaken(f"It needs a Kubernetes cluster (image '{shown(image)}').")
        if "windows" in image.lower():
            raise NotTaken(f"It needs Windows (image '{shown(image)}').")
        yield f"the image '{shown(image)}' of '{shown(one.get('name'))}' is replaced by Debian without a network"
    if told.get("secrets"):
        yield "its secrets are not there"


def _host(source: Source, place: str, challenges: list[str]) -> str:
    """The machine that most is asked of: a track of several is played on one."""
    counts: dict[str, int] = {}
    for name in challenges:
        for path in source.below(place, name):
            found = _SCRIPT.fullmatch(path)
            if found:
                weight = 10 if found.group(1) == "check" else 1
                counts[found.group(2)] = counts.get(found.group(2), 0) + weight
    return max(sorted(counts), key=lambda one: counts[one]) if counts else "host"


def _step(source: Source, place: str, name: str, host: str) -> tuple[Step, list[str], bool]:
    front, body = _split(source.text(place, f"{name}/{ASSIGNMENT}"), f"{name}/{ASSIGNMENT}")
    text = marks.read(body)
    notes = list(text.notes)
    scripts: dict[str, str] = {}
    for path in source.below(place, name):
        found = _SCRIPT.fullmatch(path)
        if found and found.group(2) == host:
            scripts[found.group(1)] = source.text(place, f"{name}/{path}")
        elif found and found.group(1) != "cleanup":
            notes.append(f"'{name}/{shown(path)}' is for another machine than '{host}', and is left out")
    if front.get("type") == "quiz":
        notes.append(f"'{name}' is a quiz: its text is kept, its question is not asked")
    if any(isinstance(tab, dict) and tab.get("type") == "service" for tab in front.get("tabs") or ()):
        notes.append("its tabs that show a port of the machine are left out")
    title = str(front.get("title") or name)
    step = Step(title, text.text, scripts.get("check", ""), scripts.get("setup", ""), scripts.get("solve", ""), text.commands)
    return step, notes, bool(scripts.get("cleanup", "").strip())


def _split(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The front matter and the text behind it."""
    if not text.startswith("---\n"):
        return {}, text
    head, mark, body = text[4:].partition("\n---")
    if not mark:
        raise NotTaken(f"The head of '{name}' does not end.")
    return mapping(head, name), body.partition("\n")[2]
