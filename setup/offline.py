#!/usr/bin/env python3
"""Sets the lab up from the kit that this file lies in, without a network, and opens a workspace.

    ./play --as "Ada L." --class KEY        options are those of `lab start`
    python3.12 play …                       with another Python

`lab author kit` puts it into each kit under the name `play`. It needs nothing but Python; run again, it goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LAB = HERE / "lab"
MISSING = 4


def main(words: list[str]) -> int:
    """Look whether the kit is whole and for this machine, install from it, take in its images, open a workspace."""
    told = json.loads((HERE / "kit.json").read_text(encoding="utf-8"))
    problem = unfit(told) or damaged(told)
    if problem:
        print(problem, file=sys.stderr)
        return MISSING
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": (HERE / "wheels").as_uri(), "PIP_CONFIG_FILE": os.devnull}
    env = {**os.environ, **offline, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    python = LAB / ".venv" / "bin" / "python"
    more = ["-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
    for step in (
        [sys.executable, LAB / "setup" / "install.py", "play"],
        [python, *more, "-r", LAB / "requirements" / "dashboard.txt", "-r", LAB / "requirements" / "monitoring.txt"],
    ):
        code = subprocess.run(step, env=env, check=False).returncode
        if code:
            return code
    lab = LAB / ".venv" / "bin" / "lab"
    images = [HERE / name for name in told["sums"] if name.startswith("images/")]
    if images and subprocess.run([lab, "images", "load", *images], check=False).returncode:
        print(f"The base images wait in '{HERE / 'images'}': start Docker and run this again before a stage needs them.", file=sys.stderr)
    return subprocess.run([lab, "start", told["scenario"], *words], check=False).returncode


def unfit(told: dict[str, Any]) -> str:
    """Why this machine or this Python can't use the kit; empty when it can."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}", f"{sys.platform}-{platform.machine()}"
    if here == (told["python"], told["platform"]):
        return ""
    return (
        f"This kit is for Python {told['python']} on {told['platform']}, and this is Python {here[0]} on {here[1]}. "
        f"Run it with that Python: python{told['python']} {Path(__file__).name}; or ask for a kit that was made on a machine like yours."
    )


def damaged(told: dict[str, Any]) -> str:
    """The first file that is not as it was packed; empty when all are."""
    for name, wanted in told["sums"].items():
        path = HERE / name
        if not path.is_file():
            return f"The kit lacks '{name}': unpack it again."
        total = hashlib.sha256()
        with path.open("rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                total.update(chunk)
        if total.hexdigest() != wanted:
            return f"'{name}' was damaged on its way here: copy the kit again."
    return ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
