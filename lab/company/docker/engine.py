"""A connection to the Docker engine: every call has a deadline of ours, and every failure is a sentence.

docker-py gives an `exec` no timeout at all (docker-py#2651), and an engine that accepts a connection and never answers holds
any other call for a minute. So each call runs beside the caller and is left behind at its deadline.

Importing docker costs 0.1 s: it is read at the first connection, not with this module.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from lab.company.docker import errors
from lab.company.docker.values import Image, Owner, Spec, State, host_options, image_of, pairs, state_of
from lab.company.docker.waiting import OUTPUT_LIMIT, Output, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docker import APIClient

    from lab import process

SECONDS: Final = 20.0
SLOW_SECONDS: Final = 300.0
PING_SECONDS: Final = 5.0
_SOCKETS: Final = ("/var/run/docker.sock", "{runtime}/docker.sock", "{home}/.docker/run/docker.sock", "{home}/.docker/desktop/docker.sock")


def candidates() -> tuple[str, ...]:
    """Where an engine may listen, in the order in which they are tried: DOCKER_HOST alone where that is set."""
    chosen = os.environ.get("DOCKER_HOST")
    if chosen:
        return (chosen,)
    places = {"runtime": os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}"), "home": str(Path.home())}
    return tuple(f"unix://{pattern.format(**places)}" for pattern in _SOCKETS)


def address() -> str:
    """The engine's address; that of the system's socket where none is there.

    Raises:
        WorldUnavailable: DOCKER_HOST names an engine on another machine, whose ports are not ours.
    """
    found = candidates()
    for one in found:
        if not one.startswith("unix://"):
            raise errors.elsewhere(one)
    return next((one for one in found if Path(one.removeprefix("unix://")).exists()), found[0])


@dataclass
class Engine:
    """An engine that answered. Every method raises `WorldUnavailable` when it no longer does, or `EngineRefused` when it says no."""

    api: APIClient
    address: str

    @classmethod
    def connect(cls, where: str | None = None, *, seconds: float = PING_SECONDS) -> Self:
        """Connect to the engine at `where` (default: `address()`), which must answer within `seconds`.

        Raises:
            WorldUnavailable: there is none, it is not ours to use, or it does not answer.
        """
        from docker import APIClient  # noqa: PLC0415 - see above

        chosen = where or address()
        errors.look_at_socket(chosen)
        made = within(seconds, lambda: APIClient(base_url=chosen, version="auto", timeout=int(SLOW_SECONDS)), what="connect")
        return cls(made, chosen)

    def version(self, *, seconds: float = PING_SECONDS) -> str:
        """The engine's version."""
        return str(self.call("say its version", self.api.version, seconds=seconds)["Version"])

    def info(self) -> dict[str, Any]:
        """What the engine says of itself."""
        return dict(self.call("describe itself", self.api.info))

    def call(self, what: str, function: Callable[..., Any], *args: Any, seconds: float = SECONDS, **named: Any) -> Any:
        """`function(*args, **named)` within `seconds`; `what` is told when it fails: "Docker could not {what}"."""
        return within(seconds, lambda: function(*args, **named), what=what)

    def close(self) -> None:
        """Give the connections back."""
        self.api.close()

    # --- containers

    def create(self, spec: Spec, owner: Owner) -> str:
        """Make a container; gives its id. It does not run yet."""
        host = self.api.create_host_config(**host_options(spec))
        networking = None
        if spec.network not in ("none", "host", "bridge"):
            endpoints: Any = {spec.network: self.api.create_endpoint_config(aliases=list(spec.aliases))}
            networking = self.api.create_networking_config(endpoints)
        made = self.call(
            f"make a container of '{spec.image}'",
            self.api.create_container,
            spec.image,
            command=list(spec.command) or None,
            name=spec.name or None,
            hostname=spec.hostname or None,
            user=spec.user or None,
            working_dir=spec.working_dir or None,
            environment=dict(spec.env),
            ports=list(spec.ports) or None,
            host_config=host,
            networking_config=networking,
            labels={**spec.labels, **owner.labels},
        )
        return str(made["Id"])

    def start(self, container: str) -> None:
        """Start it. What can't be started (a port is taken, the network is broken) is not left lying about by `run`."""
        self.call("start a container", self.api.start, container, seconds=60)

    def run(self, spec: Spec, owner: Owner) -> str:
        """Make and start a container; gives its id. One that does not start is removed again."""
        made = self.create(spec, owner)
        try:
            self.start(made)
        except BaseException:
            self.remove(made)
            raise
        return made

    def stop(self, container: str, *, seconds: int = 10) -> None:
        """SIGTERM, `seconds`, SIGKILL. One that is gone is stopped."""
        self._if_there("stop a container", self.api.stop, container, timeout=seconds, seconds=seconds + SECONDS)

    def kill(self, container: str, signal: str = "SIGKILL") -> None:
        """Send a signal to its first process. One that is gone, or does not run, gets none."""
        self._if_there("signal a container", self.api.kill, container, signal=signal)

    def remove(self, container: str) -> None:
        """End it and remove it with its own volumes. One that is gone is removed."""
        self._if_there("remove a container", self.api.remove_container, container, force=True, v=True, seconds=60)

    def _if_there(self, what: str, function: Callable[..., Any], *args: Any, **named: Any) -> None:
        try:
            self.call(what, function, *args, **named)
        except errors.EngineRefused as refused:
            if refused.status not in {404, 409}:  # 409: it does not run, or is being removed already
                raise

    def state(self, container: str) -> State | None:
        """What it is doing; None if there is none."""
        try:
            found = self.call("look at a container", self.api.inspect_container, container)
        except errors.EngineRefused as refused:
            if refused.status == 404:  # noqa: PLR2004 - HTTP's number
                return None
            raise
        return state_of(found)

    def containers(self, labels: Mapping[str, str], *, only_running: bool = False) -> tuple[State, ...]:
        """Those that carry all of `labels`, newest first."""
        rows = self.call("list containers", self.api.containers, all=not only_running, filters={"label": pairs(labels)})
        return tuple(state for row in rows if (state := self.state(row["Id"])))

    def logs(self, container: str, *, lines: int = 200) -> str:
        """The last of what it printed; undecodable bytes become U+FFFD."""
        text = self.call("read a container's log", self.api.logs, container, tail=lines)
        return bytes(text)[-OUTPUT_LIMIT:].decode("utf-8", "replace")

    def wait(self, container: str, *, seconds: float) -> int | None:
        """Wait for its end; gives its exit code, None if it still runs after `seconds`."""
        deadline = time.monotonic() + seconds
        while (state := self.state(container)) and state.status in {"running", "created", "restarting"}:
            if time.monotonic() >= deadline:
                return None
            time.sleep(0.05)
        return state.exit_code if state else None

    def execute(
        self,
        container: str,
        args: Sequence[str],
        *,
        timeout: float,
        user: str = "",
        env: Mapping[str, str] | None = None,
        is_fatal: bool = False,
    ) -> process.Completed:
        """Run a program in a running container. At its deadline it is left behind, or the container is killed if `is_fatal`."""
        began = time.monotonic()
        made = self.call(
            "run a program in a container", self.api.exec_create, container, list(args), user=user, environment=dict(env or {})
        )
        output = Output()
        try:
            within(
                timeout, lambda: output.read(self.api.exec_start(made["Id"], stream=True, demux=True)), what="run a program in a container"
            )
        except errors.Late:
            if is_fatal:
                self.kill(container)
            return output.completed(args, code=-9, seconds=time.monotonic() - began, timed_out=True)
        code = self.call("look at a program", self.api.exec_inspect, made["Id"])["ExitCode"]
        return output.completed(args, code=-1 if code is None else int(code), seconds=time.monotonic() - began)

    # --- networks and volumes

    def make_network(self, name: str, owner: Owner, *, is_internal: bool = False) -> str:
        """Make a bridge network; gives its name. One of that name that is there stays."""
        found = self.call("list networks", self.api.networks, names=[name])
        if not any(one["Name"] == name for one in found):
            options = {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"}
            self.call("make a network", self.api.create_network, name, "bridge", internal=is_internal, labels=owner.labels, options=options)
        return name

    def make_volume(self, name: str, owner: Owner) -> str:
        """Make a volume; gives its name. One of that name that is there stays."""
        self.call("make a volume", self.api.create_volume, name, labels=owner.labels)
        return name

    # --- images

    def image(self, name: str) -> Image | None:
        """The image of that name or id; None if the engine has none."""
        try:
            found = self.call("look at an image", self.api.inspect_image, name)
        except errors.EngineRefused as refused:
            if refused.status == 404:  # noqa: PLR2004 - HTTP's number
                return None
            raise
        return image_of(found)

    def images(self, labels: Mapping[str, str]) -> tuple[Image, ...]:
        """Those that carry all of `labels`; an empty value means any."""
        rows = self.call("list images", self.api.images, filters={"label": pairs(labels)})
        return tuple(image for row in rows if (image := self.image(row["Id"])))

    def tag(self, image: str, name: str) -> None:
        """Give an image a name: `repository:tag`."""
        repository, _, tag = name.rpartition(":")
        self.call("name an image", self.api.tag, image, repository, tag, force=True)

    def remove_image(self, name: str) -> None:
        """Remove a name, and the image with its last one. What is gone, or in use, stays as it is."""
        self._if_there("remove an image", self.api.remove_image, name, noprune=False, seconds=60)

    def disk(self) -> Path:
        """Where the engine keeps what it has; only meaningful where that is on this machine."""
        return Path(str(self.info()["DockerRootDir"]))
