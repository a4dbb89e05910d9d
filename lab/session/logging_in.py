"""How one logs in to a server, of the company or of a drill's copy of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from lab.errors import UsageProblem, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def ssh_to(server: str, words: tuple[str, ...], *, servers: Sequence[str], config: Path) -> list[str]:
    """The argument list of `ssh` to one of `servers`, which the file `config` describes.

    Raises:
        UsageProblem: there is no such server.
        WorldUnavailable: ssh is not installed.
    """
    if server not in servers:
        raise UsageProblem(f"There is no server '{server}'.", remedy=f"There are: {', '.join(servers) or 'none'}.")
    program = shutil.which("ssh")
    if program is None:
        raise WorldUnavailable("The program 'ssh' is not installed.", remedy="Install the OpenSSH client (package 'openssh-client').")
    return [program, "-F", str(config), "--", server, *words]
