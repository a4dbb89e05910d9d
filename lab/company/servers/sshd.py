"""The SSH server of one machine: public key only, commands, shells, `scp`, `sftp` and all that runs over them (`rsync`, Ansible)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol, cast

import asyncssh

from lab.company.servers import programs
from lab.company.servers.keys import USER
from lab.company.servers.ports import LOOPBACK
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lab.company.servers.keys import Keys

Connection = asyncssh.SSHServerConnection
ServerChannel = asyncssh.SSHServerChannel[bytes]
LEARNER: Final = "learner"
SHELL: Final = "(shell)"
NOT_STARTED: Final = 126
LOGIN_SECONDS: Final = 30
SFTP_VERSION: Final = 3  # the one that all clients speak
_CIPHERS: Final = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr", "aes128-ctr"]


class Machine(Protocol):
    """What the SSH server needs to know of the machine that it leads to."""

    name: str

    @property
    def home(self) -> Path:
        """Where a session begins, and what relative paths of `scp` and `sftp` begin with."""

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of a process on it."""

    def shell(self) -> list[str]:
        """The words that start an interactive shell."""

    async def command_ended(self, *, by: str, command: str, code: int) -> None:
        """A command, a shell or a file transfer of `by` is over; `code` is negative for a signal."""


class Files(asyncssh.SFTPServer):
    """Files as `scp` and `sftp` see them: a relative path begins at home, an absolute one is what it is."""

    def __init__(self, chan: ServerChannel, machine: Machine) -> None:
        super().__init__(chan)
        self._machine = machine
        self._channel = chan
        self._command = chan.get_command() or ""
        self._by = _actor(chan.get_environment())

    def map_path(self, path: bytes) -> bytes:
        """A path of the client as one of this machine."""
        return os.path.join(os.fsencode(self._machine.home), path)  # noqa: PTH118 - bytes, which paths are in SFTP

    async def exit(self) -> None:
        """Record the transfer when the client is done, and end it as OpenSSH does (asyncssh gives `scp` a status, `sftp` none)."""
        await self._machine.command_ended(by=self._by, command=self._command or "sftp", code=0)
        if not self._command:
            with contextlib.suppress(OSError):
                self._channel.exit(0)


class Session(asyncssh.SSHServerProcess[bytes]):
    """One channel: a command, a shell, or files. Signals and new sizes act at once, also after the end of the input."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(self._serve, lambda chan: Files(cast("ServerChannel", chan), machine), SFTP_VERSION, allow_scp=True)
        self._machine = machine
        self._running: programs.Running | None = None

    def signal_received(self, signal: str) -> None:
        """Pass a signal on to the program."""
        self._send(signal)

    def break_received(self, msec: int) -> bool:  # noqa: ARG002 - its name and its argument are asyncssh's
        """Pass a break on as an interrupt."""
        self._send("INT")
        return True

    def terminal_size_changed(self, width: int, height: int, pixwidth: int, pixheight: int) -> None:  # noqa: ARG002 - as above
        """Pass a new size on to the terminal."""
        if self._running:
            self._running.resize(width, height)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone: so is its terminal."""
        super().connection_lost(exc)
        if self._running:
            self._running.hang_up()

    def _send(self, name: str) -> None:
        number = getattr(signal, f"SIG{name}", None)
        if self._running and number is not None:
            self._running.signal(number)

    async def _serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        command = process.command
        by = _actor(process.env)
        try:
            running = self._running = await self._start(process, by=by)
        except OSError as problem:
            process.stderr.write(f"{self._machine.name}: the command could not be started: {problem.strerror}\n".encode())
            process.exit(NOT_STARTED)
            return
        feeding = asyncio.create_task(_feed(process, running))
        code = await running.ended()
        self._running = None
        feeding.cancel()
        await self._machine.command_ended(by=by, command=command or SHELL, code=code)
        with contextlib.suppress(OSError):  # the client may have gone before
            _exit(process, code)

    async def _start(self, process: asyncssh.SSHServerProcess[bytes], *, by: str) -> programs.Running:
        extra = {"LAB_ACTOR": by}
        if process.term_type:
            extra |= {"TERM": process.term_type, "PS1": f"{USER}@{self._machine.name}:\\w$ "}
        args = ["/bin/sh", "-c", process.command] if process.command else self._machine.shell()
        words = programs.Words(args, self._machine.home, self._machine.environment(extra))
        if process.term_type is None:
            return await programs.with_pipes(words, out=process.stdout, err=process.stderr)
        columns, rows, *_ = process.term_size
        return await programs.with_terminal(words, out=process.stdout, columns=columns, rows=rows)


async def _feed(process: asyncssh.SSHServerProcess[bytes], running: programs.Running) -> None:
    """Carry the client's input to the program until its end."""
    with contextlib.suppress(asyncssh.Error, OSError):
        while data := await process.stdin.read(programs.CHUNK):
            await running.feed(data)
    running.end_of_input()


def _exit(process: asyncssh.SSHServerProcess[bytes], code: int) -> None:
    if code >= 0:
        process.exit(code)
    else:
        process.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))


def _actor(environment: Mapping[str, str]) -> str:
    """Who is at the other end: a teammate or the lab says so, else it is the learner."""
    return environment.get("LAB_ACTOR") or LEARNER


class _Gate(asyncssh.SSHServer):
    """One connection: the keys decide, whatever the user's name."""

    def __init__(self, sshd: Sshd) -> None:
        self._sshd = sshd
        self._connection: Connection | None = None

    def connection_made(self, conn: Connection) -> None:
        self._connection = conn
        self._sshd.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - its name and its argument are asyncssh's
        if self._connection:
            self._sshd.connections.discard(self._connection)

    def session_requested(self) -> Session:
        return Session(self._sshd.machine)


@dataclass
class Sshd:
    """Listens for one machine. `connections` are those open now."""

    machine: Machine
    keys: Keys

    def __post_init__(self) -> None:
        """Nothing listens before `listen`."""
        self.connections: set[Connection] = set()
        self._listener: asyncssh.SSHAcceptor | None = None

    async def listen(self, port: int) -> None:
        """Listen on a port of the loopback.

        Raises:
            WorldUnavailable: somebody else listens there.
        """
        try:
            self._listener = await asyncssh.listen(
                LOOPBACK,
                port,
                server_factory=lambda: _Gate(self),
                server_host_keys=[str(self.keys.host(self.machine.name))],
                authorized_client_keys=asyncssh.import_authorized_keys(self.keys.authorized),
                encoding=None,
                line_editor=False,
                agent_forwarding=False,
                compression_algs=None,
                encryption_algs=_CIPHERS,
                login_timeout=LOGIN_SECONDS,
                reuse_address=True,
            )
        except OSError as problem:
            raise WorldUnavailable(
                f"The server '{self.machine.name}' could not listen on port {port}: {problem.strerror or problem}.",
                remedy="Run the command again: another port is taken.",
            ) from problem

    def drop(self) -> None:
        """Cut every connection, as a machine does that loses power."""
        for connection in list(self.connections):
            connection.abort()

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        self.drop()
        if self._listener:
            self._listener.close()
            await self._listener.wait_closed()
            self._listener = None
