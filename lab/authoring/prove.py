"""`lab author prove`: the start fails, the solutions pass, each trap is refused by the named checks with the named words."""

from __future__ import annotations

import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import process, rooms
from lab.authoring.cases import CHANGED_LINES, Case, cases, holes, unrefused
from lab.authoring.ground import Ground
from lab.authoring.mutants import mutated
from lab.authoring.remembered import Remembered, folder
from lab.authoring.rows import ProofReport, Row, shared_seconds
from lab.authoring.trees import changed_lines
from lab.checks.base import Verdict, passed
from lab.checks.day import Day, settled
from lab.checks.live import look_live
from lab.checks.machine import CORES, Machine
from lab.errors import LabError, UsageProblem
from lab.gameday import opening, probes
from lab.gameday.laying import commit_layers
from lab.gameday.stagehand import Stagehand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.checks.base import Check, Finding
    from lab.company.company import Company
    from lab.company.pipelines.toolchain import Toolchain
    from lab.scenario.model import Scenario, Stage

SEEDS: Final = (20_261_121,)
SOLUTIONS: Final = 2
LIVE_SECONDS: Final = 120.0
IN_BOX: Final = ".box.sh"


@dataclass(frozen=True)
class Wish:
    """What is to be proven: one stage or all (empty), some cases or all (empty), `slices` as CI does, with how many seeds.

    `repeat` plays each case so many times, to see whether it always says the same. `fresh` passes over what is remembered; `commit`
    names what is proven, in the rows that are played now. `mutate` plays mutants of each stage's first solution instead, `sample` of
    them or all, until a check refuses them.
    """

    stage: str = ""
    only: tuple[str, ...] = ()
    slices: bool = False
    seeds: int = 2
    repeat: int = 1
    fresh: bool = False
    commit: str = ""
    mutate: bool = False
    sample: int | None = None


@dataclass
class Prover:
    """Proves stages of one scenario. `seeds` are used one after the other for every case, each `repeat` times."""

    scenario: Scenario
    toolchain: Toolchain
    seeds: Sequence[int] = SEEDS[:1]
    slices: bool = False
    only: tuple[str, ...] = ()
    workers: int = CORES
    remembered: Remembered | None = None
    commit: str = ""
    repeat: int = 1
    mutate: bool = False
    sample: int | None = None
    tell: Callable[[str], None] = lambda _: None
    on_row: Callable[[Row], None] = lambda _: None
    on_finding: Callable[[Case, str, Finding], None] = lambda *_: None
    _machine: Machine = field(default_factory=Machine)
    _ground: Ground = field(init=False)

    def prove(self, stages: Sequence[Stage]) -> ProofReport:
        """Every case of these stages, `workers` at once."""
        if self.mutate:
            return self._mutated(stages)
        everything = [(case, seed) for stage in stages for seed in self.seeds for case in cases(stage, slices=self.slices)]
        todo = [(case, seed) for case, seed in everything if not self.only or case.name in self.only]
        workers = self.workers + 1 if self.slices else self.workers  # slices wait for people and servers more than they compute
        with (
            tempfile.TemporaryDirectory(prefix=rooms.prefix("ground")) as room,
            ThreadPoolExecutor(workers, thread_name_prefix="case") as pool,
        ):
            self._ground = Ground(self.scenario, Path(room))
            whole = stages if not self.only else ()
            problems = [problem for stage in whole for problem in self._far(stage, Path(room))]  # cheap: before anything is played
            rows = list(pool.map(lambda one: self._row(*one), [one for one in todo for _ in range(self.repeat)]))
        spent = shared_seconds(rows)
        for stage in whole:
            problems += self._together(stage, [row for row in rows if row.stage == stage.id], spent.get(stage.id, 0.0) / 60)
        problems += unsteady(rows)
        return ProofReport(tuple(rows), tuple(problems))

    def _mutated(self, stages: Sequence[Stage]) -> ProofReport:
        """Every mutant of each stage's first solution; one that no check refuses is a hole."""
        with tempfile.TemporaryDirectory(prefix=rooms.prefix("ground")) as room, ThreadPoolExecutor(self.workers) as pool:
            self._ground = Ground(self.scenario, Path(room))
            todo = [case for stage in stages for case in mutated(stage, Path(room) / "mutants", sample=self.sample, seed=self.seeds[0])]
            unknown = [name for name in self.only if name not in {case.name for case in todo}]
            if unknown:
                raise UsageProblem(
                    f"There is no mutant '{unknown[0]}'.", remedy="`lab author prove --mutate` without --only names them all."
                )
            chosen = [case for case in todo if not self.only or case.name in self.only]
            return ProofReport(tuple(pool.map(lambda case: self._row(case, self.seeds[0]), chosen)))

    def _far(self, stage: Stage, room: Path) -> list[str]:
        """The traps that nobody would write by mistake: those that change too many lines of their solution."""
        found: list[str] = []
        if stage.status == "draft":
            return found
        company = self._ground.company(stage, self.seeds[0], room / f"lines-{stage.id}")
        solutions = {solution.name: solution.path for solution in stage.solutions}
        for trap in stage.traps:
            lines = changed_lines(company, trap.path, solutions[trap.base])
            if lines > CHANGED_LINES:
                found.append(f"'{stage.id}': the trap '{trap.name}' changes {lines} lines; at most {CHANGED_LINES} keep it plausible")
        return found

    def _together(self, stage: Stage, rows: Sequence[Row], minutes: float) -> list[str]:
        """What no single row shows, and whether its share of the time is what it states; a draft owes nothing of it."""
        found: list[str] = []
        if stage.status == "draft":
            return found
        if len(stage.solutions) < SOLUTIONS:
            found.append(f"'{stage.id}' has {len(stage.solutions)} reference solution; two, built differently, are asked for")
        never = [] if self.slices else unrefused(stage, {name for row in rows for name in row.refused})  # a slice plays part of the start
        found += [f"'{stage.id}': nothing is refused by the check '{name}', so nothing shows that it can fail" for name in never]
        if self.slices and minutes > stage.prove_minutes:
            found.append(f"'{stage.id}' took {minutes:.1f} minutes to prove, and states {stage.prove_minutes:g}")
        return found

    def _row(self, case: Case, seed: int) -> Row:
        known = self.remembered.find(case, seed, slices=self.slices) if self.remembered and self.repeat == 1 else None
        if known:
            self.on_row(known)
            return known
        row = self._played(case, seed)
        if self.remembered:
            self.remembered.keep(case, row, slices=self.slices)
        self.on_row(row)
        return row

    def _played(self, case: Case, seed: int) -> Row:
        began = time.monotonic()
        self.tell(f"{case.stage.id}: {case.title}, seed {seed}")
        try:
            findings, broken = self._findings(case, seed), []
        except LabError as error:  # one case that cannot be played says nothing of the others
            findings, broken = {}, [f"it could not be played: {error}"]
        for name, finding in findings.items():
            self.on_finding(case, name, finding)
        verdicts = [finding.verdict for finding in findings.values()]
        refused = tuple(name for name, finding in findings.items() if finding.verdict == "failed") if case.kind != "solution" else ()
        return Row(
            stage=case.stage.id,
            case=case.title,
            kind=case.kind,
            seed=seed,
            seconds=time.monotonic() - began,
            passed=verdicts.count(Verdict.PASSED),
            failed=verdicts.count(Verdict.FAILED),
            holes=tuple(broken or holes(case, findings)),
            refused=refused,
            began=began,
            commit=self.commit,
            explained=case.explained,
            date=datetime.now(UTC).strftime("%Y-%m-%d"),
        )

    def _findings(self, case: Case, seed: int) -> dict[str, Finding]:
        with ExitStack() as stack:
            root = Path(tempfile.mkdtemp(prefix=rooms.prefix("proof")))
            stack.callback(shutil.rmtree, root, ignore_errors=True)
            company = self._ground.company(case.stage, seed, root / "company")
            if case.layers:
                commit_layers(company, case.layers, root / "case", message=f"Solve '{case.stage.title}'")
            live = [check for check in case.checks if check.on == "live" and case.kind != "mutant"]
            raw = self._live(company, case, live, root) if live else {}
            versions = self.toolchain.key()
            day = Day(
                company, case.stage, seed, self.scenario.digest, versions,
                tell=self.tell, machine=self._machine, workers=1, enough=case.enough,
            )  # fmt: skip
            wanted = [check for check in case.checks if check.on == "game_day"]
            if case.kind == "mutant":
                return _until_refused(day, case, wanted)
            return settled(case.checks, raw | day.play(wanted))

    def _live(self, company: Company, case: Case, checks: Sequence[Check], root: Path) -> dict[str, Finding]:
        """The live checks: the topmost layer that has live scripts acts, and each check is looked at after each script."""
        scripts = next((sorted((layer / "live").glob("*.sh")) for layer in reversed(case.layers) if (layer / "live").is_dir()), [])
        with self._machine.shared(), ExitStack() as stack:
            if company.charter.box:
                stack.callback(probes.the_box(company).remove)
            stack.enter_context(company)
            company.start()
            raw = look_live(company, checks, {})
            with Stagehand(company, seed=company.charter.seed, room=root / "live", tell=self.tell) as hand:
                for script in scripts:
                    self._act(hand, script)
                    raw |= {name: found for name, found in look_live(company, checks, {}).items() if raw[name].verdict != "passed"}
                    for name, found in raw.items():
                        if found.verdict == "passed":
                            opening.wake(company, case.stage, name)
            return raw

    def _act(self, hand: Stagehand, script: Path) -> None:
        """One live script, run as the learner would: in a clone, with the servers' names on the PATH."""
        if script.name.endswith(IN_BOX):
            done = probes.in_box(hand.company, script, limit=LIVE_SECONDS)
            if done.timed_out:
                raise LabError(f"'{script}' did not end within {LIVE_SECONDS:.0f} s.")
            return  # a command among others may fail, as it may for a learner: the checks say what came of it
        clone = hand.teammate("lena").git.directory
        done = process.run(["sh", str(script)], cwd=clone, timeout=LIVE_SECONDS, env=hand.environment())
        if not done.is_success:
            raise LabError(f"'{script}' ended with {done.returncode}: {done.output.strip()[-300:]}")
        time.sleep(2.2)  # customers must have been there: their seconds are written when they are over


def _until_refused(day: Day, case: Case, wanted: Sequence[Check]) -> dict[str, Finding]:
    """What the checks find, scene after scene, until one refuses; live checks count as passed."""
    raw: dict[str, Finding] = {}
    found: dict[str, Finding] = {}
    known = {check.id: passed("It is judged live.") for check in case.checks if check.on == "live"}
    day.on_played = lambda played: raw.update(played.findings)
    for scene in dict.fromkeys(check.scene for check in wanted):
        day.play([check for check in wanted if check.scene == scene])
        found = settled(wanted, raw, known=known)
        if any(one.verdict is Verdict.FAILED for one in found.values()):
            break
    return found


def prove(
    scenario: Scenario, toolchain: Toolchain, wish: Wish, *, tell: Callable[[str], None], on_row: Callable[[Row], None]
) -> ProofReport:
    """Prove a scenario, or the part of it that is wished for.

    Raises:
        UsageProblem: there is no such stage, or nothing of that name in it.
        WorldUnavailable: a program or the disk is missing.
    """
    stages = [stage for stage in scenario.stages if wish.stage in ("", stage.id)]
    if not stages:
        raise UsageProblem(f"There is no stage '{wish.stage}'.", remedy=f"There are: {', '.join(stage.id for stage in scenario.stages)}.")
    names = [case.name for stage in stages for case in cases(stage, slices=wish.slices)]
    for name in wish.only:
        if name not in names and not wish.mutate:
            raise UsageProblem(f"There is no solution or trap '{name}'.", remedy=f"There are: {', '.join(dict.fromkeys(names))}.")
    seeds = [SEEDS[0] + number * 7919 for number in range(wish.seeds)]
    known = Remembered(scenario, toolchain.key(), None if wish.fresh else folder())
    prover = Prover(
        scenario, toolchain, seeds=seeds, slices=wish.slices, only=wish.only, tell=tell, on_row=on_row,
        remembered=known, commit=wish.commit, repeat=wish.repeat, mutate=wish.mutate, sample=wish.sample,
    )  # fmt: skip
    return prover.prove(stages)


def unsteady(rows: Sequence[Row]) -> list[str]:
    """The cases that did not say the same each time they were played with one seed."""
    seen: dict[tuple[str, str, int], list[tuple[object, ...]]] = {}
    for row in rows:
        seen.setdefault((row.stage, row.case, row.seed), []).append((row.passed, row.failed, row.refused, row.holes))
    return [
        f"'{stage}', {case}, seed {seed}: {len(told)} plays said {len(set(told))} different things"
        for (stage, case, seed), told in seen.items()
        if len(set(told)) > 1
    ]
