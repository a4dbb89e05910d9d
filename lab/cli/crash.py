"""A crash log: all that somebody needs who was not there, in one file ready to paste."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import platform
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

_SECRET: Final = frozenset({"secret"})


def write(args: Sequence[str], problem: BaseException, directory: Path | None) -> Path | None:
    """Write it into the workspace's `.lab/crashes`, else into the temporary folder; None when neither takes it."""
    text = _text(args, problem)
    name = f"lab-crash-{time.strftime('%Y%m%d-%H%M%S')}.txt"
    for folder in (*_workspace(directory), Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", errors="replace")
        except OSError:
            continue
        return folder / name
    return None


def _workspace(directory: Path | None) -> list[Path]:
    from lab.errors import LabError
    from lab.session import workspace

    try:
        return [workspace.find(directory).lab / "crashes"]
    except (LabError, OSError):
        return []


def _text(args: Sequence[str], problem: BaseException) -> str:
    shown = [args[0], "(left out)"] if args and args[0] in _SECRET else list(args)
    trace = "".join(traceback.format_exception(problem))
    head = [
        f"lab {__version__}, Python {sys.version.split()[0]}, {platform.platform()}",
        f"command: lab {' '.join(shown)}",
        f"time: {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}",
    ]
    return "\n".join([*head, "", trace])
