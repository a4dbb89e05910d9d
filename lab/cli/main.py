"""`lab`: the group of commands, and the one top handler of errors."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import contextlib
import errno
import os
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

import click

from lab import __version__
from lab.cli.desk import INTERRUPTED, Desk
from lab.cli.gone import ReaderGoneError
from lab.cli.lazy import LazyGroup
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Sequence

BROKEN_PIPE: Final = 141
OURS: Final = 70
_WIDEST: Final = 80


def _width() -> int:
    """How wide a help may be: asked of the terminal directly, since click would import a lot for it."""
    try:
        columns = os.get_terminal_size(1).columns
    except OSError:
        columns = _WIDEST
    return max(min(columns, _WIDEST) - 2, 50)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _width()},
    epilog="`lab` alone says where you are and what to do next.",
)
@click.option("-C", "directory", metavar="DIR", type=click.Path(), help="Act as if called in DIR.")
@click.version_option(__version__, prog_name="lab")
@click.pass_context
def cli(ctx: click.Context, directory: str | None) -> None:
    """Harborline: a DevOps flight simulator. Real git, real pipelines, simulated colleagues."""
    desk = ctx.ensure_object(Desk)
    if directory is not None:
        from pathlib import Path

        desk.directory = Path(directory)
    if ctx.invoked_subcommand is None:
        from lab.cli.commands.reading import where

        ctx.invoke(where)


def main() -> NoReturn:
    """Run and exit: what the installed command calls."""
    code = run(sys.argv[1:])
    _last_flush()
    sys.exit(code)


def run(args: Sequence[str], desk: Desk | None = None) -> int:
    """Run one command and give its exit code; whatever goes wrong is said in a sentence."""
    desk = desk or Desk()
    try:
        code = cli.main(args=list(args), prog_name="lab", obj=desk, standalone_mode=False)
        return code if isinstance(code, int) else 0
    except LabError as problem:
        return _expected(desk, args, problem.message, problem.remedy, problem.exit_code)
    except click.ClickException as problem:
        return _usage(desk, args, problem)
    except (KeyboardInterrupt, click.Abort):
        with contextlib.suppress(LabError, ReaderGoneError):
            desk.console.complain("\nStopped. Nothing is half done: run the command again when you like.\n")
        return INTERRUPTED
    except ReaderGoneError:
        _to_nowhere()
        return BROKEN_PIPE
    except Exception as problem:  # noqa: BLE001 - the one top handler
        return _world(desk, args, problem) or _unexpected(desk, args, problem)
    finally:
        desk.close()


def _expected(desk: Desk, args: Sequence[str], message: str, remedy: str, code: int) -> int:
    """Say what is the matter, then what to do."""
    if "--json" in args:
        from lab.report.as_json import problem

        with contextlib.suppress(LabError, ReaderGoneError):
            desk.console.write(problem(message, remedy, code))
    from lab.report.paper import Paper

    paper = Paper.of(sys.stderr)
    lines = paper.fold(message) + (paper.fold(remedy) if remedy else [])
    with contextlib.suppress(LabError, ReaderGoneError):
        desk.console.complain(paper.done(lines))
    return code


def _world(desk: Desk, args: Sequence[str], problem: Exception) -> int:
    """A disk that takes no more is the world's fault, and exit 4; 0 for anything else, which is ours."""
    if not isinstance(problem, OSError) or problem.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
        return 0
    where = f" '{problem.filename}'" if problem.filename else ""
    message = f"The disk took no more{where}: {problem.strerror}."
    return _expected(desk, args, message, "Free some disk space, or make it writable, and run the command again; nothing was lost.", 4)


def _usage(desk: Desk, args: Sequence[str], problem: click.ClickException) -> int:
    """Say what is off in the words of the command, in our own form."""
    context: Any = getattr(problem, "ctx", None)
    path = context.command_path if context else "lab"
    message = problem.format_message().strip()
    message = message if message.endswith((".", "?")) else f"{message}."
    return _expected(desk, args, message, f"`{path} --help` says how it is called.", 2)


def _unexpected(desk: Desk, args: Sequence[str], problem: Exception) -> int:
    """Our own fault: say which file has the whole story."""
    from lab.cli.crash import write

    kept = write(args, problem, desk.directory)
    where = f"What happened is in '{kept}', ready to paste." if kept else "It could not even be written to a file."
    return _expected(desk, args, f"This is a fault of the lab's own, not of yours: {type(problem).__name__}: {problem}.", where, OURS)


def _to_nowhere() -> None:
    """Nobody reads: point standard output at nothing, so that the interpreter's last flush is quiet."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _last_flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            _to_nowhere()
