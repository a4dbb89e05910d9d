"""What a container, an exec, a network or a volume of a learner's may be made of: the bodies of requests, judged and labelled.

Deny by default: a setting that is not named here must be empty. The engine reads the names of settings whatever their case, so a
name that is not written exactly as the engine's manual writes it is refused too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab.company.docker.asked import NotLetThrough

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

LOOPBACK: Final = "127.0.0.1"
MEMORY: Final = 1_000_000_000
PROCESSES: Final = 512


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_USUAL: Final = words(
    "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT"
)
_CONFIG: Final = words(
    "Hostname Domainname User AttachStdin AttachStdout AttachStderr ExposedPorts Tty OpenStdin StdinOnce Env Cmd Healthcheck "
    "ArgsEscaped Image Volumes WorkingDir Entrypoint NetworkDisabled MacAddress OnBuild Labels StopSignal StopTimeout Shell "
    "HostConfig NetworkingConfig"
)
_HARMLESS: Final = words(
    "AutoRemove BlkioWeight CapDrop ConsoleSize CpuCount CpuPercent CpuPeriod CpuQuota CpuShares CpusetCpus CpusetMems Dns "
    "DnsOptions DnsSearch ExtraHosts GroupAdd IOMaximumBandwidth IOMaximumIOps Init KernelMemory KernelMemoryTCP Memory "
    "MemoryReservation MemorySwap MemorySwappiness NanoCpus PidsLimit PortBindings ReadonlyRootfs RestartPolicy ShmSize Tmpfs "
    "Ulimits"
)
_EXEC: Final = words("User Tty AttachStdin AttachStdout AttachStderr Env Cmd DetachKeys WorkingDir ConsoleSize Detach Container Privileged")
_NETWORK: Final = words("Name CheckDuplicate Driver Internal Attachable Ingress IPAM EnableIPv6 EnableIPv4 Options Labels Scope")
_VOLUME: Final = frozenset(["Name", "Driver", "DriverOpts", "Labels"])
_MOUNT: Final = words("Type Source Target ReadOnly Consistency BindOptions VolumeOptions TmpfsOptions")
_PRIVATE: Final = frozenset({"", "private", "none", "shareable"})
_NETWORKS: Final = frozenset({"", "default", "bridge", "none"})
_LOGS: Final = frozenset({"", "json-file", "local", "none"})


@dataclass(frozen=True)
class Bounds:
    """What is a company's own: its labels, and the folders that its containers may be shown."""

    labels: Mapping[str, str]
    folders: tuple[Path, ...]


@dataclass(frozen=True)
class Wanted:
    """A container as it may be made: its body, and what it names that must be the company's own."""

    body: dict[str, Any]
    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


def container(body: Any, bounds: Bounds) -> Wanted:
    """Judge a container that is to be made.

    Raises:
        NotLetThrough: with the sentence for whoever asked.
    """
    config = _known(body, _CONFIG, "a container")
    host = dict(config.get("HostConfig") or {})
    judged = {name: judge(host.get(name)) for name, judge in _SETTINGS.items()}
    for name, value in host.items():
        if name not in _HARMLESS and name not in _JUDGED and value:
            raise NotLetThrough(f"The container's setting '{name}' is not let through.")
    binds, volumes = _binds(host.get("Binds"), bounds)
    mounts, more = _mounts(host.get("Mounts"), bounds)
    networks = _networks(config.get("NetworkingConfig"))
    containers = _names(host.get("VolumesFrom"))
    mode = str(host.get("NetworkMode") or "")
    if mode.startswith("container:"):
        containers = (*containers, mode.removeprefix("container:"))
    elif mode not in _NETWORKS:
        networks = (*networks, mode)
    host |= {"Binds": binds, "Mounts": mounts, "PortBindings": _ports(host.get("PortBindings")), **judged}
    host["Memory"] = host.get("Memory") or MEMORY
    limit = host.get("PidsLimit") or 0
    host["PidsLimit"] = limit if limit > 0 else PROCESSES
    config |= {"HostConfig": host, "Labels": {**(config.get("Labels") or {}), **bounds.labels}}
    return Wanted(config, containers, networks, (*volumes, *more))


def execution(body: Any) -> dict[str, Any]:
    """Judge a program that is to run in a container."""
    told = _known(body, _EXEC, "an exec")
    if told.get("Privileged"):
        raise NotLetThrough("A privileged exec is not let through: it would have the rights of root on this machine.")
    return told


def network(body: Any, bounds: Bounds) -> dict[str, Any]:
    """Judge a network that is to be made: a bridge, whose published ports are on the loopback alone."""
    told = _known(body, _NETWORK, "a network")
    if told.get("Driver") not in {None, "", "bridge"} or told.get("Options") or told.get("Ingress"):
        raise NotLetThrough("Only a plain bridge network is let through: no other driver, and no options for it.")
    if (told.get("IPAM") or {}).get("Driver") not in {None, "", "default"}:
        raise NotLetThrough("Only the usual way of giving addresses is let through in a network.")
    options = {"com.docker.network.bridge.host_binding_ipv4": LOOPBACK}
    return {**told, "Driver": "bridge", "Options": options, "Labels": {**(told.get("Labels") or {}), **bounds.labels}}


def volume(body: Any, bounds: Bounds) -> dict[str, Any]:
    """Judge a volume that is to be made: of the engine's own disk."""
    told = _known(body, _VOLUME, "a volume")
    if told.get("Driver") not in {None, "", "local"} or told.get("DriverOpts"):
        raise NotLetThrough("Only a plain volume is let through: with options, it could be any folder of this machine.")
    return {**told, "Labels": {**(told.get("Labels") or {}), **bounds.labels}}


def _known(body: Any, names: Collection[str], what: str) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise NotLetThrough(f"The request for {what} is no JSON object.")
    for name, value in body.items():
        if name not in names and value:
            raise NotLetThrough(f"The setting '{name}' of {what} is not let through.")
    return {name: value for name, value in body.items() if name in names}


def _one_of(allowed: Collection[str], what: str) -> Callable[[Any], Any]:
    def judge(value: Any) -> Any:
        if (value or "") not in allowed:
            raise NotLetThrough(f"{what} '{value}' is not let through: it would be that of this machine or of another container.")
        return value

    return judge


def _nothing(what: str) -> Callable[[Any], Any]:
    def judge(value: Any) -> Any:
        if value:
            raise NotLetThrough(f"{what} is not let through: the container could reach out of itself.")
        return value

    return judge


def _hidden(value: Any) -> Any:
    """The kernel's files that a container does not see, or not change: None leaves the engine's own list, an empty one shows all."""
    if value is not None:
        raise NotLetThrough("Seeing the kernel's own files is not let through: the container could reach out of itself.")
    return value


def _network_mode(value: Any) -> Any:
    if str(value or "").startswith("host"):
        raise NotLetThrough("The network of this machine ('--network host') is not let through; publish a port: -p 127.0.0.1::8000.")
    return value


def _capabilities(value: Any) -> Any:
    asked = {str(name).upper().removeprefix("CAP_") for name in value or ()}
    if more := sorted(asked - _USUAL):
        raise NotLetThrough(f"The capability '{more[0]}' is not let through: containers have the usual ones at most.")
    return value


def _security(value: Any) -> Any:
    for one in value or ():
        if str(one) not in {"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"}:
            raise NotLetThrough(f"The security option '{one}' is not let through.")
    return value


def _logs(value: Any) -> Any:
    if ((value or {}).get("Type") or "") not in _LOGS:
        raise NotLetThrough("Only the engine's own logs are let through (json-file, local, none).")
    return value


def _publish_all(value: Any) -> Any:
    if value:
        raise NotLetThrough(
            "Publishing every port ('-P') is not let through, since it opens them to the network; name one: -p 127.0.0.1::8000."
        )
    return value


def _score(value: Any) -> Any:
    if (value or 0) < 0:
        raise NotLetThrough("A container that is the last to go when memory runs out is not let through.")
    return value


_SETTINGS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "Privileged": _nothing("A privileged container"),
    "NetworkMode": _network_mode,
    "PidMode": _one_of({"", "private"}, "The process space"),
    "IpcMode": _one_of(_PRIVATE, "The shared memory"),
    "UTSMode": _one_of({"", "private"}, "The host name"),
    "UsernsMode": _one_of({"", "private"}, "The user space"),
    "CgroupnsMode": _one_of({"", "private"}, "The control groups"),
    "CapAdd": _capabilities,
    "SecurityOpt": _security,
    "MaskedPaths": _hidden,
    "ReadonlyPaths": _hidden,
    "LogConfig": _logs,
    "PublishAllPorts": _publish_all,
    "OomScoreAdj": _score,
    "Runtime": _one_of({"", "runc"}, "The runtime"),
    "VolumeDriver": _one_of({"", "local"}, "The volume driver"),
}
_JUDGED: Final = frozenset(_SETTINGS) | {"Binds", "Mounts", "VolumesFrom", "PortBindings"}


def _ports(bindings: Any) -> dict[str, Any]:
    """The same ports, on the loopback whatever was asked for."""
    return {inside: [{**row, "HostIp": LOOPBACK} for row in rows or ()] for inside, rows in (bindings or {}).items()}


def _binds(binds: Any, bounds: Bounds) -> tuple[list[str], tuple[str, ...]]:
    """`source:target[:options]`: a folder of the company's, or a volume."""
    kept, volumes = [], []
    for bind in binds or ():
        source, _, rest = str(bind).partition(":")
        if source.startswith(("/", "~", ".")):
            kept.append(f"{_folder(source, bounds)}:{rest}")
        else:
            volumes += [source] if rest else []
            kept.append(str(bind))
    return kept, tuple(volumes)


def _mounts(mounts: Any, bounds: Bounds) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    kept, volumes = [], []
    for mount in mounts or ():
        told = _known(mount, _MOUNT, "a mount")
        kind, source = told.get("Type"), str(told.get("Source") or "")
        if kind == "bind":
            told["Source"] = _folder(source, bounds)
        elif kind == "volume":
            if (told.get("VolumeOptions") or {}).get("DriverConfig"):
                raise NotLetThrough("Only a plain volume is let through: with options, it could be any folder of this machine.")
            told["VolumeOptions"] = {"Labels": dict(bounds.labels)}
            volumes += [source] if source else []
        elif kind != "tmpfs":
            raise NotLetThrough(f"A mount of the kind '{kind}' is not let through.")
        kept.append(told)
    return kept, tuple(volumes)


def _folder(source: str, bounds: Bounds) -> str:
    """The real path of a folder that may be shown to a container."""
    real = Path(os.path.realpath(source))
    if not source.startswith("/") or not any(real.is_relative_to(os.path.realpath(folder)) for folder in bounds.folders):
        raise NotLetThrough(f"The folder '{source}' is not let through: a container may only be shown what lies in the folder of its job.")
    return str(real)


def _names(entries: Any) -> tuple[str, ...]:
    return tuple(str(entry).partition(":")[0] for entry in entries or ())


def _networks(config: Any) -> tuple[str, ...]:
    if not config:
        return ()
    endpoints = _known(config, {"EndpointsConfig"}, "a container's networks").get("EndpointsConfig") or {}
    for endpoint in endpoints.values():
        if (endpoint or {}).get("DriverOpts") or (endpoint or {}).get("Links"):
            raise NotLetThrough("Options and links of a container's network are not let through.")
    return tuple(str(name) for name in endpoints if name not in _NETWORKS)
