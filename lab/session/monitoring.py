"""`lab monitoring`: the learner's monitoring, checked as it is written and shown as the company's clock runs it."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.errors import WrongState

if TYPE_CHECKING:
    from lab.session.session import Session

NETWORK: Final = "http://company-network"
"""What stands for the address of the company's network: it is another one in each scene."""


@dataclass(frozen=True)
class ScaledFile:
    """One file of `monitoring/`, by its path there, and its text as it runs."""

    name: str
    text: str


@dataclass(frozen=True)
class ScaledReport:
    """Every file of `monitoring/` as it runs; `folder` is where they can be read."""

    folder: str
    files: tuple[ScaledFile, ...]

    @property
    def text(self) -> str:
        """All of it, one file after the other."""
        return "\n".join([*(one.text.rstrip() + "\n" for one in self.files), f"promtool and amtool accept it. It is in '{self.folder}'."])


def scaled(session: Session) -> ScaledReport:
    """Check the clone's `monitoring/` and write its scaled copy into the workspace.

    Raises:
        WrongState: there is none, or a file of it is refused; the message has the tool's words.
        WorldUnavailable: promtool or amtool is missing.
    """
    from lab.company.monitoring import scaling
    from lab.company.monitoring.programs import Programs
    from lab.company.monitoring.stack import check

    tree = session.workspace.clone
    if not scaling.is_there(tree):
        raise WrongState(
            f"Your clone has no '{scaling.FOLDER}/{scaling.PROMETHEUS}'.",
            remedy="The stage 'Eyes' brings one; a program of your own (the verb 'monitoring-up') is not scaled: it has $MINUTE.",
        )
    check(Programs.find("promtool", "amtool"), tree)
    target = session.workspace.lab / "monitoring"
    shutil.rmtree(target, ignore_errors=True)
    scaling.make_ready(tree, target, proxy=NETWORK)
    paths = [path for path in sorted(target.rglob("*")) if path.is_file() and path.suffix in {".yml", ".yaml"}]
    files = tuple(ScaledFile(path.relative_to(target).as_posix(), path.read_text(encoding="utf-8")) for path in paths)
    return ScaledReport(str(target), files)
