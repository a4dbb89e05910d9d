"""The company's own corner of the Docker engine: whose things are whose, its registry, and what jobs and verbs find of both."""

from __future__ import annotations

import contextlib
import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final

from lab.company.docker import sweeping
from lab.company.docker.engine import Engine
from lab.company.docker.errors import EngineRefused, start_command
from lab.company.docker.values import Owner
from lab.company.images.building import Images
from lab.company.images.registry import REGISTRY, Registry
from lab.errors import LabError, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.company.docker.gatekeeper import Gatekeeper
    from lab.company.loop import Loop
    from lab.company.pipelines.toolchain import Toolchain
    from lab.company.servers.ports import PortBook
    from lab.ledger.store import Ledger

PUSHED: Final = "image.pushed"
BASES: Final = ("python", "registry")


class Harbour:
    """One company's corner. Nothing is asked of the engine before something of it is needed.

    Every part raises `WorldUnavailable` where there is no engine, with the way to get one.
    """

    def __init__(self, company: str, root: Path, *, book: PortBook, ledger: Ledger, toolchain: Toolchain, loop: Loop) -> None:
        self.owner = Owner(company, company)
        self._loop = loop
        self._root = root
        self._book = book
        self._ledger = ledger
        self._toolchain = toolchain
        self._lock = threading.RLock()
        self._container = ""

    @cached_property
    def engine(self) -> Engine:
        """The engine, with the base images on it."""
        return self.prepare(lambda _: None)

    def prepare(self, tell: Callable[[str], None]) -> Engine:
        """Connect, and make the base images that are missing: a minute or two, once for a machine. `tell` hears of it."""
        engine = Engine.connect()
        Images(engine, self._toolchain, self._toolchain.lock).ensure(BASES, tell)
        return engine

    @property
    def registry(self) -> Registry:
        """The registry, whether or not it runs.

        Raises:
            WorldUnavailable: the company never started.
        """
        return Registry(self._book.number(REGISTRY), self._root / REGISTRY)

    @property
    def is_open(self) -> bool:
        """Whether the registry was started from here."""
        return bool(self._container)

    def open(self) -> Registry:
        """The registry, running."""
        with self._lock:
            registry = self.registry
            state = self.engine.state(self._container) if self._container else None
            if state is None or not state.is_running:  # it ends with the engine, which may have been started again
                self._container = registry.start(self.engine, self.owner)
            return registry

    @cached_property
    def socket(self) -> Gatekeeper:
        """The only way in which jobs and verbs reach the engine: it lets through what is the company's own."""
        from lab.company.docker.gatekeeper import Gatekeeper  # noqa: PLC0415 - HTTP's parser: no author's command needs it

        return Gatekeeper(self._loop, self.engine.address.removeprefix("unix://"), self.owner, self.registry.name)

    @property
    def losses(self) -> int:
        """How often the engine was gone when a job or a verb asked for it."""
        return self.socket.losses if "socket" in vars(self) else 0

    def look(self, losses: int = 0) -> None:
        """See that the engine answers, and that it was not gone since there were `losses`.

        Raises:
            WorldUnavailable: it does not, or it was.
        """
        self.engine.version()
        if self.losses > losses:
            raise WorldUnavailable(
                "The Docker engine went away in the middle of the work.",
                remedy=f"Run the command again; if it happens again, `lab doctor` looks at the engine ({start_command()} starts it).",
            )

    def environment(self, home: Path) -> dict[str, str]:
        """What a job or a verb finds: the company's socket, the registry, and an empty folder for the client's own settings.

        What lies in the folder around `home` may be shown to containers.
        """
        home.mkdir(parents=True, exist_ok=True)
        self.socket.folders.add(home.parent)
        return {
            "DOCKER_HOST": self.socket.start(),
            "DOCKER_BUILDKIT": "0",
            "DOCKER_CONFIG": str(home),
            "REGISTRY": self.registry.name,
        }

    def note_pushes(self, repository: str) -> None:
        """Write into the ledger what the registry has of a repository and the ledger does not know yet."""
        with self._lock:
            registry = self.registry
            known = {(event.data["repository"], event.data["tag"], event.data["digest"]) for event in self._ledger.events(PUSHED)}
            rows = [
                (PUSHED, "", "registry", {"repository": repository, "tag": tag, "digest": digest})
                for tag in registry.tags(repository)
                for digest in registry.digests(repository, tag)
                if (repository, tag, digest) not in known
            ]
            if rows:
                self._ledger.append_many(rows)

    def close(self) -> None:
        """End the registry and all that is ours on the engine; what the registry holds stays in its folder."""
        with self._lock, contextlib.suppress(LabError):
            self._container = ""
            if "socket" in vars(self):
                self.socket.stop()
                del self.socket
            if "engine" in vars(self):
                clear(self.engine, self.owner.company, self.registry.name)
                self.engine.close()
                del self.engine


def clear(engine: Engine, company: str, registry: str) -> None:
    """Remove a company's containers, networks and volumes, those of its images, and the names that images have for its registry.

    Their layers stay, untagged: they are the cache of the next build. `lab images prune` removes them.

    Raises:
        WorldUnavailable: the engine went away.
    """
    for row in engine.call("list containers", engine.api.containers, all=True):
        if str(row.get("Image", "")).startswith(f"{registry}/"):  # a job started it, and was killed before it could end it
            engine.remove(row["Id"])
    sweeping.sweep_company(company, engine=engine)
    names = engine.call("list images", engine.api.images, name=f"{registry}/*")
    for name in {name for row in names for name in (*(row.get("RepoTags") or ()), *(row.get("RepoDigests") or ()))}:
        if name.startswith(f"{registry}/"):
            with contextlib.suppress(EngineRefused):
                engine.call("remove an image", engine.api.remove_image, name, force=True, noprune=True)
