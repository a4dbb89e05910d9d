"""Files that are whole or not there: written beside, synced, then moved over the old one."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

from lab.errors import WorldUnavailable
from lab.failpoints import failpoint

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write `text` so that a kill or a full disk leaves the old file or the new one, never half of one.

    Raises:
        WorldUnavailable: the disk is full or read-only; the old file is untouched.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        failpoint("durable.replace")
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        raise WorldUnavailable(
            f"'{path}' could not be written: {problem.strerror or problem}.",
            remedy="Free some disk space, or make the folder writable, and run the command again; nothing was lost.",
        ) from problem
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON, whole or not at all.

    Raises:
        WorldUnavailable: the disk is full or read-only.
    """
    write(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> Any:
    """The JSON value in `path`; None when the file is missing, half-written or not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems refuse to sync a folder; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
