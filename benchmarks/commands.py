"""The commands that one types most, against a Python that does nothing; and that they load nothing heavy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.measuring import Row, medians, run
from benchmarks.places import PYTHON, entered, workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAVY = {"docker", "git", "fastapi", "httpx", "pydantic"}
HELP_GOAL = 6.0
STATUS_GOAL = 10.0
_MAIN = "from lab.cli.main import main; main()"


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """`lab --help` and `lab status` as an entered shell has them."""
    with workspace() as place:
        env = entered(place)
        lab = place / ".lab" / "bin" / "lab"
        nothing = [PYTHON, "-c", "pass"]
        took = medians(
            {
                "pass": lambda: run(nothing, cwd=place, env=env),
                "help": lambda: run([lab, "--help"], cwd=place, env=env),
                "status": lambda: run([lab, "status"], cwd=place, env=env),
            },
            rounds=rounds,
            tell=tell,
        )
        loaded = {words: heavy(words.split(), place, env) for words in ("--help", "status")}
    base = took["pass"]
    rows = [
        Row("`lab --help`", "lab --help", "python -c pass", took["help"], base, took["help"] / base, HELP_GOAL, "times", rounds),
        Row("`lab status`", "lab status", "python -c pass", took["status"], base, took["status"] / base, STATUS_GOAL, "times", rounds),
    ]
    return rows + [
        Row(
            f"heavy modules that `lab {words}` loads",
            f"python -X importtime -m lab {words}",
            ", ".join(sorted(HEAVY)),
            took[words.removeprefix("--")],
            None,
            len(names),
            0,
            "",
            1,
            ", ".join(sorted(names)),
        )
        for words, names in loaded.items()
    ]


def heavy(words: list[str], place: Path, env: dict[str, str]) -> set[str]:
    """Which of the heavy modules a command loads."""
    shown = run([PYTHON, "-X", "importtime", "-c", _MAIN, *words], cwd=place, env=env)
    lines = [line for line in shown.splitlines() if line.startswith("import time:")]
    return HEAVY & {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
