"""Measures what we promise, as medians of ten in a shuffled order, and writes the tables.

    .venv/bin/python benchmarks/run.py                               everything, on the terminal
    .venv/bin/python benchmarks/run.py --only commands,push          some of it
    .venv/bin/python benchmarks/run.py --write docs/benchmarks.md    and into a file; what was not measured now stays as it stands there

A goal that is missed is said to be missed. Run it on a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.measuring import ROUNDS, Row  # noqa: E402 - the path comes first

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBJECTS = {
    "commands": "commands",
    "push": "pushing",
    "check": "checking",
    "start": "starting",
    "authoring": "authoring",
    "dashboard": "looking",
    "containers": "containing",
    "watch": "watching",
}
BUSY = 0.5


def main() -> int:
    """Measure, print, write; 0 when every goal is met, 1 when one is missed."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--only", default=",".join(SUBJECTS), help=f"some of: {', '.join(SUBJECTS)}")
    words.add_argument("--rounds", type=int, default=ROUNDS, help="how many times each thing is done")
    words.add_argument("--write", type=Path, help="the file that gets the table")
    given = words.parse_args()
    names = given.only.split(",")
    unknown = [name for name in names if name not in SUBJECTS]
    if unknown:
        words.error(f"there is no benchmark '{unknown[0]}'; there are: {', '.join(SUBJECTS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by every `finally`: companies are running
    rows: list[Row] = []
    tables: dict[str, str] = {}
    for name in names:
        _tell(f"{name}:")
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        found = importlib.import_module(f"benchmarks.{SUBJECTS[name]}").measure(rounds=given.rounds, tell=lambda line: _tell(f"  {line}"))
        tables[name] = table(found, load=load)
        rows += found
    if given.write:
        given.write.parent.mkdir(parents=True, exist_ok=True)
        kept = sections(given.write.read_text(encoding="utf-8")) if given.write.is_file() else {}
        given.write.write_text(page(kept | tables), encoding="utf-8")
    print(page(tables))
    return 0 if all(row.is_met for row in rows) else 1


def page(tables: Mapping[str, str]) -> str:
    """The whole file: a section for each subject, in the order of `SUBJECTS`."""
    said = "By `make bench`: medians; what is held against one another ran in the same rounds, in an order drawn anew for each."
    head = f"# Benchmarks\n\n{said}\n"
    return "\n".join([head, *(f"## {name}\n\n{tables[name].strip()}\n" for name in SUBJECTS if name in tables)])


def sections(text: str) -> dict[str, str]:
    """What a file says of each subject."""
    return {name: body for part in text.split("\n## ")[1:] for name, _, body in [part.partition("\n")]}


def table(rows: list[Row], *, load: float) -> str:
    """One subject's table, with the machine and the day."""
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    busy = (
        f" It was busy with other things ({load:.1f} waiting for each core), so times are longer than they need be." if load > BUSY else ""
    )
    lines = [f"Measured on {today}, on {machine()}.{busy}", ""]
    lines += ["| what | median | against | median | result | goal | |", "|---|---|---|---|---|---|---|"]
    lines += [_line(row) for row in rows]
    notes = [f"- {row.subject}: {row.note}." for row in rows if row.note]
    rounds = sorted({row.rounds for row in rows if row.unit})
    return "\n".join([*lines, "", *notes, f"- Rounds: {', '.join(str(number) for number in rounds)}."])


def _line(row: Row) -> str:
    base = "" if row.base is None else f"{row.base:.3f} s"
    against = f"`{row.against}`" if row.base is not None else row.against
    value, goal = (f"{number:.0f}" if not row.unit else f"{number:.2f} {row.unit}" for number in (row.value, row.goal))
    verdict = "✓ met" if row.is_met else "✗ missed"
    seconds = "" if row.seconds is None else f"{row.seconds:.3f} s"
    return f"| {row.subject} | {seconds} | {against} | {base} | {value} | ≤ {goal} | {verdict} |"


def machine() -> str:
    """The machine in a few words: cores, system, Python, git."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout.strip().removeprefix("git version ")
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, git {git}"


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
