"""Killercoda and Katacoda: a folder with an `index.json` that has steps."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any, Final

from lab.authoring.importing import marks
from lab.authoring.importing.source import ASSET_LIMIT, ASSETS, ASSETS_LIMIT, shown
from lab.authoring.importing.told import Asset, Lab, NotTaken, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.authoring.importing.source import Source

FILE: Final = "index.json"
CLUSTERS: Final = ("kubernetes", "k3s", "k8s", "minikube", "openshift", "kubectl", "crc")
_PLAIN: Final = ("ubuntu", "ubuntu:2004", "ubuntu-4gb", "bash", "debian", "centos", "terminal", "empty")
HOME: Final = "/root"


def places(source: Source) -> list[str]:
    """Where its labs are: every folder with an 'index.json', nested courses as well."""
    return source.find(FILE)


def read(source: Source, place: str) -> Lab:
    """The lab in a folder.

    Raises:
        NotTaken: it is none, it needs what a box is not, or a file of it can't be taken.
    """
    told = source.json(place, FILE)
    details = told.get("details")
    if not isinstance(details, dict) or not isinstance(details.get("steps"), list):
        raise NotTaken("It has no 'details.steps': a list of courses, or another program's file.")
    notes = list(_backend(told))
    intro, finish = (_part(source, place, details.get(name)) for name in ("intro", "finish"))
    steps = []
    for number, one in enumerate(details["steps"], start=1):
        if not isinstance(one, dict):
            raise NotTaken(f"Its step {number} is no JSON object.")
        step, more = _step(source, place, one, number)
        steps.append(step)
        notes += more
    return Lab(
        place=place,
        title=str(told.get("title") or place.rpartition("/")[2] or "Imported"),
        description=str(told.get("description") or ""),
        steps=tuple(steps),
        intro=intro.text,
        finish=finish.text,
        setup=tuple(script for script in _setups(source, place, details) if script.strip()),
        assets=tuple(_assets(source, place, details)),
        form="killercoda",
        notes=tuple(dict.fromkeys([*notes, *intro.notes, *finish.notes])),
    )


def _backend(told: dict[str, Any]) -> Iterator[str]:
    """What the machine was; a cluster can't be had here."""
    backend = told.get("backend")
    image = str(backend.get("imageid") or "") if isinstance(backend, dict) else ""
    if any(word in image.lower() for word in CLUSTERS):
        raise NotTaken(f"It needs a Kubernetes cluster (image '{shown(image)}').")
    if "windows" in image.lower():
        raise NotTaken(f"It needs Windows (image '{shown(image)}').")
    if image.lower() not in _PLAIN:
        yield f"its image '{shown(image) or 'none'}' is replaced by Debian without a network"
    interface = told.get("interface")
    layout = interface.get("layout") if isinstance(interface, dict) else ""
    if "ide" in str(layout) or "editor" in str(layout):
        yield "its editor in the browser is replaced by a terminal"


def _part(source: Source, place: str, told: object) -> marks.Read:
    if isinstance(told, dict) and told.get("text"):
        return marks.read(source.text(place, str(told["text"])))
    return marks.Read("", ())


def _step(source: Source, place: str, told: dict[str, Any], number: int) -> tuple[Step, list[str]]:
    text = marks.read(source.text(place, str(told["text"]))) if told.get("text") else marks.Read("", ())
    check = source.text(place, str(told["verify"])) if told.get("verify") else ""
    scripts = [source.text(place, str(told[name])) for name in ("background", "code", "foreground", "courseData") if told.get(name)]
    notes = list(text.notes)
    if told.get("answer"):
        notes.append(f"the model answer of step {number} is in its text")
    title = str(told.get("title") or f"Step {number}")
    return Step(title, text.text, check, "\n".join(scripts), "", text.commands), notes


def _setups(source: Source, place: str, details: dict[str, Any]) -> Iterator[str]:
    """What runs before the first step: intro's scripts; in the background first, since others wait for it."""
    intro = details.get("intro")
    if not isinstance(intro, dict):
        return
    for name in ("background", "code", "courseData", "foreground"):
        if intro.get(name):
            yield source.text(place, str(intro[name]))


def _assets(source: Source, place: str, details: dict[str, Any]) -> Iterator[Asset]:
    told = details.get("assets")
    rows = [row for rows in told.values() if isinstance(rows, list) for row in rows] if isinstance(told, dict) else []
    total, count = 0, 0
    for row in rows:
        if not isinstance(row, dict) or not row.get("file"):
            continue
        folder = "assets"
        name, target = str(row["file"]), str(row.get("target") or "")
        for path in _matching(source, place, folder, name):
            content = source.content(place, f"{folder}/{path}", limit=ASSET_LIMIT)
            total, count = total + len(content), count + 1
            if total > ASSETS_LIMIT or count > ASSETS:
                raise NotTaken(f"Its assets are more than {ASSETS_LIMIT >> 20} MiB, or more than {ASSETS} files.")
            is_program = "x" in str(row.get("chmod", "")) or source.is_program(place, f"{folder}/{path}")
            yield Asset(_target(target, path), content, is_program)


def _matching(source: Source, place: str, folder: str, pattern: str) -> list[str]:
    """The assets that a name means: one file, or by '*' and '**' several."""
    if "*" not in pattern:
        return [pattern]
    return [name for name in source.below(place, folder) if fnmatch(name, pattern.replace("**/", "*").replace("**", "*"))]


def _target(target: str, path: str) -> str:
    folder = target.replace("~", HOME, 1) if target.startswith("~") else target or HOME
    if not folder.startswith("/") or ".." in folder.split("/") or "\0" in folder:
        raise NotTaken(f"An asset should go to '{shown(target)}', which is no absolute path.")
    return f"{folder.rstrip('/')}/{path}"
