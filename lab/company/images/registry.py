"""A company's own registry: Docker's, in a container, on a port of the loopback, its store a folder of the company.

What it holds is read from its store, where each tag keeps a link for every digest that it ever named: a tag that was moved
shows, and nobody need have listened at the moment of a push.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.company.docker.values import Spec
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from pathlib import Path

    from lab.company.docker.engine import Engine
    from lab.company.docker.values import Owner

REGISTRY: Final = "registry"
"""Its port's name in the company's book, and its folder's."""
IMAGE: Final = "lab/registry:2"
INSIDE: Final = 5000
START_SECONDS: Final = 20.0
PAUSE: Final = 0.05
ASK_SECONDS: Final = 2.0
_STORE: Final = "/var/lib/registry"
_REPOSITORIES: Final = "docker/registry/v2/repositories"


@dataclass(frozen=True)
class Registry:
    """A registry that listens on `port` of the loopback; `store` is the folder with all it holds."""

    port: int
    store: Path

    @property
    def name(self) -> str:
        """How it stands before an image's name: the engine takes the loopback's registries without a certificate."""
        return f"{LOOPBACK}:{self.port}"

    def start(self, engine: Engine, owner: Owner) -> str:
        """Start it in a container; gives the container's id. What a dead owner left on its name is removed first.

        Raises:
            WorldUnavailable: it does not come up.
        """
        self.store.mkdir(parents=True, exist_ok=True)
        name = f"{owner.company}-registry"
        engine.remove(name)
        spec = Spec(IMAGE, name=name, ports={INSIDE: self.port}, binds=(f"{self.store}:{_STORE}",), network="bridge", user=_user(engine))
        made = engine.run(spec, owner)
        deadline = time.monotonic() + START_SECONDS
        while not is_serving(self.port):
            state = engine.state(made)
            if time.monotonic() > deadline or state is None or not state.is_running:
                said = engine.logs(made)[-300:].strip()
                engine.remove(made)
                raise WorldUnavailable(
                    f"The company's registry does not come up: {said or 'it said nothing'}.", remedy="`lab doctor` looks at Docker."
                )
            time.sleep(PAUSE)
        return made

    def tags(self, repository: str) -> tuple[str, ...]:
        """The tags of a repository, in the order of their names."""
        return tuple(sorted(path.name for path in self._tags(repository).glob("*") if path.is_dir()))

    def digest(self, repository: str, tag: str) -> str | None:
        """The digest that a tag names now; None if there is no such tag."""
        link = self._tags(repository) / tag / "current/link"
        try:
            return link.read_text(encoding="ascii").strip() or None
        except OSError:
            return None

    def digests(self, repository: str, tag: str) -> tuple[str, ...]:
        """Every digest that a tag ever named, the oldest first."""
        links = (self._tags(repository) / tag / "index/sha256").glob("*/link")
        return tuple(link.read_text(encoding="ascii").strip() for link in sorted(links, key=lambda link: link.stat().st_mtime_ns))

    def _tags(self, repository: str) -> Path:
        return self.store / _REPOSITORIES / repository / "_manifests/tags"


def is_serving(port: int) -> bool:
    """Whether a registry answers there: the engine's own proxy takes connections before anything in the container does."""
    link = http.client.HTTPConnection(LOOPBACK, port, timeout=ASK_SECONDS)
    with contextlib.closing(link), contextlib.suppress(OSError, http.client.HTTPException):
        link.request("GET", "/v2/")
        return link.getresponse().status == http.client.OK
    return False


def _user(engine: Engine) -> str:
    """Ours, so that we may read and remove what it writes; in a rootless engine its root is us."""
    options = engine.info().get("SecurityOptions") or ()
    return "0:0" if any("rootless" in str(one) for one in options) else f"{os.getuid()}:{os.getgid()}"
