"""What a company's jobs and verbs may ask of the Docker engine: a list of requests, each with its judge. All else is refused.

What a build, a push and a run of the company's own need is let through, with the company's labels put on whatever comes into being.
Containers, networks and volumes are seen, used and removed only by the company that made them; images are read by everybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from lab.company.docker import permitted
from lab.company.docker.asked import Asked, NotLetThrough
from lab.company.docker.values import COMPANY

if TYPE_CHECKING:
    from lab.company.docker.permitted import Bounds

Look = Callable[[str], Awaitable[tuple[int, Any]]]
"""Asks the engine for a path; gives the status and the JSON."""

OK: Final = 200
BUILD_MEMORY: Final = 2_000_000_000
BASES: Final = "lab/"
_PREDEFINED: Final = frozenset({"bridge", "none"})
_BUILD: Final = permitted.words(
    "dockerfile t q nocache cachefrom pull rm forcerm memory memswap cpushares cpusetcpus cpuperiod cpuquota buildargs shmsize "
    "labels networkmode platform target version ulimits extrahosts"
)
_BUILD_NETWORKS: Final = frozenset({"", "default", "bridge", "none"})
_LOCAL: Final = re.compile(r"(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+/")


@dataclass(frozen=True)
class Policy:
    """The rules of one company: its bounds, its registry's name, and a way to look at the engine."""

    bounds: Bounds
    registry: str
    look: Look

    async def judge(self, asked: Asked) -> Asked:
        """The request as it may be passed on.

        Raises:
            NotLetThrough: with the sentence for whoever asked.
        """
        for method, pattern, judge in _ROUTES:
            found = pattern.fullmatch(asked.path)
            if found and asked.method in method.split():
                return await judge(self, asked, found)
        raise NotLetThrough(
            f"'{asked.method} {asked.path}' is not let through: the company's socket is for its own builds, pushes and containers."
        )

    async def own(self, kind: str, name: str) -> str:
        """The engine's id of a container, network or volume of this company, by which it is passed on."""
        status, found = await self.look(f"/{kind}s/{quote(name, safe='')}" + ("/json" if kind == "container" else ""))
        if status != OK:
            raise NotLetThrough(f"No such {kind}: {name}")
        labels = found["Config"]["Labels"] if kind == "container" else found.get("Labels")
        if (labels or {}).get(COMPANY) != self.bounds.labels[COMPANY]:
            raise NotLetThrough(f"No such {kind}: {name} (there is one, and it is not this company's)")
        return str(found.get("Id") or found["Name"])

    def name(self, reference: str) -> str:
        """The name of an image, as somebody here may give or publish it."""
        if reference.startswith((BASES, f"docker.io/{BASES}")):
            raise NotLetThrough(f"The name '{reference}' is not let through: what is called '{BASES}…' is everybody's base image.")
        if _LOCAL.match(reference) and not reference.startswith(f"{self.registry}/"):
            raise NotLetThrough(f"The name '{reference}' is not let through: this company's registry is '{self.registry}'.")
        return reference


def needs_body(method: str, path: str) -> bool:
    """Whether a request is judged by the JSON that comes with it."""
    return method == "POST" and bool(re.fullmatch(r"/containers/create|/containers/[^/]+/exec|/networks/create|/networks/[^/]+/connect|"
                                                  r"/networks/[^/]+/disconnect|/volumes/create", path))  # fmt: skip


Judge = Callable[[Policy, Asked, re.Match[str]], Awaitable[Asked]]


async def _as_it_is(_: Policy, asked: Asked, __: re.Match[str]) -> Asked:
    return asked


async def _listed(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    """A list, or a clean-up: only of what is the company's."""
    told = _object(asked.value("filters") or "{}", "filters")
    filters = {name: values if isinstance(values, dict) else dict.fromkeys(values or (), True) for name, values in told.items()}
    filters.setdefault("label", {})[f"{COMPANY}={policy.bounds.labels[COMPANY]}"] = True
    return asked.with_value("filters", json.dumps(filters))


async def _created(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    wanted = permitted.container(asked.body, policy.bounds)
    for name in wanted.containers:
        await policy.own("container", name)
    for name in wanted.networks:
        await policy.own("network", name)
    for name in wanted.volumes:
        await _own_or_new_volume(policy, name)
    return replace(asked, body=wanted.body)


async def _own_or_new_volume(policy: Policy, name: str) -> None:
    """A volume that is not there would be made without a label: nobody would find it again."""
    status, found = await policy.look(f"/volumes/{quote(name, safe='')}")
    if status != OK:
        raise NotLetThrough(f"There is no volume '{name}' yet: make it first, `docker volume create {name}`.")
    if (found.get("Labels") or {}).get(COMPANY) != policy.bounds.labels[COMPANY]:
        raise NotLetThrough(f"No such volume: {name} (there is one, and it is not this company's)")


async def _one_container(policy: Policy, asked: Asked, found: re.Match[str]) -> Asked:
    name = await policy.own("container", found["name"])
    asked = replace(asked, path=f"/containers/{name}{found['rest'] or ''}")
    if asked.method == "DELETE":
        return asked.with_value("v", "1")  # else its unnamed volumes stay, which carry no label
    return replace(asked, body=permitted.execution(asked.body)) if asked.body is not None else asked


async def _one_exec(policy: Policy, asked: Asked, found: re.Match[str]) -> Asked:
    status, told = await policy.look(f"/exec/{found['name']}/json")
    if status != OK:
        raise NotLetThrough(f"No such exec: {found['name']}")
    await policy.own("container", str(told["ContainerID"]))
    return asked


async def _one_network(policy: Policy, asked: Asked, found: re.Match[str]) -> Asked:
    if asked.method == "GET" and found["name"] in _PREDEFINED:
        return asked
    name = await policy.own("network", found["name"])
    if asked.body is not None:
        body = {key: asked.body.get(key) for key in ("Container", "Force", "EndpointConfig") if asked.body.get(key)}
        return replace(asked, path=f"/networks/{name}{found['rest']}", body=body | {"Container": await _member(policy, body)})
    return replace(asked, path=f"/networks/{name}")


async def _member(policy: Policy, body: Mapping[str, Any]) -> str:
    if (body.get("EndpointConfig") or {}).get("DriverOpts"):
        raise NotLetThrough("Options of a container's network are not let through.")
    return await policy.own("container", str(body.get("Container") or ""))


async def _one_volume(policy: Policy, asked: Asked, found: re.Match[str]) -> Asked:
    await policy.own("volume", found["name"])
    return asked


async def _made_network(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    return replace(asked, body=permitted.network(asked.body, policy.bounds))


async def _made_volume(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    body = permitted.volume(asked.body, policy.bounds)
    if body.get("Name"):
        status, found = await policy.look(f"/volumes/{quote(str(body['Name']), safe='')}")
        if status == OK and (found.get("Labels") or {}).get(COMPANY) != policy.bounds.labels[COMPANY]:
            raise NotLetThrough(f"There is a volume '{body['Name']}' already, and it is not this company's.")
    return replace(asked, body=body)


async def _built(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    for key, value in asked.query:
        if key not in _BUILD and value not in {"", "0", "null", "{}", "[]", "false"}:
            raise NotLetThrough(f"The setting '{key}' of a build is not let through; the company builds with the classic builder.")
    if asked.value("networkmode") not in _BUILD_NETWORKS:
        raise NotLetThrough(f"A build on the network '{asked.value('networkmode')}' is not let through.")
    if asked.value("version") not in {"", "1"}:
        raise NotLetThrough("BuildKit is not let through; the company builds with the classic builder (DOCKER_BUILDKIT=0).")
    for name in asked.values("t"):
        policy.name(name)
    asked = replace(asked, query=tuple(pair for pair in asked.query if pair[0] in _BUILD))
    labels = _object(asked.value("labels") or "{}", "labels") | {COMPANY: policy.bounds.labels[COMPANY]}  # one: each is a step
    asked = asked.with_value("labels", json.dumps(labels)).with_value("forcerm", "1")
    return asked if asked.value("memory") not in {"", "0"} else asked.with_value("memory", str(BUILD_MEMORY))


async def _pulled(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    if asked.value("fromSrc"):
        raise NotLetThrough("Importing an image from a file is not let through; build it.")
    policy.name(asked.value("fromImage"))
    return asked


async def _pushed(policy: Policy, asked: Asked, found: re.Match[str]) -> Asked:
    if not found["name"].startswith(f"{policy.registry}/"):
        raise NotLetThrough(f"Pushing '{found['name']}' is not let through: this company's registry is '{policy.registry}'.")
    return asked


async def _tagged(policy: Policy, asked: Asked, _: re.Match[str]) -> Asked:
    policy.name(asked.value("repo"))
    return asked


async def _untagged(policy: Policy, asked: Asked, found: re.Match[str]) -> Asked:
    """A name of the company's, or an image that it built. `noprune`: what lies under it is the cache of the next build."""
    if not found["name"].startswith(f"{policy.registry}/"):
        status, image = await policy.look(f"/images/{quote(found['name'], safe='/:@')}/json")
        labels = ((image.get("Config") or {}).get("Labels") or {}) if status == OK else {}
        if status == OK and labels.get(COMPANY) != policy.bounds.labels[COMPANY]:
            raise NotLetThrough(f"Removing the image '{found['name']}' is not let through: it is not this company's.")
    return asked.with_value("noprune", "1")


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NotLetThrough(f"'{what}' of the request is no JSON object.")
    return value


def _route(methods: str, pattern: str, judge: Judge) -> tuple[str, re.Pattern[str], Judge]:
    return methods, re.compile(pattern), judge


_ONE: Final = r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]*)"
_IMAGE: Final = r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.:/@-]*?)"
_ROUTES: Final = (
    _route("GET HEAD", r"/_ping", _as_it_is),
    _route("GET", r"/version|/info", _as_it_is),
    _route("POST", r"/auth", _as_it_is),
    _route("GET", r"/containers/json|/networks|/volumes", _listed),
    _route("POST", r"/containers/prune|/networks/prune|/volumes/prune|/images/prune", _listed),
    _route("POST", r"/containers/create", _created),
    _route("GET HEAD", rf"/containers/{_ONE}(?P<rest>/(json|logs|top|stats|changes|export|archive))", _one_container),
    _route("POST", rf"/containers/{_ONE}(?P<rest>/(start|stop|restart|kill|wait|attach|resize|rename|pause|unpause|exec))", _one_container),
    _route("DELETE", rf"/containers/{_ONE}(?P<rest>)", _one_container),
    _route("POST", rf"/exec/{_ONE}/(start|resize)", _one_exec),
    _route("GET", rf"/exec/{_ONE}/json", _one_exec),
    _route("POST", r"/networks/create", _made_network),
    _route("GET DELETE", rf"/networks/{_ONE}(?P<rest>)", _one_network),
    _route("POST", rf"/networks/{_ONE}(?P<rest>/(connect|disconnect))", _one_network),
    _route("POST", r"/volumes/create", _made_volume),
    _route("GET DELETE", rf"/volumes/{_ONE}", _one_volume),
    _route("POST", r"/build", _built),
    _route("GET", r"/images/json", _as_it_is),
    _route("POST", r"/images/create", _pulled),
    _route("GET", rf"/images/{_IMAGE}/(json|history|get)", _as_it_is),
    _route("POST", rf"/images/{_IMAGE}/push", _pushed),
    _route("POST", rf"/images/{_IMAGE}/tag", _tagged),
    _route("DELETE", rf"/images/{_IMAGE}", _untagged),
    _route("GET", rf"/distribution/{_IMAGE}/json", _as_it_is),
)
