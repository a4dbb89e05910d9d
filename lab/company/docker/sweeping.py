"""Removes whatever carries a company's label, however it came to be: the clean-up that can't be missed."""

from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from lab.company.docker.engine import Engine
from lab.company.docker.values import COMPANY, WORKSPACE
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

THREADS: Final = 8
TRIES: Final = 5
PAUSE: Final = 0.2


def sweep_company(company: str, *, engine: Engine | None = None) -> int:
    """Remove all containers, networks, volumes and images of a company; gives how many there were.

    Raises:
        WorldUnavailable: no engine answers.
    """
    return sweep({COMPANY: company}, engine=engine)


def sweep_workspace(workspace: str, *, engine: Engine | None = None) -> int:
    """As `sweep_company`, for a workspace's live company and every throwaway copy of it.

    Raises:
        WorldUnavailable: no engine answers.
    """
    return sweep({WORKSPACE: workspace}, engine=engine)


def sweep(labels: dict[str, str], *, engine: Engine | None = None) -> int:
    """Remove all that carries `labels`. What appears while it works is removed too (a run that was just being started).

    Raises:
        WorldUnavailable: no engine answers.
    """
    used = engine or Engine.connect()
    removed = 0
    try:
        for _ in range(TRIES):
            found = _remove_all(used, labels)
            removed += found
            if not found:
                break
            time.sleep(PAUSE / 4)
    finally:
        if engine is None:
            used.close()
    return removed


def left(labels: dict[str, str], engine: Engine) -> dict[str, list[str]]:
    """The names of what carries `labels`, by kind."""
    wanted = {"label": [f"{name}={value}" for name, value in labels.items()]}
    api = engine.api
    return {
        "container": [row["Id"] for row in engine.call("list containers", api.containers, all=True, filters=wanted)],
        "network": [row["Id"] for row in engine.call("list networks", api.networks, filters=wanted)],
        "volume": [row["Name"] for row in engine.call("list volumes", api.volumes, filters=wanted).get("Volumes") or ()],
        "image": [row["Id"] for row in engine.call("list images", api.images, filters=wanted)],
    }


def _remove_all(engine: Engine, labels: dict[str, str]) -> int:
    """One pass, in the order in which they hang on each other; gives how many were there."""
    found = left(labels, engine)
    api = engine.api
    _each(found["container"], engine.remove)
    _each(found["network"], lambda name: engine.call("remove a network", api.remove_network, name))
    _each(found["volume"], lambda name: engine.call("remove a volume", api.remove_volume, name, force=True))
    _each(found["image"], lambda name: engine.call("remove an image", api.remove_image, name, force=True, noprune=True, seconds=60))
    return sum(len(names) for names in found.values())


def _each(names: Iterable[str], remove: Callable[[str], object]) -> None:
    """Remove side by side. What another process removed first, or still holds, is left to the next pass."""

    def one(name: str) -> None:
        with contextlib.suppress(LabError):
            remove(name)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, names))
