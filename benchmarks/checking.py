"""What a game day costs beside its pipelines: C2's whole day on the reference solution, against the same act runs alone.

Every call of act that the day makes is noted with all that it was given, and the scenes' folders are kept. Then the same
calls are staged anew and played through act by as many workers as the day had, timing nothing but that.
"""

from __future__ import annotations

import os
import shutil
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Row
from benchmarks.places import SEED, room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lab.company.pipelines.act import Call
    from lab.company.pipelines.toolchain import Toolchain

STAGE = "the-gate"
GOAL = 1.3
FEWEST_RUNS = 40


@dataclass(frozen=True)
class Noted:
    """One call of act as the day made it: where a copy of what it was given lies, how long it took, how it ended."""

    call: Call
    kept: Path
    seconds: float
    returncode: int
    was_ended: bool


@dataclass
class Recording:
    """The calls of one day, and the folders of its scenes, which stay until the replay is over."""

    room: Path
    calls: list[Noted] = field(default_factory=list)
    scenes: list[Path] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Note each call of act, and keep the scenes' folders, while the day is played."""
        from lab.company.pipelines import act  # noqa: PLC0415 - only here
        from lab.gameday import play  # noqa: PLC0415 - as above

        real = act.Call.run_act

        def run_act(call: Call, toolchain: Toolchain, **options: Any) -> Any:
            with self.lock:
                kept = self.room / f"given-{len(list(self.room.iterdir()))}"
                kept.mkdir()
            shutil.copytree(call.staged.directory, kept / "stage", symlinks=True)
            shutil.copy2(call.work / "event.json", kept / "event.json")
            done = real(call, toolchain, **options)
            with self.lock:
                self.calls.append(Noted(call, kept, done.seconds, done.returncode, done.returncode < 0 or done.timed_out))
            return done

        act.Call.run_act = run_act  # type: ignore[method-assign]  # for as long as the day lasts
        play.shutil = SimpleNamespace(rmtree=lambda folder, **_: self.scenes.append(folder))  # type: ignore[assignment]  # as above
        try:
            yield
        finally:
            act.Call.run_act = real  # type: ignore[method-assign]  # what it was
            play.shutil = shutil

    def clear(self) -> float:
        """Remove the scenes' folders; gives the seconds that took, which belong to the day."""
        began = time.monotonic()
        for folder in self.scenes:
            shutil.rmtree(folder, ignore_errors=True)
        return time.monotonic() - began


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """The day first, since it is what gives the runs; each round does both."""
    days, alone, counts = [], [], []
    for number in range(1, rounds + 1):
        with room() as folder:
            day, acts, count = _round(folder, SEED + number, tell)
        tell(f"round {number} of {rounds}: the day {day:.1f} s, its {count} runs alone {acts:.1f} s, ratio {day / acts:.2f}")
        days.append(day)
        alone.append(acts)
        counts.append(count)
    ratio = statistics.median(day / acts for day, acts in zip(days, alone, strict=True))
    fewest = min(counts)
    note = f"{fewest} runs of act in a day; bank proofs, servers, merges and cleaning up are in the day's time"
    if fewest < FEWEST_RUNS:
        note += f"; at least {FEWEST_RUNS} were wanted"
    against = f"act, the same {fewest} runs, {os.cpu_count()} at once"
    return [
        Row(
            "a cold `lab check --all` of C2",
            "Day.play",
            against,
            statistics.median(days),
            statistics.median(alone),
            ratio,
            GOAL,
            "times",
            rounds,
            note,
        )
    ]


def _round(folder: Path, seed: int, tell: Callable[[str], None]) -> tuple[float, float, int]:
    """One day and its replay: the seconds of both, and how many runs there were."""
    from lab.checks.day import Day  # noqa: PLC0415 - only here
    from lab.company.pipelines.toolchain import Toolchain  # noqa: PLC0415 - as above
    from lab.session.wiring import House  # noqa: PLC0415 - as above

    house = House()
    scenario = house.read(house.find("company-evolution"))
    stage, toolchain = scenario.stage(STAGE), Toolchain.find()
    recording = Recording(folder / "given")
    recording.room.mkdir()
    with ExitStack() as stack:
        company = _solved(scenario, folder, seed)
        stack.callback(company.stop)
        stack.callback(recording.clear)
        day = Day(
            company,
            stage,
            seed,
            scenario.digest,
            toolchain.key(),
            cache=folder / "cache",
            on_played=lambda played: tell(f"  {played.scene}: {played.seconds:.1f} s"),
        )
        with recording.listening():
            began = time.monotonic()
            findings = day.play(stage.checks)
            seconds = time.monotonic() - began
        refused = [f"'{name}': {found.message}" for name, found in findings.items() if found.verdict != "passed"]
        if refused:
            tell("not passed, so this day may be longer or shorter than a good one: " + "; ".join(refused))
        alone = replay(recording, toolchain, folder / "replay")
        return seconds + recording.clear(), alone, len(recording.calls)


def _solved(scenario: Any, folder: Path, seed: int) -> Any:
    """A company with the first solution of each stage up to ours, as `lab author prove` makes it."""
    from lab.gameday import opening  # noqa: PLC0415 - as above
    from lab.gameday.laying import commit_layers  # noqa: PLC0415 - only here

    company = opening.found_company(folder / "company", scenario, seed=seed)
    for stage in scenario.stages:
        opening.lay_start(company, stage)
        commit_layers(company, [stage.solutions[0].path], folder / f"solve-{stage.id}", message=f"Solve '{stage.title}'")
        if stage.id == STAGE:
            break
    return company


def replay(recording: Recording, toolchain: Toolchain, folder: Path) -> float:
    """The seconds that the noted calls take through act alone, as many at once as there are cores; they are staged beforehand."""
    from lab import process  # noqa: PLC0415 - only here

    calls = [_staged(noted, folder / str(number)) for number, noted in enumerate(recording.calls)]

    def play(number: int) -> str:
        call, noted = calls[number], recording.calls[number]
        limit = noted.seconds if noted.was_ended else 600.0
        done = process.run(
            call.command(toolchain),
            cwd=call.work / "empty",
            env=call.environment(toolchain),
            timeout=limit,
            join=False,
            mark=f"replay-{number}",
        )
        if noted.was_ended or done.returncode == noted.returncode:
            return ""
        return f"the run '{noted.call.run}' ended with {noted.returncode} in the day and with {done.returncode} alone"

    began = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count() or 1) as workers:
        others = [sentence for sentence in workers.map(play, range(len(calls))) if sentence]
    seconds = time.monotonic() - began
    if others:
        raise SystemExit("These are not the same runs: " + "; ".join(others))
    return seconds


def _staged(noted: Noted, work: Path) -> Call:
    """The same call in a directory of its own."""
    shutil.copytree(noted.kept / "stage", work / "stage", symlinks=True)
    shutil.copy2(noted.kept / "event.json", work / "event.json")
    for name in ("empty", "nobody", "tmp", "home", "python"):
        (work / name).mkdir()
    old = noted.call.staged
    staged = replace(old, directory=work / "stage", file=work / "stage" / old.file.relative_to(old.directory))
    return replace(noted.call, work=work, staged=staged)
