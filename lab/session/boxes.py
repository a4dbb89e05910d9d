"""`lab box`: a terminal in the stage's box."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lab.session.session import Session


def box_command(session: Session, words: Sequence[str], *, terminal: bool, tell: Callable[[str], None]) -> list[str]:
    """The call of the Docker client that opens the box, which is made now if there is none; its first word is the program's path.

    Raises:
        WrongState: the stage has no box.
        WorldUnavailable: there is no Docker engine, or no client.
    """
    from lab.company.docker.engine import address

    program = shutil.which("docker")
    if program is None:
        raise WorldUnavailable("A terminal in the box needs the Docker client, and there is no 'docker' on the PATH.", remedy="lab doctor")
    container = session.parts.box(session.workspace, tell)
    flags = ["--interactive", *(["--tty"] if terminal else [])]
    return [program, "--host", address(), "exec", *flags, "--workdir", "/root", container, *(words or ("bash", "-l"))]
