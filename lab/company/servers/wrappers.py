"""Small programs for the front of a PATH, with which a script's plain `ssh web1` reaches the company's servers and no others."""

from __future__ import annotations

import shlex
import shutil
from typing import TYPE_CHECKING, Final

from lab.company.servers.ports import write_whole

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS: Final = ("ssh", "scp", "sftp")
"""`rsync`, git and Ansible call the `ssh` that comes first on the PATH: they need no wrapper of their own."""
_TEXT: Final = '#!/bin/sh\nexec {program} -F {config} "$@"\n'


def write(folder: Path, ssh_config: Path) -> None:
    """Write a wrapper of each program that is installed into `folder`; a caller's own `-F` still wins.

    Raises:
        WorldUnavailable: the disk is full or the directory can't be written.
    """
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            write_whole(folder / name, _TEXT.format(program=shlex.quote(found), config=shlex.quote(str(ssh_config))), mode=0o755)
