"""Makes `.venv` and what the lab runs with, telling the story meanwhile. Needs nothing but Python 3.11 and a package index.

    python3 setup/install.py play      what the first stages need
    python3 setup/install.py dev       that, and what the project's own checks need

A second run with nothing changed costs nothing: what was installed is remembered by the digest of its lock files.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
OLDEST = (3, 11)
PACE = 2.5
PREPARE = "from lab.company.pipelines.toolchain import Toolchain; Toolchain.find().prepare()"
STORY = (
    "Harborline is a small shop: mugs, garden gnomes, a few good books, one web service.",
    "Nine people work on it. Priya writes most of the code, Tom is the intern and always in a hurry.",
    "Lena decides what customers get next. Ana builds the mobile app. Raj looks after the data.",
    "There is one server. It is called web1, and nobody quite remembers how it was set up.",
    "The last release was a month ago. Somebody copied the files over by hand, from their laptop.",
    "Thirty commits have been waiting since then.",
    "This morning the server guy left for a lighthouse in Norway. You start at nine.",
)


def main(kind: str) -> int:
    """Install for `kind`; the exit code is pip's."""
    if sys.version_info < OLDEST:
        print(f"The lab needs Python 3.11 or newer, and this is {sys.version.split()[0]}. Install one, then: make PYTHON=python3.12 play")
        return 4
    done = threading.Event()
    teller = threading.Thread(target=_tell, args=(done,), daemon=True)
    locks = ["play"] if kind == "play" else ["play", "dev"]
    if _is_current(locks) and not _missing():
        return 0
    if kind == "play":
        teller.start()
    began = time.monotonic()
    code = _install(locks)
    done.set()
    if code == 0:
        print(f"\nEverything is installed ({time.monotonic() - began:.0f} s).\n", flush=True)
    return code


def _tell(done: threading.Event) -> None:
    print("\nWhile this installs:\n", flush=True)
    for line in STORY:
        if done.wait(PACE):
            return
        print(f"  {line}", flush=True)


def _missing() -> bool:
    return not (VENV / "bin" / "lab").exists()


def _stamp(name: str) -> Path:
    return VENV / f".installed-{name}"


def _digest(name: str) -> str:
    text = (ROOT / "requirements" / f"{name}.txt").read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(text).hexdigest()


def _is_current(locks: list[str]) -> bool:
    return all(_stamp(name).is_file() and _stamp(name).read_text() == _digest(name) for name in locks)


def _install(locks: list[str]) -> int:
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True, symlinks=True)
    python = str(VENV / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    for name in locks:
        if _is_current([name]):
            continue
        code = _run([*pip, "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements" / f"{name}.txt")])
        if code:
            return code
    code = _run([*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)])
    code = code or _run([python, "-P", "-c", PREPARE])
    if code == 0:
        for name in locks:
            _stamp(name).write_text(_digest(name))
    return code


def _run(words: list[str]) -> int:
    code = subprocess.run(words, cwd=ROOT, check=False).returncode
    if code:
        print(f"\nThis step failed: {' '.join(words[1:5])} … (exit {code}).")
        print("Is the package index reachable? Run the same command again to go on.")
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "play"))
