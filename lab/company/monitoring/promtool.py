"""A learner's rules as they are written, held by the real promtool against hidden series: which of them would wake somebody, when."""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from lab import process
from lab.company.monitoring import scaling, series
from lab.company.monitoring.durations import DurationWrong, metric_names
from lab.company.monitoring.programs import Programs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SECONDS: Final = 60.0
KNOWN: Final = frozenset(
    {"up", "door_backend_up", "door_requests_total", "storefront_requests_total"}
    | {f"storefront_request_seconds_{part}" for part in ("bucket", "count", "sum")}
)
"""The series that there are; one of a rule's that is not among them can't be judged here."""
_PAGE: Final = re.compile(r"/page(?![a-z])")
_FIRED: Final = re.compile(r"alertname: *(\S+?), time: *(\S+?),")


@dataclass(frozen=True)
class Verdict:
    """What the rules made of one story: the alerts that would have woken somebody."""

    says: str
    pages: bool
    woken_by: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether somebody was woken if and only if it was wanted."""
        return bool(self.woken_by) == self.pages


@dataclass(frozen=True)
class Judged:
    """The whole of it. `unknown` are series that rules ask for and nobody here has; `problem`: the rules are refused."""

    verdicts: tuple[Verdict, ...] = ()
    unknown: tuple[str, ...] = ()
    problem: str = ""


def judge(tree: Path, room: Path, *, seed: int) -> Judged:
    """Hold the rules of `tree`'s `monitoring/` against the stories of `seed`; an empty `Judged` if it has no such folder.

    Raises:
        WorldUnavailable: promtool or amtool is missing.
    """
    if not scaling.is_there(tree):
        return Judged()
    programs = Programs.find("promtool", "amtool")
    try:
        rules = tuple(_rules(tree))
        config = scaling.read(tree / scaling.FOLDER / scaling.PROMETHEUS, scaling.PROMETHEUS)
    except scaling.MonitoringWrong as wrong:
        return Judged(problem=wrong.message)
    unknown = _unknown([rule for _, rule in rules])
    if unknown:
        return Judged(unknown=unknown)
    paging = [name for name, labels in _alerts([rule for _, rule in rules]) if _wakes(programs, tree, labels | {"alertname": name})]
    files = sorted({str(path.resolve()) for path, _ in rules})
    room.mkdir(parents=True, exist_ok=True)
    bench = _Bench(programs, room, files, paging, _jobs(config))
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        told = list(pool.map(bench.told, enumerate(series.stories(seed))))
    problem = next((one for one in told if isinstance(one, str)), "")
    return Judged(tuple(one for one in told if isinstance(one, Verdict)), problem=problem)


def _rules(tree: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    """Every rule of the folder, with its file."""
    folder = tree / scaling.FOLDER
    for path in sorted([*folder.rglob("*.yml"), *folder.rglob("*.yaml")]):
        told = scaling.read(path, path.relative_to(folder).as_posix())
        for group in told.get("groups") or [] if isinstance(told, dict) else []:
            for rule in group.get("rules") or []:
                yield path, rule


def _unknown(rules: list[dict[str, Any]]) -> tuple[str, ...]:
    recorded = {str(rule["record"]) for rule in rules if "record" in rule}
    asked: dict[str, None] = {}
    for rule in rules:
        try:
            asked |= dict.fromkeys(metric_names(str(rule.get("expr", ""))))
        except DurationWrong:
            continue  # promtool says it better
    return tuple(name for name in asked if name not in KNOWN | recorded)


def _alerts(rules: list[dict[str, Any]]) -> list[tuple[str, dict[str, str]]]:
    return [(str(rule["alert"]), {k: str(v) for k, v in (rule.get("labels") or {}).items()}) for rule in rules if "alert" in rule]


def _wakes(programs: Programs, tree: Path, labels: dict[str, str]) -> bool:
    """Whether Alertmanager's own routing sends an alert with these labels to the pager's `/page`."""
    folder = tree / scaling.FOLDER
    if not (folder / scaling.ALERTMANAGER).is_file():
        return False
    words = [programs["amtool"], "config", "routes", "test", f"--config.file={scaling.ALERTMANAGER}"]
    words += [f"{name}={json.dumps(value)}" for name, value in labels.items()]
    done = process.run(words, cwd=folder, timeout=SECONDS, env=process.environment({"HOME": str(folder)}))
    told = scaling.read(folder / scaling.ALERTMANAGER, scaling.ALERTMANAGER)
    named = {name.strip() for name in done.output.replace("\n", ",").split(",")}
    return any(_PAGE.search(json.dumps(receiver)) for receiver in told.get("receivers") or [] if receiver.get("name") in named)


def _jobs(config: Any) -> tuple[str, str]:
    """The names of the jobs that read the shop and the door."""
    jobs = [job for job in (config or {}).get("scrape_configs") or [] if isinstance(job, dict)]
    door = next((str(job["job_name"]) for job in jobs if "door:9101" in json.dumps(job)), "door")
    shop = next((str(job["job_name"]) for job in jobs if re.search(r"discovery|web\d", json.dumps(job))), "storefront")
    return shop, door


@dataclass(frozen=True)
class _Bench:
    """What each story is held against: the rule files, the alerts that wake, and the names of the jobs."""

    programs: Programs
    room: Path
    files: list[str]
    paging: list[str]
    jobs: tuple[str, str]

    def told(self, numbered: tuple[int, series.Story]) -> Verdict | str:
        """One story; a text is promtool's refusal of the rules themselves."""
        number, story = numbered
        asked = [
            {"eval_time": f"{series.BEGIN_MINUTE + minute}m", "alertname": name, "exp_alerts": []}
            for name in self.paging
            for minute in story.at
        ]
        given = series.input_series(story, job=self.jobs[0], door=self.jobs[1])
        test: dict[str, Any] = {"rule_files": self.files, "evaluation_interval": "15s"}
        test |= {"tests": [{"interval": f"{series.STEP}s", "input_series": given, "alert_rule_test": asked}]}
        path = self.room / f"story-{number}.yml"
        path.write_text(yaml.safe_dump(test, width=100_000), encoding="utf-8")
        words: list[str | Path] = [self.programs["promtool"], "test", "rules", path]
        done = process.run(words, cwd=self.room, timeout=SECONDS, env=process.environment({"HOME": str(self.room)}))
        fired = tuple(dict.fromkeys(name for name, _ in _FIRED.findall(done.output)))
        if not done.is_success and not fired:
            return f"promtool refuses the rules: {' '.join(done.output.split())[-300:]}"
        return Verdict(story.says, story.pages, fired)
