"""What jobs find of the Docker engine, in a company that has containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path


class Quay(Protocol):
    """What jobs find of the Docker engine."""

    @property
    def losses(self) -> int:
        """How often the engine was gone when somebody asked for it."""

    def look(self, losses: int = 0) -> None:
        """See that the engine answers, and was not gone since there were `losses`; raises WorldUnavailable."""

    def open(self) -> object:
        """Have the registry running."""

    def environment(self, home: Path) -> dict[str, str]:
        """The variables by which a job finds the engine and the registry; `home` is for the client's settings."""

    def note_pushes(self, repository: str) -> None:
        """Write down what was pushed."""


def docked(quay: Quay | None, home: Path) -> dict[str, str]:
    """The variables for a job, with the registry running by then; none where the company has no containers.

    Raises:
        WorldUnavailable: there is no engine.
    """
    if quay is None:
        return {}
    quay.open()
    return quay.environment(home)
