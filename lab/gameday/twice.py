"""One commit, built twice from nothing, while a new release of a package comes out in between."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Final

from lab.errors import LabError
from lab.gameday.dock import Conditions
from lab.gameday.imaging import BuiltAgain
from lab.gameday.layers import tar_of
from lab.gameday.newer import newer_release

if TYPE_CHECKING:
    from pathlib import Path

    from lab.company.git import Git
    from lab.gameday.dock import Dock
    from lab.gameday.imaging import ImageTried
    from lab.gameday.newer import Newer
    from lab.gameday.stagehand import Stagehand

BASE: Final = "lab/python:3.11"
WHEELS: Final = "/usr/share/harborline/wheels/"
BUILD_SECONDS: Final = 60.0
SECONDS: Final = 20.0
_FREEZE: Final = "import importlib.metadata as m\nprint('\\n'.join(f\"{d.metadata['Name']}=={d.version}\" for d in m.distributions()))"


def build_twice(hand: Stagehand) -> BuiltAgain:
    """Build `main` on a base image of the scene's own, then again after a new release is in that image's package index.

    Nothing of either build comes from the layer cache, since its base image is one that was never there before.
    """
    dock = hand.dock
    release = newer_release(hand.company.parts.toolchain.wheels, hand.random)
    name = f"lab/python:{hand.company.id}"
    git = hand.teammate("renovate-bot").git
    sha = _use_base(git, name)
    results = []
    try:
        for wheel in (None, release):
            _make_base(dock, name, wheel)
            results.append(_one(dock, git.directory, sha))
    finally:
        with contextlib.suppress(LabError):
            dock.forget(name)
    (first, packages), (second, others) = results
    return BuiltAgain(release.name, (first, second), packages, others)


def _use_base(git: Git, name: str) -> str:
    """Write the scene's base image into every file of the clone that names the company's; gives the commit, which is not pushed."""
    for path in git.lines("ls-files", "-z"):
        file = git.directory / path
        if file.is_file() and not file.is_symlink() and BASE.encode() in (content := file.read_bytes()):
            file.write_bytes(content.replace(BASE.encode(), name.encode()))
    git.run("commit", "--quiet", "--no-verify", "--all", "--allow-empty", "-m", "Base image by its name here")
    return git.out("rev-parse", "HEAD")


def _make_base(dock: Dock, name: str, wheel: Newer | None) -> None:
    """A base image like the company's, that nothing was ever built on; with `wheel` in its package index."""
    lines = [f"FROM {BASE}", f"LABEL lab.wheel={wheel.file if wheel else 'none'} lab.base={name}"]
    files = {}
    if wheel:
        lines.append(f"COPY {wheel.file} {WHEELS}")
        files[wheel.file] = wheel.content
    context = tar_of({"Dockerfile": "\n".join(lines).encode(), **files})
    build = dock.engine.api.build
    answer = dock.engine.call(
        "build a base image",
        lambda: list(build(fileobj=io.BytesIO(context), custom_context=True, tag=name, rm=True, labels=dock.owner.labels, nocache=True)),
        seconds=BUILD_SECONDS,
    )
    assert answer


def _one(dock: Dock, clone: Path, sha: str) -> tuple[ImageTried, tuple[str, ...]]:
    """Build it, let customers ask it, and list its packages."""
    built = dock.build(clone=clone, sha=sha)
    if not built.id:
        return dock.tried(built), ()
    with dock.life(built.id, Conditions()) as (_, container):
        python = dock.python_of(container) if container else ""
        done = dock.engine.execute(container.id, [python, "-c", _FREEZE], timeout=SECONDS) if container else None
    packages = tuple(sorted(done.output.split())) if done and done.is_success else ()
    return dock.tried(built), packages
