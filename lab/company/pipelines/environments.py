"""Copies a virtual environment by hard links, so that what one job installs never reaches the next.

A program of its own as well: the shims on a job's PATH run it with nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Final

_LONGEST_FIRST_LINE: Final = 127  # Linux reads no more than that of `#!…`
_PLAIN_HEAD: Final = re.compile(rb"\A#![^\n]*\n")
_SHELL_HEAD: Final = re.compile(rb"\A#!/bin/sh\n'''exec' [^\n]*\n' '''\n")


def copy_environment(source: Path, target: Path) -> Path:
    """Copy the virtual environment `source` to `target`, which must not exist; gives `target`.

    Files are hard links (copies where the file system is another one), the scripts in `bin` are rewritten for their new
    place. The copy appears whole or not at all.

    Raises:
        OSError: the disk is full, or `target` is there already.
    """
    building = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    try:
        _link_tree(str(source), str(building))
        _rewrite_scripts(building / "bin", str(source), str(target))
        building.rename(target)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return target


def _link_tree(source: str, target: str) -> None:
    os.makedirs(target)  # noqa: PTH103 - thousands of files: strings are three times as fast as paths here
    with os.scandir(source) as entries:
        for entry in entries:
            place = f"{target}/{entry.name}"
            if entry.is_symlink():
                os.symlink(os.readlink(entry.path), place)  # noqa: PTH115, PTH211 - as above
            elif entry.is_dir():
                _link_tree(entry.path, place)
            else:
                _link(entry.path, place)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError as problem:
        if problem.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copy2(source, target)


def _rewrite_scripts(folder: Path, old: str, new: str) -> None:
    """Make the text files of `bin` name the environment's new place."""
    for script in folder.iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        text = script.read_bytes()
        if old.encode() not in text:
            continue
        mode = script.stat().st_mode
        script.unlink()  # it may be a hard link: writing into it would change the original
        script.write_bytes(_with_new_head(text, new).replace(old.encode(), new.encode()))
        script.chmod(mode | 0o200)


def _with_new_head(text: bytes, environment: str) -> bytes:
    """A Python script's text with a first line that runs `environment`'s Python, however long its path is."""
    head = _SHELL_HEAD.match(text) or _PLAIN_HEAD.match(text)
    if head is None or b"python" not in head.group():
        return text
    return script_head(f"{environment}/bin/python") + text[head.end() :]


def script_head(python: str) -> bytes:
    """The first line, or lines, that make a Python script run under `python`, as pip writes them."""
    if " " in python or len(python) + 2 > _LONGEST_FIRST_LINE:
        return f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n".encode()
    return f"#!{python}\n".encode()


def protect(environment: Path) -> None:
    """Take away the right to write into an environment's files: its copies share them."""
    for folder, _, names in os.walk(environment):
        for name in names:
            with contextlib.suppress(OSError):
                path = Path(folder, name)
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode & ~0o222)


if __name__ == "__main__":
    _target = Path(sys.argv[2])
    try:
        copy_environment(Path(sys.argv[1]), _target)
    except OSError as _problem:
        if not _target.is_dir():  # else another process of the same job was first
            sys.exit(f"The job's own Python could not be set up in '{_target}': {_problem.strerror}.")
