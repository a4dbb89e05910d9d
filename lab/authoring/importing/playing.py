"""Trying an imported stage in its box: what its checks say at the start, and after what its author would do."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.company.box import Box
from lab.errors import LabError

if TYPE_CHECKING:
    from pathlib import Path

    from lab.company.pipelines.toolchain import Toolchain

LIMIT: Final = 30.0


@dataclass(frozen=True)
class Tried:
    """How many checks refused the untouched box, how many passed after the solution; `said` is why it could not be played, or empty."""

    checks: int = 0
    refused: int = 0
    passed: int = 0
    said: str = ""


def play(stage: Path, toolchain: Toolchain) -> Tried:
    """Make the box, look, solve, look again; the box is gone afterwards.

    Raises:
        WorldUnavailable: there is no Docker engine.
    """
    box = Box.of(f"import-{secrets.token_hex(5)}", stage / "box")
    scripts = sorted((stage / "checks").glob("*.sh"), key=lambda path: int(path.stem.rpartition("-")[2]))
    solution = next(iter(sorted((stage / "solutions").iterdir())))
    try:
        box.ensure(toolchain)
        refused = sum(not box.run(script, limit=LIMIT).is_success for script in scripts)
        passed: set[str] = set()
        for part in sorted((solution / "live").glob("*.box.sh")):
            done = box.run(part, limit=LIMIT)
            if done.timed_out:
                return Tried(len(scripts), refused, len(passed), f"'{part.name}' did not end within {LIMIT:.0f} s")
            passed |= {script.name for script in scripts if script.name not in passed and box.run(script, limit=LIMIT).is_success}
        return Tried(len(scripts), refused, len(passed))
    except LabError as problem:
        return Tried(len(scripts), said=problem.message)
    finally:
        box.remove()
