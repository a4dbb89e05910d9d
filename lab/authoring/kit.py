"""`lab author kit`: one archive with all that a class needs, so that thirty machines need not download the same forty packages.

harborline-kit/play       sets the lab up from this folder and opens a workspace (setup/offline.py)
/kit.json   what it is for, and the SHA-256 of each file
/lab/       the lab, with the scenario among its own
/wheels/    the lab's packages and the company's
/images/    the base images in one file, where a stage needs Docker
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import __version__, rooms
from lab.errors import UsageProblem, WorldUnavailable, WrongState
from lab.scenario import library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lab.scenario.model import Scenario

NAME: Final = "harborline-kit"
LOCKS: Final = ("play", "dashboard", "monitoring")
PARTS: Final = ("lab", "scenarios", "sample_app", "requirements", "docs", "pyproject.toml", "README.md", "LICENSE", "SECURITY.md")
INSTALLER: Final = "setup/install.py"
LAUNCHER: Final = "setup/offline.py"
IMAGES: Final = "images/images.tar"
_LEFT_OUT: Final = shutil.ignore_patterns("__pycache__", "pictures")
_CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Kit:
    """What was made: the archive, its size in bytes, and what is in it. `python` and `platform` say which machines it is for."""

    path: Path
    size: int
    scenario: str
    wheels: int
    images: tuple[str, ...]
    python: str
    platform: str


@dataclass(frozen=True)
class Sources:
    """Where a kit's parts come from: `fetch` puts the wheels of a list into a folder, `wheels` has the company's own.

    `save` writes the base images into a file and gives their names; None leaves them out.
    """

    fetch: Callable[[Path, Path], None]
    wheels: Path
    save: Callable[[Path], Sequence[str]] | None = None


def make(told: Path, scenario: Scenario, target: Path, sources: Sources, *, tell: Callable[[str], None] = lambda _: None) -> Kit:
    """Write the kit of a scenario into `target`, whole or not at all. `told` is the scenario's folder as its author wrote it.

    Raises:
        WrongState: this lab is no checkout, so it lacks what a kit is made of.
        UsageProblem: the scenario has the name of another one that comes with the lab.
        WorldUnavailable: no network, no disk, no engine.
    """
    checkout = _checkout()
    name = _free_name(told)
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("kit")) as room, _disk(target):
        kit = Path(room) / NAME
        _copy(checkout, kit / "lab")
        if told.parent != library.root():
            shutil.copytree(told, kit / "lab" / "scenarios" / name, symlinks=True, ignore=_LEFT_OUT)
        wheels = kit / "wheels"
        shutil.copytree(sources.wheels, wheels)
        for lock in LOCKS:
            tell(f"Fetching the packages of '{lock}'.")
            sources.fetch(checkout / "requirements" / f"{lock}.txt", wheels)
        images = _images(scenario, kit / IMAGES, sources, tell)
        shutil.copy(checkout / LAUNCHER, kit / "play")
        (kit / "play").chmod(0o755)
        _describe(kit, name, images)
        tell("Packing.")
        _pack(kit, target)
        count = len(list(wheels.glob("*.whl")))
        return Kit(target, target.stat().st_size, name, count, images, _python(), _platform())


def _checkout() -> Path:
    root = library.root().parent
    if not (root / INSTALLER).is_file():
        raise WrongState(
            "This lab was installed as a package, and a kit is made of the lab's own checkout.",
            remedy="Clone the lab's repository, `make play` there, and call its '.venv/bin/lab author kit'.",
        )
    return root


def _free_name(told: Path) -> str:
    if told.parent != library.root() and told.name in library.names():
        raise UsageProblem(
            f"The scenario '{told}' has the name of one that comes with the lab.",
            remedy="Give its folder another name: learners start it by it.",
        )
    return told.name


def _copy(checkout: Path, target: Path) -> None:
    for part in (*PARTS, INSTALLER):
        source, copied = checkout / part, target / part
        copied.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copied, symlinks=True, ignore=_LEFT_OUT)
        else:
            shutil.copy(source, copied)


def _images(scenario: Scenario, target: Path, sources: Sources, tell: Callable[[str], None]) -> tuple[str, ...]:
    """The names of the base images, once they are in the kit; none where no stage needs Docker."""
    if sources.save is None or not any(stage.needs.docker for stage in scenario.stages):
        return ()
    tell("Saving the base images.")
    target.parent.mkdir()
    return tuple(sources.save(target))


def _describe(kit: Path, scenario: str, images: Sequence[str]) -> None:
    files = sorted(path for path in kit.rglob("*") if path.is_file() and not path.is_symlink())
    told = {
        "format": 1,
        "lab": __version__,
        "scenario": scenario,
        "python": _python(),
        "platform": _platform(),
        "images": list(images),
        "sums": {path.relative_to(kit).as_posix(): _sum(path) for path in files},
    }
    (kit / "kit.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _sum(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _platform() -> str:
    return f"{sys.platform}-{platform.machine()}"


def _pack(kit: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with tarfile.open(beside, "w:gz", compresslevel=6) as archive:
            archive.add(kit, arcname=NAME, filter=_nobodys)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Who made the kit is nobody's business, and no account of that name may exist where it is unpacked."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


@contextmanager
def _disk(target: Path) -> Iterator[None]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as problem:
        raise WorldUnavailable(
            f"The kit '{target}' could not be written: {problem.strerror or problem}.",
            remedy="A kit takes up to two gigabytes while it is made: free some disk space, or set TMPDIR to another disk.",
        ) from problem
