"""Holds every change of the team against every tree a learner may have, and writes the table into docs/bank.md.

    .venv/bin/python setup/bank.py docs/bank.md                     each solution of each stage, as it is and reworked
    .venv/bin/python setup/bank.py docs/bank.md --stage the-gate    only one stage

A change *applies* when it finds its place in the tree, and it is *proven* when the oracle sees what it does there: a bad one shows
its bug, a good one shows none. Both must be so, or it is listed with what was missing. "Reworked" is the same tree reformatted,
with its pricing split into modules and its functions renamed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "lab" / "company" / "team")]

import transforming  # noqa: E402 - the paths come first

from lab.authoring.ground import Ground  # noqa: E402
from lab.company.git import Git  # noqa: E402
from lab.company.pipelines.toolchain import Toolchain  # noqa: E402
from lab.company.team import bank as team_bank  # noqa: E402
from lab.company.team.bench import bench_for  # noqa: E402
from lab.company.team.make import NoAnchor, make_change  # noqa: E402
from lab.gameday.laying import commit_layers  # noqa: E402
from lab.session.wiring import read_scenario  # noqa: E402

if TYPE_CHECKING:
    from lab.company.company import Company
    from lab.scenario.model import Solution, Stage

SCENARIO = ROOT / "scenarios" / "company-evolution"
LEAST = 0.9
SEED = 20_261_121


@dataclass(frozen=True)
class Line:
    """One tree: how many changes were held against it, and those that found no place or were not proven, with the reason."""

    stage: str
    solution: str
    is_reworked: bool
    tried: int
    lost: dict[str, str]

    @property
    def share(self) -> float:
        """How many of the changes were proven there, 0 to 1."""
        return 1 - len(self.lost) / self.tried


def main() -> int:
    """Hold, print, write; 0 when every tree takes enough of the changes, 1 when one does not."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("target", type=Path, help="the file that gets the table")
    words.add_argument("--stage", default="", help="only this stage")
    given = words.parse_args()
    scenario = read_scenario(SCENARIO)
    Toolchain.find().prepare(_tell)
    with tempfile.TemporaryDirectory(prefix="lab-bank-") as room, ThreadPoolExecutor(2) as pool:
        ground = Ground(scenario, Path(room))
        todo = [
            (ground.company(stage, SEED, Path(room) / f"{stage.id}-{solution.name}-{is_reworked}"), stage, solution, is_reworked)
            for stage in scenario.stages
            for solution in stage.solutions
            for is_reworked in (False, True)
            if given.stage in ("", stage.id)
        ]
        lines = list(pool.map(lambda one: held(*one), todo))
    text = page(lines)
    print(text)
    given.target.write_text(text, encoding="utf-8")
    return 0 if all(line.share >= LEAST for line in lines) else 1


def held(company: Company, stage: Stage, solution: Solution, is_reworked: bool) -> Line:  # noqa: FBT001 - a value of a table
    """Hold every change that needs no other before it against one tree."""
    room = company.root / "bank"
    room.mkdir()
    commit_layers(company, [solution.path], room / "laid", message=f"Solve '{stage.title}'")
    clone = room / "clone"
    Git.clone(str(company.forge.path(company.repository)), clone)
    bench = bench_for(company, clone, seed=SEED)
    if is_reworked:
        transforming.transform(clone)
    entries = [one for one in team_bank.load(SCENARIO / "team", oracle=company.oracle).entries.values() if not one.needs]
    lost = {}
    for entry in entries:
        try:
            make_change(clone, entry, bench=bench)
        except NoAnchor as problem:
            lost[entry.id] = problem.message
    line = Line(stage.id, solution.name, is_reworked, len(entries), lost)
    _tell(f"{stage.id}, {solution.name}{', reworked' if is_reworked else ''}: {len(entries) - len(lost)} of {len(entries)}")
    return line


def page(lines: list[Line]) -> str:
    """The table, with the day and the commit, and what was lost where."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    head = ["# The team's changes, held against learners' trees", "", *(__doc__ or "").split("\n\n")[2].splitlines(), ""]
    head += [f"Made by `make bank` on {today}, at commit `{commit}`; at least {LEAST:.0%} of the changes must be proven on every tree.", ""]
    head += ["| stage | solution | tree | changes | proven | share |", "|---|---|---|---|---|---|"]
    rows = [
        f"| {one.stage} | {one.solution} | {'reworked' if one.is_reworked else 'as it is'} "
        f"| {one.tried} | {one.tried - len(one.lost)} | {one.share:.0%} |"
        for one in lines
    ]
    trees: dict[tuple[str, str], set[str]] = {}
    for one in lines:
        for name, reason in one.lost.items():
            trees.setdefault((name, reason), set()).add(one.stage)
    lost = [f"- `{name}` ({', '.join(sorted(stages))}): {reason}" for (name, reason), stages in sorted(trees.items())]
    return "\n".join([*head, *rows, *(["", "## Without a place, or not proven", "", *lost] if lost else []), ""])


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
