"""What every command gets: where it was called, what it writes to, and the parts of the house."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import os
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.cli.console import Console
    from lab.report.paper import Paper
    from lab.session.parts import Parts
    from lab.session.session import Session

GRACE: Final = 3.0
INTERRUPTED: Final = 130
TERMINATED: Final = 143


class Desk:
    """One call of `lab`. `directory` is what `-C` named; `make_parts` is replaced by tests."""

    def __init__(self, directory: Path | None = None, make_parts: Callable[[], Parts] | None = None) -> None:
        """Begin: from now on a command that lasts says what it does."""
        self.directory = directory
        self.make_parts = make_parts
        self._began = time.monotonic()

    @cached_property
    def console(self) -> Console:
        """What the command writes to."""
        from lab.cli.console import Console

        return Console(began=self._began)

    @cached_property
    def parts(self) -> Parts:
        """The rest of the house; the real one is only put together when a command needs it."""
        _leave_in_order()
        if self.make_parts:
            return self.make_parts()
        from lab.session.wiring import House

        return House()

    @cached_property
    def session(self) -> Session:
        """The workspace that `-C` or the current directory is in.

        Raises:
            WrongState: there is none, or it is half-written.
        """
        from lab.session import workspace
        from lab.session.session import Session

        return Session(workspace.find(self.directory), _late(self))

    def close(self) -> None:
        """End what waits to be shown."""
        if "console" in vars(self):
            self.console.close()

    def become(self, args: list[str]) -> NoReturn:
        """Let another program take this process's place, with the terminal and all."""
        self.close()
        os.execv(args[0], args)  # noqa: S606 - an argument list of ours, no shell

    def show(self, kind: str, report: Any, render: Callable[[Any, Paper], str], *, as_json: bool, **more: Any) -> None:
        """Write a report: as one JSON document, or rendered."""
        if as_json:
            from lab.report.as_json import document

            self.console.write(document(kind, report, **more))
        else:
            self.console.write(render(report, self.console.paper))


def _leave_in_order() -> None:
    """Interrupted or told to end, a command leaves by every `finally`, so that what it started is stopped.

    Where that takes longer than `GRACE` seconds (a scene waits for customers), it leaves at once: the kernel frees its
    locks, and the reaper ends what its throwaway companies run.
    """
    import signal
    import threading

    def leave(number: int, _: object) -> None:
        code = INTERRUPTED if number == signal.SIGINT else TERMINATED
        limit = threading.Timer(GRACE, _leave_now, [code])
        limit.daemon = True
        limit.start()
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        sys.exit(code)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, leave)


def _leave_now(code: int) -> None:
    os.write(2, b"\nStopped. What was found so far is kept.\n")
    os._exit(code)


class _Late:
    """The parts, put together at their first use: a status uses none."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._desk.parts, name)


def _late(desk: Desk) -> Any:
    return _Late(desk)


pass_desk: Final = click.make_pass_decorator(Desk)
json_option: Final = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output (docs/json.md).")
