"""`lab serve`: the dashboard."""
# ruff: noqa: PLC0415 - each command loads only what it needs

from __future__ import annotations

import importlib.util
import shlex
import sys
from pathlib import Path
from typing import Final

import click

from lab.cli.desk import Desk, pass_desk
from lab.errors import WorldUnavailable

_NEEDED: Final = ("fastapi", "uvicorn", "itsdangerous", "nicegui")
_INSTALL_SECONDS: Final = 900.0


@click.command()
@click.option("--port", type=click.IntRange(1024, 65535), help="Default: the one of the last time, or a free one.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--install", is_flag=True, help="Install what the dashboard needs first, if it is missing.")
@pass_desk
def serve(desk: Desk, port: int | None, *, no_open: bool, install: bool) -> None:
    """Open the dashboard in the browser, on this machine only. Ctrl-C ends it; the company goes on."""
    session = desk.session
    session.current()
    _have_extra(desk, install=install)
    from lab.web import serving

    address = serving.running(session.workspace)
    if address:
        desk.console.write("The dashboard of this workspace is running already.\n")
        _ready(desk, address, opening=not no_open)
        return
    session.parts.wake(session.workspace)
    serving.serve(session, port=port or 0, on_ready=lambda found: _ready(desk, found, opening=not no_open))


def _ready(desk: Desk, address: str, *, opening: bool) -> None:
    desk.console.write(f"Open {address}\nThe code in it works once, for ten minutes; `lab serve` again prints another.\n")
    if opening:
        import webbrowser

        webbrowser.open(address)


def missing() -> tuple[str, ...]:
    """What the dashboard needs and this Python lacks; nothing is imported."""
    return tuple(name for name in _NEEDED if importlib.util.find_spec(name) is None)


def _have_extra(desk: Desk, *, install: bool) -> None:
    """Have the extra `dashboard`; it is installed only when that was asked for.

    Raises:
        WorldUnavailable: it is missing, or could not be installed.
    """
    lacking = missing()
    if not lacking:
        return
    words = command()
    if not install:
        raise WorldUnavailable(
            f"The dashboard needs {', '.join(lacking)}, which {'is' if len(lacking) == 1 else 'are'} not installed.",
            remedy=f"`lab serve --install` installs them from the lab's own hashed list, with: {shlex.join(words)}",
        )
    from lab import process

    desk.console.write(f"Installing what the dashboard needs, into the lab's own Python ('{sys.prefix}').\n")
    import os

    done = process.run(words, cwd=sys.prefix, timeout=_INSTALL_SECONDS, env=dict(os.environ))
    importlib.invalidate_caches()
    if not done.is_success or missing():
        said = done.output.strip().splitlines()[-1:] or ["pip said nothing"]
        raise WorldUnavailable(
            f"It could not be installed: {said[0]}", remedy="Is the package index reachable? Then again: lab serve --install"
        )


def command() -> list[str]:
    """The command that installs the extra: exact versions, each with its hash."""
    return [sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "-r", str(lock())]


def lock() -> Path:
    """The hashed list of the extra: in a checkout, or inside the installed package."""
    here = Path(__file__).resolve().parents[3]
    places = (here / "requirements" / "dashboard.txt", here / "lab_data" / "requirements" / "dashboard.txt")
    return next((place for place in places if place.is_file()), places[0])
