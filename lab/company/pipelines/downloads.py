"""Fetches the wheels of a hashed list, once, so that afterwards pip needs no network."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from lab import process
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

SECONDS: Final = 900
_PASSED_ON: Final = re.compile(r"PIP_|HOME$|XDG_|NETRC$|(https?|all|no|ftp)_proxy$", re.IGNORECASE)
_OPTIONS: Final = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--progress-bar", "off")


def fetch(pip: Sequence[str | Path], lock: Path, target: Path, *, what: str, on_line: Callable[[str], None] = lambda _: None) -> None:
    """Put every wheel of the list `lock` into the folder `target`. `pip` is how pip is called; `what` is told when it fails.

    This machine's own settings of pip and of its proxy hold.

    Raises:
        WorldUnavailable: no network, no disk, or a wheel is not the one of the list.
    """
    kept = {name: value for name, value in os.environ.items() if _PASSED_ON.match(name)}
    words: list[str | Path] = [*pip, "download", *_OPTIONS, "-r", lock, "--dest", target]
    done = process.run(words, cwd=target, env=process.environment(kept), timeout=SECONDS, on_line=on_line)
    if not done.is_success:
        raise WorldUnavailable(
            f"{what} could not be downloaded: {complaint(done)}",
            remedy="Check the network and pip's own configuration (`pip config list`), then run the command again; "
            "what was downloaded is kept.",
        )


def complaint(done: process.Completed) -> str:
    """The last thing a program said that is no warning."""
    lines = [line for line in done.output.splitlines() if line.strip() and not line.startswith("WARNING")]
    return lines[-1].strip() if lines else f"'{done.args[0]}' ended with {done.returncode} and said nothing."
