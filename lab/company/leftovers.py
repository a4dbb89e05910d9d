"""What a killed process of a company may have left running, found again by mark: servers' processes, and jobs of its pipelines."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from lab import process
from lab.company.servers.ports import LOOPBACK
from lab.errors import LabError
from lab.ledger.store import Ledger

if TYPE_CHECKING:
    from pathlib import Path


def resident_mark(company: str) -> str:
    """The mark of a company's resident process; what it starts has marks of its own."""
    return f"{company}-resident"


def server_mark(company: str, server: str) -> str:
    """The mark of every process on a server."""
    return f"{company}-{server}"


def sweep(root: Path) -> int:
    """Kill every process of the company in `root`; gives how many there were.

    A damaged file costs what only that file tells, never the rest.
    """
    exact, runs, scenes = _servers(root), _runs(root), _scenes(root)
    alive = _marks_alive()
    _containers(root)
    is_ours = (lambda mark: mark.startswith(scenes)) if scenes else (lambda _: False)
    return sum(process.sweep(mark) for mark in alive if mark in exact or is_ours(mark) or mark.split(".", 1)[0] in runs)


def _servers(root: Path) -> set[str]:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        data = json.loads((root / "company.json").read_text(encoding="utf-8"))
        return {resident_mark(data["id"]), *(server_mark(data["id"], setup["name"]) for setup in data["servers"])}
    return set()


def scene_mark(company: str) -> str:
    """What the mark of every process begins with that a scene of the company starts: verbs, hooks, a monitored shop."""
    return f"{company}-scene"


def _scenes(root: Path) -> str:
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return scene_mark(json.loads((root / "company.json").read_text(encoding="utf-8"))["id"])
    return ""


def _containers(root: Path) -> None:
    """Remove what the company has on the Docker engine, if it has containers and there is an engine."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, LabError):
        data = json.loads((root / "company.json").read_text(encoding="utf-8"))
        if data.get("containers"):
            from lab.company.docker.engine import Engine  # noqa: PLC0415 - most companies have none
            from lab.company.harbour import clear  # noqa: PLC0415 - as above
            from lab.company.images.registry import REGISTRY  # noqa: PLC0415 - as above

            port = json.loads((root / "ports.json").read_text(encoding="utf-8"))[REGISTRY]
            clear(Engine.connect(), data["id"], f"{LOOPBACK}:{port}")


def _runs(root: Path) -> set[str]:
    """The pipelines' runs that were begun and not finished: each is the first part of its jobs' marks."""
    with contextlib.suppress(LabError):
        if (root / "ledger.db").exists():
            ledger = Ledger(root / "ledger.db")
            begun, ended = ({event.data["run"] for event in ledger.events(type_)} for type_ in ("run.started", "run.finished"))
            return begun - ended
    return set()


def _marks_alive() -> set[str]:
    import psutil  # noqa: PLC0415 - every command imports this module, and few look

    found = set()
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            found.add(one.environ().get(process.MARK, ""))
    return found - {""}
