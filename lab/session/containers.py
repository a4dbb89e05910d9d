"""`lab doctor`'s look at Docker: engine, permission, disk, registry, network and base images, each with what mends it.

No stage before 'works on my machine' needs an engine, so nothing here is 'missing': a machine without one is whole.
"""

from __future__ import annotations

import secrets
import shutil
from typing import TYPE_CHECKING, Final

from lab.company.docker.engine import Engine
from lab.company.docker.values import Owner
from lab.company.images.building import PULLED, Images
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import LabError, WorldUnavailable
from lab.report import plain
from lab.report.facts import Ailment

if TYPE_CHECKING:
    from collections.abc import Callable

OK: Final = "ok"
WARNING: Final = "warning"
ROOM: Final = 3_000_000_000
REGISTRY_SECONDS: Final = 6.0
_NEEDED: Final = "needed from stage C4 on"


def look() -> tuple[Ailment, ...]:
    """A row for each thing; where no engine answers, that is the only row."""
    try:
        engine = Engine.connect()
    except WorldUnavailable as problem:
        return (Ailment("Docker", WARNING, f"{plain.line(problem.message)} It is {_NEEDED}.", problem.remedy),)
    try:
        rows: tuple[tuple[str, Callable[[Engine], Ailment]], ...] = (
            ("Docker", _engine),
            ("Docker's client", _client),
            ("Docker's disk", _disk),
            ("Docker's network", _network),
            ("registry", _registry),
            ("base images", _images),
        )
        return tuple(_one(name, row, engine) for name, row in rows)
    finally:
        engine.close()


def _one(name: str, row: Callable[[Engine], Ailment], engine: Engine) -> Ailment:
    try:
        return row(engine)
    except LabError as problem:
        return Ailment(name, WARNING, plain.line(problem.message), problem.remedy)
    except (OSError, ValueError, KeyError) as problem:
        return Ailment(name, WARNING, f"could not be looked at: {plain.line(problem)}")


def _engine(engine: Engine) -> Ailment:
    return Ailment("Docker", OK, f"engine {plain.line(engine.version())} at '{engine.address.removeprefix('unix://')}', yours to use")


def _client(_: Engine) -> Ailment:
    where = shutil.which("docker")
    if where:
        return Ailment("Docker's client", OK, where)
    return Ailment("Docker's client", WARNING, "the command 'docker' is not installed", "Install it (package 'docker-cli' or 'docker.io').")


def _disk(engine: Engine) -> Ailment:
    place = engine.disk()
    if not place.is_dir():
        return Ailment("Docker's disk", OK, "in a virtual machine of its own; `docker system df` shows it")
    free = shutil.disk_usage(place).free
    told = f"{free / 1e9:.1f} GB free in '{place}'"
    return (
        Ailment("Docker's disk", OK, told)
        if free > ROOM
        else Ailment("Docker's disk", WARNING, told, "docker system prune; lab images prune")
    )


def _network(engine: Engine) -> Ailment:
    """Make a network and remove it: what can't do that can start no container of the lab's."""
    name = f"lab-doctor-{secrets.token_hex(4)}"
    engine.make_network(name, Owner("doctor", name))
    engine.call("remove a network", engine.api.remove_network, name)
    return Ailment("Docker's network", OK, "makes networks and removes them")


def _registry(engine: Engine) -> Ailment:
    """Whether images can be pulled. Where they can't be, they are made from Debian's packages."""
    try:
        engine.call("ask a registry", engine.api.inspect_distribution, ":".join(PULLED), seconds=REGISTRY_SECONDS)
    except LabError:
        if shutil.which("mmdebstrap"):
            return Ailment("registry", OK, "none answers; Debian's packages and mmdebstrap make the images here")
        return Ailment(
            "registry",
            WARNING,
            "none answers, and 'mmdebstrap' is not installed to do without",
            "sudo apt-get install mmdebstrap; or give the engine its proxy (its daemon.json), or log in to your registry (docker login)",
        )
    return Ailment("registry", OK, "answers; Debian's image is pulled")


def _images(engine: Engine) -> Ailment:
    toolchain = Toolchain.find()
    rows = Images(engine, toolchain, toolchain.lock).status()
    lacking = [row.name for row in rows if row.status != "ready"]
    if not lacking:
        return Ailment("base images", OK, f"all {len(rows)} are ready")
    return Ailment("base images", WARNING, f"not made yet or out of date: {', '.join(lacking)}", "lab images build")
