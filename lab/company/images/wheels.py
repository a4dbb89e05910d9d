"""The folder of packages that goes into the company's Python image: for Linux and Python 3.11, whatever this machine is."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import sys
from typing import TYPE_CHECKING, Final

import filelock

from lab import process
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.company.pipelines.toolchain import Toolchain

PYTHON: Final = "3.11"
SECONDS: Final = 900
_PASSED_ON: Final = re.compile(r"PIP_|HOME$|XDG_|NETRC$|(https?|all|no|ftp)_proxy$", re.IGNORECASE)
_PLATFORMS: Final = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}


def is_native() -> bool:
    """Whether this machine's own wheels are those of the image."""
    return sys.platform == "linux" and ".".join(platform.python_version_tuple()[:2]) == PYTHON and _has_glibc()


def _has_glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"


def folder(toolchain: Toolchain, lock: Path) -> Path:
    """Where they lie, downloaded once for this machine if its own are of another kind.

    Raises:
        WorldUnavailable: no network, no disk, no pip.
    """
    toolchain.prepare()
    if is_native():
        return toolchain.wheels
    target = toolchain.home / "image-wheels"
    with filelock.FileLock(toolchain.cache / "image-wheels.lock"):
        if not (target / "complete").exists():
            _download(target, lock)
            for own in toolchain.wheels.glob("harborline_*-none-any.whl"):
                shutil.copy(own, target / own.name)
            (target / "complete").touch()
    return target


def locked(toolchain: Toolchain, locks: Sequence[Path]) -> Path:
    """The packages of other locks, of the same kind, downloaded once for this machine.

    Raises:
        WorldUnavailable: no network, no disk, no pip.
    """
    total = hashlib.sha256(b"\0".join(lock.read_bytes() for lock in locks)).hexdigest()[:16]
    target = toolchain.cache / f"lab-wheels-{total}"
    with filelock.FileLock(toolchain.cache / "lab-wheels.lock"):
        if not target.exists():
            shutil.rmtree(half := target.with_suffix(".part"), ignore_errors=True)
            for lock in locks:
                _download(half, lock)
            half.rename(target)
    return target


def _download(target: Path, lock: Path) -> None:
    machine = _PLATFORMS.get(platform.machine().lower(), platform.machine())
    platforms = [word for tag in ("manylinux_2_28", "manylinux_2_17", "manylinux2014") for word in ("--platform", f"{tag}_{machine}")]
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:", *platforms]
    words += ["--python-version", PYTHON, "--implementation", "cp", "--abi", "cp311", "--abi", "abi3", "--abi", "none"]
    kept = {name: value for name, value in os.environ.items() if _PASSED_ON.match(name)}
    target.mkdir(parents=True, exist_ok=True)
    done = process.run([*words, "-r", lock, "--dest", target], cwd=target, env=process.environment(kept), timeout=SECONDS)
    if not done.is_success:
        raise WorldUnavailable(
            f"The packages for an image with Python could not be downloaded: {done.output.strip().splitlines()[-1:]}",
            remedy="Check the network and pip's own configuration (`pip config list`), then run the command again.",
        )
