"""A small program that outlives its owner for a moment: when a throwaway company's process is killed, it ends what that left.

Run as `python -I reaper.py OWNER ROOT`: OWNER is the process id of its parent, ROOT the company's root, removed at the end.
(The pattern of Ryuk, testcontainers' reaper, without its socket: a lost parent shows in `getppid`.)
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import Final

from lab import process, rooms
from lab.company import leftovers

PAUSE: Final = 0.25
LOG: Final = "reaper.log"


def start(root: Path, *, mark: str) -> None:
    """Start a reaper for the throwaway company in `root`, itself marked `mark`. To call it off, sweep that mark.

    Raises:
        WorldUnavailable: it could not be started.
    """
    words = [sys.executable, "-I", str(Path(__file__)), str(os.getpid()), str(root)]
    rooms.give(root, keeper=process.start(words, cwd="/", env=process.environment(), log=root / LOG, mark=mark))


def main(owner: int, root: Path) -> None:
    """Wait until the parent is no longer `owner`, then sweep and remove the company in `root`."""
    while os.getppid() == owner:
        time.sleep(PAUSE)
    leftovers.sweep(root)
    shutil.rmtree(root, ignore_errors=True)
    rooms.sweep()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
