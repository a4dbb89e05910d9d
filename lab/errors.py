"""Every way the lab says no, each with the exit code the command line ends with.

    LabError                    70   (our own fault unless a subclass says otherwise)
    ├── UsageProblem             2   the words of the command are off
    ├── ScenarioWrong            3   a scenario's files are wrong; carries every problem
    ├── WorldUnavailable         4   a port, a disk, a program, an engine is missing
    ├── WrongState               5   the workspace is in another state than the command needs
    └── Refused                  1   a rule of the company said no (a merge, a push)

Building an error does nothing: it prints nothing and logs nothing. The one handler in `lab.cli` speaks.
"""

from __future__ import annotations

from dataclasses import dataclass


class LabError(Exception):
    """Something a person must be told.

    `message` is a whole sentence; `remedy` says what to do next and may be empty.
    """

    exit_code = 70

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        """The message and the remedy, as one text."""
        return f"{self.message} {self.remedy}".strip()


class UsageProblem(LabError):
    """The command was called with words it does not know."""

    exit_code = 2


class WorldUnavailable(LabError):
    """The world is not there: a program, a port, the disk, an engine. Never the learner's failure."""

    exit_code = 4


class WrongState(LabError):
    """The workspace is in another state than the command needs."""

    exit_code = 5


class Refused(LabError):
    """A rule of the company said no: a protected branch, a missing review."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake in a scenario's files; `line` counts from 1, and 0 means the file as a whole."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """`file:line: message`, as compilers print it."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.message}"


class ScenarioWrong(LabError):
    """A scenario's files are wrong. Every problem is in `problems`, sorted by file and line."""

    exit_code = 3

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = f"{len(problems)} mistake" + ("s" if len(problems) != 1 else "")
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"The scenario has {count}:\n{lines}")
