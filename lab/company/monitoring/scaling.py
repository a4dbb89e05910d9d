"""The learner's `monitoring/` folder, made ready for the company's clock and network: checked, scaled, and kept as files to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from lab.company.monitoring.durations import FACTOR, DurationWrong, scaled_duration, scaled_expression
from lab.errors import WrongState

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "monitoring"
PROMETHEUS: Final = "prometheus.yml"
ALERTMANAGER: Final = "alertmanager.yml"
BLACKBOX: Final = "blackbox.yml"
LARGEST: Final = 1_000_000
DURATIONS: Final = frozenset(
    {"scrape_interval", "evaluation_interval", "interval", "for", "keep_firing_for", "refresh_interval", "query_offset"}
    | {"group_wait", "group_interval", "repeat_interval", "resolve_timeout"}
)
"""The keys whose values are lengths of real life."""
DROPPED: Final = frozenset({"scrape_timeout"})
"""A machine answers no faster because the clock runs: the timeout is then the interval itself."""
_DISCOVERIES: Final = ("http_sd_configs",)
_SENDERS: Final = ("webhook_configs", "slack_configs", "pagerduty_configs", "opsgenie_configs", "victorops_configs", "pushover_configs")


class MonitoringWrong(WrongState):
    """The `monitoring/` folder can't be used; the message names the file and what is wrong."""


@dataclass(frozen=True)
class Ready:
    """The scaled copy: `folder` holds it; a path is None where the learner has no such file."""

    folder: Path
    prometheus: Path | None
    alertmanager: Path | None
    blackbox: Path | None
    rules: tuple[Path, ...]


def is_there(tree: Path) -> bool:
    """Whether a work tree has something for the lab's Prometheus to run."""
    return (tree / FOLDER / PROMETHEUS).is_file()


def make_ready(tree: Path, target: Path, *, proxy: str) -> Ready:
    """Write the scaled copy of `tree`'s `monitoring/` into `target`. `proxy` is the company's network, where its names mean something.

    Raises:
        MonitoringWrong: a file is no YAML, is too large, is a link, or holds a duration or an expression that is none.
    """
    source, rules = tree / FOLDER, []
    for path in sorted(source.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        name = path.relative_to(source).as_posix()
        written = target / name
        written.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix not in {".yml", ".yaml"}:
            if path.is_file() and not path.is_symlink():
                written.write_bytes(path.read_bytes()[:LARGEST])
            continue
        told = read(path, name)
        if isinstance(told, dict) and "groups" in told:
            rules.append(written)
        ready = _scaled(_with_defaults(told, name), name, ())
        if name in {PROMETHEUS, ALERTMANAGER, BLACKBOX}:
            ready = _through(ready, proxy)
        head = f"# {FOLDER}/{name} as the lab runs it: durations are {FACTOR:g} times shorter (a company minute lasts {60 / FACTOR:g} s).\n"
        written.write_text(head + yaml.safe_dump(ready, sort_keys=False, allow_unicode=True, width=140), encoding="utf-8")
    found = {name: target / name if (target / name).is_file() else None for name in (PROMETHEUS, ALERTMANAGER, BLACKBOX)}
    return Ready(target, found[PROMETHEUS], found[ALERTMANAGER], found[BLACKBOX], tuple(rules))


def read(path: Path, name: str) -> Any:
    """The value of one YAML file of the folder, as it is written.

    Raises:
        MonitoringWrong: it can't be read.
    """
    if path.is_symlink():
        raise MonitoringWrong(f"'{FOLDER}/{name}' is a link; the lab reads files only.")
    try:
        if path.stat().st_size > LARGEST:
            raise MonitoringWrong(f"'{FOLDER}/{name}' is larger than {LARGEST:,} bytes, which no rule needs to be.")
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as problem:
        said = " ".join(str(problem).split())
        raise MonitoringWrong(
            f"'{FOLDER}/{name}' can't be read: {said}.", remedy=f"Try it: promtool check config {FOLDER}/{name}"
        ) from problem


def _scaled(value: Any, name: str, where: tuple[str, ...]) -> Any:
    """The value with every duration shortened and every expression of a rule scaled."""
    if isinstance(value, list):
        return [_scaled(item, name, (*where, str(place))) for place, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    is_rule = "expr" in value and ("alert" in value or "record" in value)
    made = {}
    for key, item in value.items():
        try:
            if key in DROPPED:
                continue
            if key in DURATIONS and isinstance(item, str | int):
                made[key] = scaled_duration(str(item))
            elif is_rule and key == "expr":
                made[key] = scaled_expression(str(item))
            else:
                made[key] = _scaled(item, name, (*where, str(key)))
        except DurationWrong as wrong:
            of = value.get("alert") or value.get("record") or ".".join((*where, str(key)))
            raise MonitoringWrong(f"In '{FOLDER}/{name}' at '{of}': {wrong}.") from wrong
    return made


def _with_defaults(told: Any, name: str) -> Any:
    """The configuration with what its program would take by default written out, so that it is scaled too."""
    if not isinstance(told, dict):
        return told
    if name == PROMETHEUS:
        told["global"] = {"scrape_interval": "1m", "evaluation_interval": "1m"} | _dict(told.get("global"))
        for job in _dicts(told.get("scrape_configs")):
            for kind in _DISCOVERIES:
                if kind in job:
                    job[kind] = [{"refresh_interval": "1m"} | one for one in _dicts(job[kind])]
    if name == ALERTMANAGER:
        told["global"] = {"resolve_timeout": "5m"} | _dict(told.get("global"))
        told["route"] = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"} | _dict(told.get("route"))
    return told


def _through(told: Any, proxy: str) -> Any:
    """A configuration whose every request goes through the company's network."""
    if not isinstance(told, dict):
        return told
    asking = _dicts(told.get("scrape_configs")) + _dicts(_dict(told.get("alerting")).get("alertmanagers"))
    for one in [*asking, *(found for job in asking for kind in _DISCOVERIES for found in _dicts(job.get(kind)))]:
        one["proxy_url"] = proxy
    for receiver in _dicts(told.get("receivers")):
        for one in [found for kind in _SENDERS for found in _dicts(receiver.get(kind))]:
            one["http_config"] = _dict(one.get("http_config")) | {"proxy_url": proxy}
    for module in _dict(told.get("modules")).values():
        if isinstance(module, dict) and module.get("prober") == "http":
            module["http"] = _dict(module.get("http")) | {"proxy_url": proxy}
    return told


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
