"""Runs the dashboard on a loopback port until Ctrl-C; finds the one that runs already."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from typing import TYPE_CHECKING, Final

import uvicorn

from lab.errors import LabError, WorldUnavailable
from lab.web import keys as tokens
from lab.web.app import create
from lab.web.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.session.session import Session
    from lab.session.workspace import Workspace

HOST: Final = "127.0.0.1"
_SECONDS: Final = 2.0


def running(workspace: Workspace) -> str:
    """A new address of the dashboard that runs for this workspace; empty when none does."""
    secret, port = tokens.load(workspace)
    if not port:
        return ""
    link = http.client.HTTPConnection(HOST, port, timeout=_SECONDS)
    try:
        link.request("POST", "/api/code", headers={"Authorization": f"Bearer {secret}"})
        answer = link.getresponse()
        told = json.loads(answer.read()) if answer.status == 200 else {}  # noqa: PLR2004 - HTTP's OK
        return str(told.get("address", "")) if isinstance(told, dict) else ""
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    finally:
        link.close()


def serve(session: Session, *, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until interrupted. `port` 0 takes that of the last time, or any; `on_ready` is given the address to open.

    Raises:
        WorldUnavailable: the port is taken.
    """
    secret, last = tokens.load(session.workspace)
    door = _bind(port, last)
    number = int(door.getsockname()[1])
    keys = Keys(secret)
    tokens.save(session.workspace, secret=secret, port=number)
    config = uvicorn.Config(
        create(session, keys, port=number),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
        lifespan="off",
        ws_max_size=1_000_000,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_warm, args=(session,), daemon=True).start()
    with contextlib.closing(door):
        door.listen(128)
        on_ready(f"http://{HOST}:{number}/?code={keys.code()}")
        server.run(sockets=[door])


def _warm(session: Session) -> None:
    """Read the scenario before the first page asks for its briefing: it takes a second."""
    with contextlib.suppress(LabError):
        session.stage(session.current().id)


def _bind(wanted: int, last: int) -> socket.socket:
    """A socket on the loopback alone."""
    for number in (wanted,) if wanted else (last, 0) if last else (0,):
        door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, number))
        except OSError as problem:
            door.close()
            if wanted:
                raise WorldUnavailable(
                    f"Port {wanted} can't be used: {problem.strerror or problem}.", remedy="Leave `--port` away to take a free one."
                ) from problem
            continue
        return door
    raise WorldUnavailable("No port of 127.0.0.1 is free.", remedy="End something that listens on many.")
