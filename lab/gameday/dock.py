"""Where the learner's images are built, run and asked: everything that a scene does with Docker goes through here."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lab.company.customers import asking
from lab.company.docker.errors import EngineRefused
from lab.company.docker.values import Spec
from lab.company.git import Git
from lab.errors import LabError
from lab.gameday.imaging import Built, ImageTried, Life
from lab.gameday.listening import listens_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lab.company.docker.engine import Engine
    from lab.company.docker.values import Owner
    from lab.company.images.registry import Registry
    from lab.company.loop import Loop
    from lab.gameday.outcomes import Observation
    from lab.gameday.stagehand import Stagehand

PORT: Final = 8000
BUILD_SECONDS: Final = 300.0
ANSWER_SECONDS: Final = 40.0
SETTLE_SECONDS: Final = 5.0
PAUSE: Final = 0.1
EXECUTE_SECONDS: Final = 10.0
LINES: Final = 30
DATA: Final = "/data"
PRODUCTION: Final = {
    "STOREFRONT_ENV": "prod",
    "DATABASE_URL": f"sqlite:///{DATA}/shop.db",
    "PAYMENTS_KEY": "not-a-real-key",
    "LOG_LEVEL": "info",
}


@dataclass(frozen=True)
class Conditions:
    """How a container is started; `under` says it in words. The rest is as in `docker run`."""

    under: str = "with production's settings"
    env: Mapping[str, str] | None = None
    user: str = ""
    has_capabilities: bool = True
    is_read_only: bool = False
    memory: int = 512_000_000


@dataclass(frozen=True)
class Container:
    """A container that runs: its name to the engine, its port on the loopback, the folder that is its `/data`."""

    id: str
    port: int
    data: Path


class Dock:
    """The images and containers of one scene."""

    def __init__(self, hand: Stagehand) -> None:
        self._hand = hand
        self._built: set[str] = set()

    @property
    def engine(self) -> Engine:
        """The engine.

        Raises:
            WorldUnavailable: there is none, with the way to get one.
        """
        return self._hand.company.harbour.engine

    @property
    def owner(self) -> Owner:
        """Whose everything here is."""
        return self._hand.company.harbour.owner

    @property
    def registry(self) -> Registry:
        """The company's registry, whether or not it runs."""
        return self._hand.company.harbour.registry

    @property
    def loop(self) -> Loop:
        """The company's own loop: whoever asks much at once does it there."""
        return self._hand.company.loop

    def environment(self) -> dict[str, str]:
        """What a verb finds beside the usual: the engine and the registry."""
        return self._hand.company.harbour.environment(self._hand.folder("docker"))

    def close(self) -> None:
        """Take the names of the images away that were built here."""
        for reference in self._built:
            with contextlib.suppress(LabError):
                self.forget(reference)

    def forget(self, reference: str) -> None:
        """Take an image's name away. Its layers stay, untagged: they are the cache of the next build."""
        self.engine.call("remove an image", self.engine.api.remove_image, reference, force=True, noprune=True)

    # -- images -----------------------------------------------------------------------------------------------------------

    def build(self, *, clone: Path | None = None, sha: str = "", extra: Mapping[str, str] | None = None) -> Built:
        """Run the `build` verb, in a fresh clone of `main` or in `clone`, for the commit that is checked out there."""
        place = clone or self._hand.teammate("lena").git.directory
        commit = sha or Git(place).out("rev-parse", "HEAD")
        reference = f"{self.registry.name}/{self._hand.company.repository}:{commit}"
        self._built.add(reference)
        env = self.environment() | dict(extra or {})
        harbour, losses = self._hand.company.harbour, self._hand.company.harbour.losses
        run = self._hand.verb_in(place, "build", sha=commit, limit=BUILD_SECONDS, extra=env, blanks={"sha": commit, "image": reference})
        if run.exit != 0:
            harbour.look(losses)  # what failed because the engine went away has not failed
        image = self.engine.image(reference) if run.exit == 0 else None
        return Built(commit, reference, run, image.id if image else "", image.size if image else 0)

    def tried(self, built: Built, conditions: Conditions | None = None) -> ImageTried:
        """Run the image and let customers ask it, if there is one."""
        if not built.id:
            return ImageTried(built)
        with self.life(built.id, conditions or Conditions()) as (life, container):
            if container and life.answered is not None:
                return ImageTried(built, replace(life, seen=self.observe(container, built.sha)))
            return ImageTried(built, life)

    # -- containers -------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def life(self, image: str, conditions: Conditions) -> Iterator[tuple[Life, Container | None]]:
        """A container of `image`, until the `with` ends; what became of its start is known when it begins."""
        data = self._hand.folder("data")
        data.mkdir(parents=True)
        data.chmod(0o777)  # whichever user the image runs as
        try:
            made = self.engine.run(self._spec(image, conditions, data), self.owner)
        except EngineRefused as refused:
            yield Life(conditions.under, problem=f"{refused.message}."), None
            return
        try:
            state = self.engine.state(made)
            container = Container(made, state.ports.get(PORT, 0) if state else 0, data)
            yield self._begun(container, conditions), container
        finally:
            self.engine.remove(made)

    def _spec(self, image: str, conditions: Conditions, data: Path) -> Spec:
        return Spec(
            image=image,
            env=PRODUCTION | dict(conditions.env or {}),
            ports={PORT: 0},
            binds=(f"{data}:{DATA}",),
            tmpfs=("/tmp",),  # noqa: S108 - the container's own
            network="bridge",
            user=conditions.user,
            memory=conditions.memory,
            is_trusted=conditions.has_capabilities,
            is_read_only=conditions.is_read_only,
        )

    def _begun(self, container: Container, conditions: Conditions) -> Life:
        """Wait until it answers anything at all, ends, or is out of time."""
        began = time.monotonic()
        deadline = began + ANSWER_SECONDS
        while time.monotonic() < deadline:
            if self.status(container, "/healthz"):
                return Life(conditions.under, answered=time.monotonic() - began, log=self.log(container))
            state = self.engine.state(container.id)
            if state is None or not state.is_running:
                return Life(conditions.under, exit=state.exit_code if state else 0, log=self.log(container))
            time.sleep(PAUSE)
        return Life(conditions.under, log=self.log(container), listens=listens_on(self.engine, container.id))

    def status(self, container: Container, path: str) -> int:
        """The status with which a path answers; 0 when nothing comes back."""
        return self._get(container, path).status

    def asked(self, container: Container, path: str) -> Any:
        """What a path answers with; None when nothing comes back."""
        return self._get(container, path).body

    def _get(self, container: Container, path: str) -> asking.Answer:
        return self._hand.company.loop.call(asking.ask(container.port, {"method": "GET", "path": path}), timeout=10)

    def log(self, container: Container) -> str:
        """The last lines of what it printed."""
        return self.engine.logs(container.id, lines=LINES)

    def observe(self, container: Container, sha: str) -> Observation:
        """Let customers come to this container, through the front door, and hold every answer against the oracle."""
        door = self._hand.company.door
        before, door.upstream = door.upstream, container.port
        try:
            return self._hand.observe(sha, within=SETTLE_SECONDS)
        finally:
            door.upstream = before

    def first_process(self, container: Container) -> tuple[str, ...]:
        """The words of process 1, where the image has a program that can tell."""
        done = self.engine.execute(container.id, ["cat", "/proc/1/cmdline"], timeout=EXECUTE_SECONDS)
        return tuple(word for word in done.output.split("\0") if word) if done.is_success else ()

    def python_of(self, container: Container) -> str:
        """The interpreter that the container's first process runs with; 'python3' where that is not known."""
        words = self.first_process(container)
        return words[0] if words and words[0].rpartition("/")[2].startswith("python") else "python3"

    def inspected(self, name: str) -> dict[str, Any]:
        """The configuration of an image."""
        return dict(self.engine.call("look at an image", self.engine.api.inspect_image, name)["Config"] or {})
