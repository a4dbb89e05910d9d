"""Programs to run, and ways to see whether they still do."""

import os
import subprocess
import sys
import time
from pathlib import Path


def python(code: str, *words: str) -> list[str]:
    """A Python without the site packages: it starts in a few milliseconds."""
    return [sys.executable, "-I", "-S", "-c", code, *words]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(shown.strip()) and not shown.strip().startswith("Z")


def is_gone_soon(pid: int, seconds: float = 3.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def wait_for(path: Path, seconds: float = 5.0) -> int:
    """The number that a child writes into `path`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError(f"'{path}' was not written in {seconds:g} s")
