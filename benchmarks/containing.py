"""What a company adds to Docker: its registry against a bare `docker run`, a build through its socket against one without."""

from __future__ import annotations

import itertools
import os
import shutil
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks.measuring import Row, medians, run
from benchmarks.places import ROOT, room

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lab.company.harbour import Harbour

NUMBERS = itertools.count(1)
GOAL = 1.5
CACHED = 1.5
IMAGE = "lab/registry:2"
STAGES = ROOT / "scenarios/company-evolution/stages"
SHOP = (
    ROOT / "sample_app/storefront",
    STAGES / "the-gate/solutions/junit-and-owners/files",
    STAGES / "works-on-my-machine/solutions/one-stage-and-a-lock/files",
)


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """Each round starts the registry both ways, and builds the storefront both ways, from the layer cache."""
    with room() as folder, ExitStack() as stack:
        harbour = _harbour(folder, stack)
        registry = harbour.open()
        context = _context(folder)
        socket, bare = harbour.environment(folder / "client"), {"DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": str(folder / "bare")}
        names = [f"{registry.name}/bench:{way}" for way in ("socket", "bare")]
        stack.callback(lambda: run(["docker", "rmi", "--no-prune", *names], codes=range(256)))
        _build(context, names[0], socket)  # the layers are there from now on
        took = medians(
            {
                "registry": lambda: _restart(harbour),
                "run": lambda: _run_bare(folder, next(NUMBERS)),
                "build": lambda: _build(context, names[0], socket),
                "bare build": lambda: _build(context, names[1], bare),
            },
            rounds=rounds,
            tell=tell,
        )
    started, built = took["registry"] / took["run"], took["build"] / took["bare build"]
    return [
        Row("a company's registry, till it answers", "lab", "docker run", took["registry"], took["run"], started, GOAL, "times", rounds),
        Row("an image from the layer cache", "lab", "docker build", took["build"], took["bare build"], built, CACHED, "times", rounds),
    ]


def _harbour(folder: Path, stack: ExitStack) -> Harbour:
    """A company's corner with nothing else of a company, ended with the stack."""
    from lab.company.harbour import Harbour  # noqa: PLC0415 - only here
    from lab.company.images.registry import REGISTRY  # noqa: PLC0415 - as above
    from lab.company.loop import Loop  # noqa: PLC0415 - as above
    from lab.company.pipelines.toolchain import Toolchain  # noqa: PLC0415 - as above
    from lab.company.servers.ports import PortBook  # noqa: PLC0415 - as above
    from lab.ledger.store import Ledger  # noqa: PLC0415 - as above

    loop, book = Loop(), PortBook(folder / "ports.json")
    stack.callback(loop.stop)
    stack.callback(book.release)
    book.hold(REGISTRY)
    ledger = Ledger.create(folder / "ledger.db")
    harbour = Harbour(f"lab-bench-{os.getpid()}", folder, book=book, ledger=ledger, toolchain=Toolchain.find(), loop=loop)
    stack.callback(harbour.close)
    return harbour


def _restart(harbour: Harbour) -> float:
    """Seconds until the registry answers; that of the round before is removed first, which is not counted."""
    harbour.engine.remove(f"{harbour.owner.company}-registry")
    began = time.monotonic()
    harbour.registry.start(harbour.engine, harbour.owner)
    return time.monotonic() - began


def _run_bare(folder: Path, number: int) -> float:
    """Seconds of `docker run` of the same image with the same mount and port, until it answers."""
    from lab.company.images.registry import is_serving  # noqa: PLC0415 - only here
    from lab.company.servers.ports import allot  # noqa: PLC0415 - as above

    store, port = folder / f"store-{number}", allot()
    store.mkdir()
    name = f"lab-bench-{os.getpid()}-{number}"
    words = ["docker", "run", "--detach", "--name", name, "--publish", f"127.0.0.1:{port.number}:5000"]
    words += ["--user", f"{os.getuid()}:{os.getgid()}", "--volume", f"{store}:/var/lib/registry", IMAGE]
    try:
        began = time.monotonic()
        run(words)
        while not is_serving(port.number):
            time.sleep(0.01)
        return time.monotonic() - began
    finally:
        run(["docker", "rm", "--force", name], codes=range(256))
        port.release()


def _context(folder: Path) -> Path:
    """The storefront with a solution's Dockerfile."""
    context = folder / "context"
    for layer in SHOP:
        shutil.copytree(layer, context, dirs_exist_ok=True)
    return context


def _build(context: Path, name: str, settings: Mapping[str, str]) -> None:
    run(["docker", "build", "--quiet", "--tag", name, "."], cwd=context, env={**os.environ, **settings})
