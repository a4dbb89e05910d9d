"""Temporary folders that say whose they are, so that what a killed process left is found and removed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

_NAMED: Final = re.compile(r"lab-[a-z]+-(\d+)-\w+")


def prefix(kind: str) -> str:
    """What the name of a temporary folder of this process begins with; `kind` is one word in lower case."""
    return f"lab-{kind}-{os.getpid()}-"


def sweep() -> int:
    """Remove the folders of processes that are no more, those of this user; gives how many there were."""
    count = 0
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).iterdir():
            named = _NAMED.fullmatch(path.name)
            if named and not _is_alive(int(named[1])) and _is_ours(path):
                shutil.rmtree(path, ignore_errors=True)
                count += 1
    return count


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _is_ours(path: Path) -> bool:
    try:
        told = path.lstat()
    except OSError:
        return False
    return told.st_uid == os.getuid() and not path.is_symlink()
