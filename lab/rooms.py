"""Temporary folders that say whose they are, so that what a killed process left is found and removed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

KEEPER: Final = "reaper.pid"
_NAMED: Final = re.compile(r"lab-[a-z]+-(\d+)-\w+")


def prefix(kind: str) -> str:
    """What the name of a temporary folder of this process begins with; `kind` is one word in lower case."""
    return f"lab-{kind}-{os.getpid()}-"


def give(folder: Path, *, keeper: int) -> None:
    """Leave what lies in `folder` to the process `keeper`, which removes it itself when its owner is gone: it still reads in there."""
    with contextlib.suppress(OSError):
        (folder / KEEPER).write_text(str(keeper), encoding="ascii")


def sweep() -> int:
    """Remove the folders of processes that are no more, those of this user; gives how many there were. What has a keeper stays."""
    count = 0
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).iterdir():
            named = _NAMED.fullmatch(path.name)
            if named and not _is_alive(int(named[1])) and _is_ours(path) and not _is_kept(path):
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


def _is_kept(path: Path) -> bool:
    """Whether a living process was given the folder, or one in it."""
    for file in (path / KEEPER, *path.glob(f"*/{KEEPER}")):
        with contextlib.suppress(OSError, ValueError):
            if _is_alive(int(file.read_text(encoding="ascii"))):
                return True
    return False


def _is_ours(path: Path) -> bool:
    try:
        told = path.lstat()
    except OSError:
        return False
    return told.st_uid == os.getuid() and not path.is_symlink()
