"""A terminal in the browser: the learner's own shell in the clone, or one on a server. It ends with its page.

The guard has checked Host, Origin and the cookie before the socket is accepted; the first message must bring the page's
token before anything is started.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import struct
import termios
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from lab import process
from lab.errors import LabError
from lab.session.colleagues import ssh_command

if TYPE_CHECKING:
    from lab.process import Attached
    from lab.session.session import Session
    from lab.web.house import Dashboard

routes = APIRouter()
CLONE: Final = "clone"
_CHUNK: Final = 65_536
_PATIENCE: Final = 10.0
_MOST: Final = 1_000
_ENTER: Final = '. "$1" && exec "${SHELL:-/bin/sh}" -i'


def command(session: Session, place: str) -> list[str]:
    """What is run: a shell that has entered the workspace, or `ssh` to the server of that name.

    Raises:
        UsageProblem: there is no such server.
    """
    if place == CLONE:
        return ["/bin/sh", "-c", _ENTER, "sh", str(session.workspace.root / "enter")]
    return ssh_command(session, place, ())


@routes.websocket("/api/terminal")
async def terminal(socket: WebSocket) -> None:
    """Text from the browser is typed, `{"resize": [columns, rows]}` resizes; what the terminal prints goes back as bytes."""
    house: Dashboard = socket.app.state.dashboard
    await socket.accept()
    hello = await _hello(socket)
    if hello is None or not _may(socket, house, str(hello.get("token", ""))):
        await socket.close(1008, "The page's token is missing.")
        return
    mark = f"terminal-{house.session.workspace.id}-{secrets.token_hex(4)}"
    try:
        words = await asyncio.to_thread(command, house.session, str(hello.get("place", CLONE)))
        env = {**os.environ, "TERM": "xterm-256color"}
        shell = process.attach(words, cwd=house.session.workspace.root, env=env, mark=mark)
    except LabError as problem:
        await socket.send_text(json.dumps({"problem": str(problem)}))
        await socket.close(1011)
        return
    _resize(shell.tty, hello.get("size"))
    await _serve(socket, shell)


async def _hello(socket: WebSocket) -> dict[str, Any] | None:
    with contextlib.suppress(ValueError, TimeoutError, WebSocketDisconnect, KeyError):
        told = json.loads(await asyncio.wait_for(socket.receive_text(), _PATIENCE))
        return told if isinstance(told, dict) else None
    return None


def _may(socket: WebSocket, house: Dashboard, token: str) -> bool:
    return house.keys.is_page_token(socket.cookies.get(f"lab-{house.port}", ""), token)


async def _serve(socket: WebSocket, shell: Attached) -> None:
    """Carry both ways until either side ends; then end the shell and all it started."""
    printing = asyncio.create_task(_print(socket, shell.tty))
    typing = asyncio.create_task(_type(socket, shell.tty))
    try:
        await asyncio.wait({printing, typing}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (printing, typing):
            task.cancel()
        await asyncio.gather(printing, typing, return_exceptions=True)
        await asyncio.to_thread(shell.end)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.close()


async def _print(socket: WebSocket, tty: int) -> None:
    """What the terminal prints, until it is closed; no more is read than the browser takes."""
    os.set_blocking(tty, False)
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(tty, ready.set)
    try:
        while True:
            await ready.wait()
            ready.clear()
            try:
                data = os.read(tty, _CHUNK)
            except BlockingIOError:
                continue
            except OSError:  # the other end is closed
                return
            if not data:
                return
            await socket.send_bytes(data)
    finally:
        loop.remove_reader(tty)


async def _type(socket: WebSocket, tty: int) -> None:
    while True:
        try:
            message = await socket.receive()
        except RuntimeError:
            return
        if message["type"] == "websocket.disconnect":
            return
        if message.get("bytes"):
            await _write(tty, message["bytes"])
        elif message.get("text"):
            with contextlib.suppress(ValueError, AttributeError):
                _resize(tty, json.loads(message["text"]).get("resize"))


async def _write(tty: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(tty, data) :]
        except BlockingIOError:
            await asyncio.sleep(0.01)
        except OSError:
            return


def _resize(tty: int, size: object) -> None:
    if isinstance(size, list) and len(size) == 2 and all(isinstance(one, int) and 0 < one < _MOST for one in size):  # noqa: PLR2004 - columns, rows
        with contextlib.suppress(OSError):
            fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
