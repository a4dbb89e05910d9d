"""One command on a server over real SSH, as the engine itself uses it; people use the `ssh` of their machine."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a dataclass field
from typing import Final

import asyncssh

from lab import process
from lab.company.servers.keys import USER
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

CONNECT_SECONDS: Final = 10.0
TIMED_OUT: Final = -9
_CHUNK: Final = 65_536


@dataclass(frozen=True)
class Address:
    """How a server is reached: its name, its port of the loopback, our private key, and its public host key."""

    name: str
    port: int
    identity: Path
    host_key: str


async def execute(address: Address, command: str, *, by: str, stdin: bytes, timeout: float) -> process.Completed:  # noqa: ASYNC109 - it is a result here, not an error
    """Run `command` on a server as `by`; `timeout` is in seconds and counts from the connection on.

    Raises:
        WorldUnavailable: the server does not answer, or not with its own key.
    """
    began = time.monotonic()
    connection = await _connect(address)
    try:
        remote = await connection.create_process(command, encoding=None, env={"LAB_ACTOR": by})
        collected = [_Output(), _Output()]
        talk = [
            asyncio.create_task(_send(remote, stdin)),
            asyncio.create_task(collected[0].take(remote.stdout)),
            asyncio.create_task(collected[1].take(remote.stderr)),
            asyncio.create_task(remote.wait_closed()),
        ]
        _, late = await asyncio.wait(talk, timeout=timeout)
        if late:
            await _end(remote, talk)
        code = remote.returncode
    except (asyncssh.Error, OSError) as problem:
        raise _unreachable(address, problem) from problem
    finally:
        connection.abort()
    return process.Completed(
        args=(address.name, command),
        returncode=TIMED_OUT if late or code is None else code,
        output=collected[0].text,
        errors=collected[1].text,
        seconds=time.monotonic() - began,
        timed_out=bool(late),
        cut=any(output.is_cut for output in collected),
    )


async def _connect(address: Address) -> asyncssh.SSHClientConnection:
    try:
        return await asyncssh.connect(
            LOOPBACK,
            address.port,
            username=USER,
            client_keys=[str(address.identity)],
            known_hosts=([asyncssh.import_public_key(address.host_key)], [], []),
            config=None,
            agent_path=None,
            compression_algs=None,
            connect_timeout=CONNECT_SECONDS,
        )
    except (asyncssh.Error, OSError, TimeoutError) as problem:
        raise _unreachable(address, problem) from problem


def _unreachable(address: Address, problem: Exception) -> WorldUnavailable:
    return WorldUnavailable(
        f"The server '{address.name}' does not answer over SSH: {problem or type(problem).__name__}.",
        remedy="`lab` starts the company again.",
    )


class _Output:
    """What came of one stream, never more than is kept of any program."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self.is_cut = False

    async def take(self, reader: asyncssh.SSHReader[bytes]) -> None:
        with contextlib.suppress(asyncssh.Error, OSError):
            while data := await reader.read(_CHUNK):
                room = process.OUTPUT_LIMIT - len(self._kept)
                self.is_cut = self.is_cut or len(data) > room
                self._kept += data[: max(room, 0)]

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")


async def _send(remote: asyncssh.SSHClientProcess[bytes], stdin: bytes) -> None:
    with contextlib.suppress(asyncssh.Error, OSError):  # it ended without reading it all
        for start in range(0, len(stdin), _CHUNK):
            remote.stdin.write(stdin[start : start + _CHUNK])
            await remote.stdin.drain()
        remote.stdin.write_eof()


async def _end(remote: asyncssh.SSHClientProcess[bytes], talk: list[asyncio.Task[None]]) -> None:
    """Its time is over: kill what the command started in its own session, and hear what it still says."""
    with contextlib.suppress(asyncssh.Error, OSError):
        remote.kill()
        await asyncio.wait(talk, timeout=1.0)
    for task in talk:
        task.cancel()
