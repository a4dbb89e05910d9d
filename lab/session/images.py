"""`lab images`: the company's base images on this machine's engine."""

from __future__ import annotations

import contextlib
import difflib
from typing import TYPE_CHECKING

from lab.company.docker.engine import Engine
from lab.company.harbour import BASES
from lab.company.images import carrying, recipes
from lab.company.images.building import Images
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import UsageProblem
from lab.report.facts import ImageLine, ImagesReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from lab.company.images.building import Built


def build(names: Sequence[str], tell: Callable[[str], None]) -> ImagesReport:
    """Make those images and all that they rest on; all of them if none is named.

    Raises:
        UsageProblem: there is no image of that name.
        WorldUnavailable: no engine, no network, no disk.
    """
    wanted = [_name(word) for word in names] or list(recipes.RECIPES)
    with _images() as images:
        return _report(images.ensure(wanted, tell))


def listing() -> ImagesReport:
    """What is there of each.

    Raises:
        WorldUnavailable: no engine.
    """
    with _images() as images:
        return _report(images.status())


def prune(*, everything: bool) -> ImagesReport:
    """Remove those that nothing makes any more, or all of ours.

    Raises:
        WorldUnavailable: no engine.
    """
    with _images() as images:
        return ImagesReport(tuple(ImageLine(name, "removed") for name in images.prune(everything=everything)))


def save(target: Path, tell: Callable[[str], None]) -> tuple[str, ...]:
    """Write the company's base images into one file: those that every company needs, made if missing, and what else was made here.

    Gives their names.

    Raises:
        WorldUnavailable: no engine, no network, no disk.
    """
    with _images() as images:
        images.ensure(BASES, tell)
        ready = [row for row in images.status() if row.status == "ready"]
        named = [name for row in ready for name in (row.name, recipes.RECIPES[_name(row.name)].addressed(row.digest))]
        carrying.save(images.engine, [name for name in named if images.engine.image(name)], target)
        return tuple(row.name for row in ready)


def load(files: Sequence[Path]) -> ImagesReport:
    """Take in the images of those files.

    Raises:
        WorldUnavailable: no engine, or its disk is full.
        EngineRefused: one of them holds no images.
    """
    with _images() as images:
        names = [name for file in files for name in carrying.load(images.engine, file)]
    return ImagesReport(tuple(ImageLine(name, "loaded") for name in names if ":made-" not in name))  # the name that stays with the content


@contextlib.contextmanager
def _images() -> Iterator[Images]:
    engine = Engine.connect()
    try:
        toolchain = Toolchain.find()
        yield Images(engine, toolchain, toolchain.lock)
    finally:
        engine.close()


def _name(word: str) -> str:
    """'lab/python:3.11' and 'python' mean the same."""
    name = word.removeprefix("lab/").split(":")[0]
    if name in recipes.RECIPES:
        return name
    near = difflib.get_close_matches(name, recipes.RECIPES, n=1)
    guess = f" Did you mean '{near[0]}'?" if near else ""
    raise UsageProblem(f"There is no base image '{word}'.{guess}", remedy=f"There are: {', '.join(recipes.RECIPES)}.")


def _report(rows: Sequence[Built]) -> ImagesReport:
    return ImagesReport(tuple(ImageLine(row.name, row.status, row.digest, row.size, row.seconds) for row in rows))
