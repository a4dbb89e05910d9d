"""Named places where a test makes the lab die, as SQLite's own tests do: a kill, a full disk, a fault of ours, a long wait.

    LAB_FAILPOINT=check.finding:kill lab check

The environment variable is read by nothing else, and what the lab starts has a cleared environment, so only the command
itself meets it. tests/lab/test_failpoints.py goes through every place.
"""

from __future__ import annotations

import errno
import os
import signal
import time
from typing import Final

VARIABLE: Final = "LAB_FAILPOINT"
MODES: Final = ("kill", "raise", "enospc", "sleep")
SLEEP: Final = 60.0
NAMES: Final = frozenset(
    {
        "start.founded",  # the company is there, the clone is not
        "start.cloned",  # the clone is there, workspace.json is not
        "start.written",  # it is a workspace, and no stage is open
        "start.opened",  # all is done but for the note that a start is going on
        "open.kept",  # the forge's refs are kept, the stage's start has not happened
        "open.opened",  # the stage is open, nothing runs
        "check.finding",  # a scene was played, its finding is not written
        "check.found",  # the finding is written, and not shown
        "next.passing",  # both grading seeds passed, and nothing says so yet
        "next.passed",  # the stage is passed, the next one is not open
        "reset.restored",  # the refs are back, the ledger does not say so
        "reset.noted",  # the ledger says so, the stage is not open again
        "reset.rebuilt",  # the servers are in their start state, the clone is not
        "ledger.commit",  # events are in a transaction that is not committed
        "durable.replace",  # a file is written beside the one whose place it takes
    }
)


def failpoint(name: str) -> None:
    """Die here if the environment says so.

    Raises:
        RuntimeError: the mode is `raise`.
        OSError: the mode is `enospc`: the disk is full.
    """
    told = os.environ.get(VARIABLE)
    if not told or told.partition(":")[0] != name:
        return
    mode = told.partition(":")[2]
    if mode == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif mode == "raise":
        raise RuntimeError(f"The failpoint '{name}' was asked for")
    elif mode == "enospc":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
    elif mode == "sleep":
        time.sleep(SLEEP)
