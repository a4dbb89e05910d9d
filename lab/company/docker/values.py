"""What is said of containers and images, as frozen values, and how the engine writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKSPACE: Final = "lab.workspace"
COMPANY: Final = "lab.company"
_LOGS: Final = {"type": "json-file", "config": {"max-size": "1m", "max-file": "2"}}


@dataclass(frozen=True)
class Owner:
    """Whose a container, network, volume or image is: the workspace's live company, and the company itself."""

    workspace: str
    company: str

    @property
    def labels(self) -> dict[str, str]:
        """What everything of theirs carries, and is found by."""
        return {WORKSPACE: self.workspace, COMPANY: self.company}


@dataclass(frozen=True)
class Spec:
    """A container of ours, as it is to run. Times are seconds, memory is bytes.

    `ports` leads a port of the container to one of the loopback; `binds` are `source:target[:ro]`; `capabilities` are
    those kept of none, unless `is_trusted`.
    """

    image: str
    name: str = ""
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[int, int] = field(default_factory=dict)
    binds: tuple[str, ...] = ()
    tmpfs: tuple[str, ...] = ()
    network: str = "none"
    aliases: tuple[str, ...] = ()
    user: str = ""
    hostname: str = ""
    working_dir: str = ""
    memory: int = 512_000_000
    processes: int = 256
    cpus: float = 2.0
    capabilities: tuple[str, ...] = ()
    is_trusted: bool = False
    is_read_only: bool = False
    has_init: bool = False
    stop_seconds: int = 10
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Image:
    """An image that the engine has. `size` is in bytes; `digests` are `repository@sha256:…`."""

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    labels: Mapping[str, str]
    size: int
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """A container at one moment."""

    id: str
    name: str
    image: str
    status: str
    exit_code: int
    is_out_of_memory: bool
    address: str
    labels: Mapping[str, str]
    ports: Mapping[int, int]

    @property
    def is_running(self) -> bool:
        """Whether its first process lives."""
        return self.status == "running"


def pairs(labels: Mapping[str, str]) -> list[str]:
    """Labels as the engine's filters want them; an empty value means any."""
    return [f"{name}={value}" if value else name for name, value in labels.items()]


def host_options(spec: Spec) -> dict[str, Any]:
    """The options of the host configuration."""
    limits: dict[str, Any] = {
        "mem_limit": spec.memory,
        "memswap_limit": spec.memory,
        "pids_limit": spec.processes,
        "nano_cpus": int(spec.cpus * 1e9),
        "log_config": _LOGS,
        "network_mode": spec.network,
        "init": spec.has_init,
        "read_only": spec.is_read_only,
        "binds": list(spec.binds),
        "tmpfs": dict.fromkeys(spec.tmpfs, ""),
        "port_bindings": {inside: ("127.0.0.1", outside or None) for inside, outside in spec.ports.items()},
        "extra_hosts": {},
    }
    if not spec.is_trusted:
        limits |= {"cap_drop": ["ALL"], "cap_add": list(spec.capabilities), "security_opt": ["no-new-privileges"]}
    return limits


def state_of(found: Mapping[str, Any]) -> State:
    """What `inspect` says of a container."""
    state, network = found["State"], found["NetworkSettings"]
    published = {int(inside.split("/")[0]): int(rows[0]["HostPort"]) for inside, rows in (network.get("Ports") or {}).items() if rows}
    addresses = [one["IPAddress"] for one in (network.get("Networks") or {}).values() if one.get("IPAddress")]
    return State(
        id=found["Id"],
        name=found["Name"].lstrip("/"),
        image=found["Image"],
        status=state["Status"],
        exit_code=int(state["ExitCode"]),
        is_out_of_memory=bool(state.get("OOMKilled")),
        address=addresses[0] if addresses else "",
        labels=found["Config"].get("Labels") or {},
        ports=published,
    )


def image_of(found: Mapping[str, Any]) -> Image:
    """What `inspect` says of an image."""
    return Image(
        id=found["Id"],
        tags=tuple(found.get("RepoTags") or ()),
        digests=tuple(found.get("RepoDigests") or ()),
        labels=(found.get("Config") or {}).get("Labels") or {},
        size=int(found["Size"]),
        layers=tuple((found.get("RootFS") or {}).get("Layers") or ()),
    )
