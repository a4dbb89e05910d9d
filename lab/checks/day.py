"""A game day: the scenes that some checks need, played side by side, judged as they end, and remembered by content."""

from __future__ import annotations

import hashlib
import json
import os
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from lab import __version__
from lab.checks.base import Check, Finding, Verdict, in_order, judge, looked
from lab.checks.machine import CORES, Machine
from lab.gameday.play import Enough, play_scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from lab.company.company import Company
    from lab.gameday.facts import Facts
    from lab.scenario.model import Scene, Stage


@dataclass(frozen=True)
class Played:
    """What one scene showed: the finding of each check that looks at it, and how long it took (real seconds)."""

    scene: str
    findings: Mapping[str, Finding]
    seconds: float
    is_cached: bool = False


@dataclass
class Day:
    """Scenes of one stage, played on copies of `company` with one seed.

    `digest` is the scenario's, `versions` those of all tools; with the forge's `main` they make the cache key.
    `cache` is a folder, or None to remember nothing. `tell` is called with sentences on what is being done,
    `on_played` as each scene ends. At most `workers` scenes are played side by side, on a `machine` that days may share;
    of sleepy ones as many as it has beds for.
    `enough` ends a scene early, once these checks (by id) are decided; what others find in it by then, they have found.
    """

    company: Company
    stage: Stage
    seed: int
    digest: str
    versions: str
    cache: Path | None = None
    tell: Callable[[str], None] = lambda _: None
    on_played: Callable[[Played], None] = lambda _: None
    machine: Machine = field(default_factory=Machine)
    workers: int = CORES
    enough: frozenset[str] = frozenset()

    def play(self, checks: Iterable[Check]) -> dict[str, Finding]:
        """Play the scenes that these checks look at and give the finding of each check, `requires` taken into account."""
        wanted = [check for check in checks if check.on == "game_day"]
        needed = {check.scene for check in wanted}
        scenes = [scene for scene in self.stage.game_day if scene.id in needed]
        raw: dict[str, Finding] = {}
        for played in self._played(scenes):
            self.on_played(played)
            raw |= played.findings
        return settled(wanted, raw)

    def _played(self, scenes: Sequence[Scene]) -> Iterable[Played]:
        """First what is remembered, then the sleepy ones, then what may run side by side, then the timed ones alone."""
        fresh = []
        for scene in scenes:
            remembered = self._remembered(scene)
            if remembered:
                yield remembered
            else:
                fresh.append(scene)
        asleep = [scene for scene in fresh if scene.sleepy and not scene.timed]
        together = [scene for scene in fresh if not scene.sleepy and not scene.timed]
        yield from self._side_by_side(asleep, len(asleep))  # before what keeps the cores busy, not beside it
        yield from self._side_by_side(together, self.workers)
        for scene in fresh:
            if scene.timed:
                yield self._play(scene)

    def _side_by_side(self, scenes: Sequence[Scene], workers: int) -> Iterator[Played]:
        with ThreadPoolExecutor(max_workers=workers or 1, thread_name_prefix="scene") as pool:
            futures: list[Future[Played]] = [pool.submit(self._play, scene) for scene in scenes]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                for future in futures:
                    future.cancel()
                raise

    def _play(self, scene: Scene) -> Played:
        began = time.monotonic()
        with self.machine.beds if scene.sleepy else nullcontext(), self.machine.alone() if scene.timed else self.machine.shared():
            enough = Enough(partial(self._has_enough, scene), partial(self._has_refused, scene)) if self.enough else None
            facts = play_scene(scene, self.company, seed=self.seed, slots=self.machine.slots, tell=self.tell, enough=enough)
        findings = {check.id: looked(check, facts) for check in self._looking_at(scene)}
        if not facts.is_whole:
            findings = {name: found for name, found in findings.items() if name in self.enough or found.verdict is not Verdict.BLOCKED}
        played = Played(scene.id, findings, time.monotonic() - began)
        if self.cache and not any(finding.verdict is Verdict.BLOCKED for finding in findings.values()):
            self._remember(played)
        return played

    def _looking_at(self, scene: Scene) -> list[Check]:
        return [check for check in self.stage.checks if check.on == "game_day" and check.scene == scene.id]

    def _has_enough(self, scene: Scene, facts: Facts) -> bool:
        """Whether each wanted check that looks at the scene can be judged by what was seen so far."""
        wanted = [check for check in self._looking_at(scene) if check.id in self.enough]
        return all(looked(check, facts).verdict is not Verdict.BLOCKED for check in wanted)

    def _has_refused(self, scene: Scene, facts: Facts) -> bool:
        """Whether what was seen so far is refused by each wanted check that looks at the scene and is required by no other."""
        wanted = [check for check in self._looking_at(scene) if check.id in self.enough]
        required = {name for check in wanted for name in check.requires}
        found = {check.id: looked(check, facts).verdict for check in wanted}
        return Verdict.BLOCKED not in found.values() and all(found[name] is Verdict.FAILED for name in found.keys() - required)

    def key(self, scene: str) -> str:
        """What the result of a scene depends on, as one SHA-256."""
        main = self.company.forge.head(self.company.repository) or "nothing"
        parts = (scene, str(self.seed), main, self.stage.id, self.digest, __version__, self.versions)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def _remembered(self, scene: Scene) -> Played | None:
        if not self.cache:
            return None
        try:
            told = json.loads((self.cache / f"{self.key(scene.id)}.json").read_text(encoding="utf-8"))
            findings = {name: Finding(**{**value, "verdict": Verdict(value["verdict"])}) for name, value in told["findings"].items()}
            return Played(scene.id, findings, float(told["seconds"]), is_cached=True)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, played: Played) -> None:
        assert self.cache
        self.cache.mkdir(parents=True, exist_ok=True)
        target = self.cache / f"{self.key(played.scene)}.json"
        told = {"seconds": played.seconds, "findings": {name: asdict(finding) for name, finding in played.findings.items()}}
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        draft.replace(target)


def settled(checks: Sequence[Check], raw: Mapping[str, Finding], *, known: Mapping[str, Finding] | None = None) -> dict[str, Finding]:
    """The findings with `requires` applied: a check whose requirement did not pass is waiting.

    `known` are findings of other checks (live ones, say) that may be required.
    """
    done: dict[str, Finding] = dict(known or {})
    names = {check.id for check in checks}
    for check in in_order(checks):
        if check.id in raw:
            done[check.id] = judge(check, raw[check.id], done)
    return {name: finding for name, finding in done.items() if name in names}
