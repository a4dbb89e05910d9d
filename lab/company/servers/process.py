"""A server that needs no Docker: a directory, an SSH server on the loopback, and processes that carry its mark.

asyncssh costs a quarter of a second to import: it is read while the machine boots, and not at all by who does not need it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - a dataclass field
from typing import TYPE_CHECKING, Final

from lab import process
from lab.company import leftovers
from lab.company.servers import ports
from lab.company.servers.keys import USER, Keys
from lab.company.servers.provision import ServerSetup, Tools, lay_out, write_programs
from lab.errors import LabError, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lab.company.loop import Loop
    from lab.company.servers.sshd import Sshd
    from lab.ledger.store import Ledger

COMMAND_SECONDS: Final = 60.0
_LONGEST: Final = 2_000
_LOOK: Final = 0.15
_SYSTEM_PATH: Final = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


@dataclass
class ProcessServer:
    """One server. `root` holds its home; `book` its ports, `<name>.ssh` and `<name>.app`; `mark` all its processes.

    Only its owner starts and stops it. Any process may make one on the same root and `execute`.
    """

    name: str
    root: Path
    company: str
    loop: Loop
    ledger: Ledger
    toolchain: Tools
    keys: Keys
    book: ports.PortBook
    forge: str = ""
    kind: str = "process"

    def __post_init__(self) -> None:
        """Nothing runs before `start`."""
        self._sshd: Sshd | None = None

    @property
    def home(self) -> Path:
        """The home directory: where a session begins."""
        return self.root / "home"

    @property
    def mark(self) -> str:
        """What every process on it carries as `LAB_RUN`."""
        return leftovers.server_mark(self.company, self.name)

    @property
    def is_laid_out(self) -> bool:
        """Whether its home was set up to the end: a kill may have come between."""
        return self._laid_out.exists()

    @property
    def _laid_out(self) -> Path:
        return self.root / "laid-out"

    @property
    def ssh_port(self) -> int:
        """The port of the loopback that SSH listens on."""
        return self.book.number(f"{self.name}.ssh")

    @property
    def port(self) -> int:
        """The port that its app is to listen on: `$PORT`."""
        return self.book.number(f"{self.name}.app")

    def lay_out(self, setup: ServerSetup, archive: Callable[[str, str, Path], object]) -> None:
        """Put it into its start state; what ran on it is ended, what was on it is gone. `archive` is `provision.lay_out`'s.

        Raises:
            WorldUnavailable: the disk is full, or the version that should run there is not in the forge.
        """
        process.sweep(self.mark)
        try:
            self._laid_out.unlink(missing_ok=True)
            lay_out(self.home, setup, archive=archive, tools=self.toolchain)
            self._laid_out.touch()
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def prepare(self) -> None:
        """Reserve its ports and make its folders and programs, so that it could boot.

        Raises:
            WorldUnavailable: no port is free, or the disk is full.
        """
        self.book.hold(f"{self.name}.ssh", f"{self.name}.app")
        try:
            for folder in (self.home / "boot.d", self.home / "data", self._temporary):
                folder.mkdir(parents=True, exist_ok=True)
            write_programs(self.root / "bin", self.toolchain)
        except OSError as problem:
            raise self._unwritable(problem) from problem

    def _unwritable(self, problem: OSError) -> WorldUnavailable:
        return WorldUnavailable(
            f"The server '{self.name}' could not be set up in '{self.root}': {problem.strerror or problem}.",
            remedy="Free some disk space, or make the directory writable.",
        )

    def start(self) -> None:
        """Listen for SSH. What a kill left running is ended first; nothing is booted.

        Raises:
            WorldUnavailable: no port is free, or the disk is full.
        """
        process.sweep(self.mark)
        self.prepare()
        self.listen()

    def listen(self) -> None:
        """Listen for SSH on the port that `prepare` reserved."""
        from lab.company.servers.sshd import Sshd  # noqa: PLC0415 - see above

        self._sshd = Sshd(self, self.keys)
        self.loop.call(self._sshd.listen(self.ssh_port), timeout=10)

    def stop(self) -> None:
        """Stop listening and end every process on it."""
        if self._sshd:
            with contextlib.suppress(TimeoutError, OSError):
                self.loop.call(self._sshd.close(), timeout=5)
            self._sshd = None
        process.sweep(self.mark)
        for name in (f"{self.name}.ssh", f"{self.name}.app"):
            if port := self.book.held.pop(name, None):
                port.release()

    def kill_all(self) -> int:
        """End every process on it at once, as a power cut does; gives how many there were."""
        if self._sshd:
            self.loop.soon(self._sshd.drop)
        killed = process.sweep(self.mark)
        self.ledger.append("server.killed", server=self.name, processes=killed)
        return killed

    def boot(self) -> int:
        """Start each executable of `~/boot.d` in name order, each in its own session, none waited for; gives how many."""
        self._clear_volatile()
        folder = self.home / "boot.d"
        scripts = [path for path in sorted(folder.glob("*")) if path.is_file() and os.access(path, os.X_OK)] if folder.is_dir() else []
        for script in scripts:
            with contextlib.suppress(LabError):
                process.start(_words(script), cwd=self.home, env=self.environment({}), log=self.home / "boot.log", mark=self.mark)
        self.ledger.append("server.booted", server=self.name, scripts=[script.name for script in scripts])
        return len(scripts)

    def _clear_volatile(self) -> None:
        """What a machine forgets when it boots: `~/run` and its temporary files."""
        for folder in (self.home / "run", self._temporary):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True, exist_ok=True)

    def reboot(self) -> int:
        """Cut the power and boot; gives how many scripts of `~/boot.d` were started."""
        self.kill_all()
        return self.boot()

    def execute(self, command: str, *, timeout: float = COMMAND_SECONDS, stdin: bytes = b"", by: str = "lab") -> process.Completed:
        """Run a shell command on it over SSH, as `by`; `timeout` is in seconds. A signal's exit code is negative.

        Raises:
            WorldUnavailable: the server does not answer.
        """
        from lab.company.servers import client  # noqa: PLC0415 - see above

        address = client.Address(self.name, self.ssh_port, self.keys.identity, self.keys.host_public(self.name))
        return self.loop.call(client.execute(address, command, by=by, stdin=stdin, timeout=timeout), timeout=timeout + 20)

    def is_listening(self) -> bool:
        """Whether its app accepts connections."""
        return ports.is_answering(self.port)

    def wait_listening(self, seconds: float) -> bool:
        """Wait up to `seconds` for its app to accept connections; gives whether it does."""
        deadline = time.monotonic() + seconds
        while not (found := self.is_listening()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return found

    def wait_up(self, seconds: float) -> bool:
        """As `wait_listening`, but give up as soon as nothing runs on it that could come to listen."""
        deadline = time.monotonic() + seconds
        while not (found := self.wait_listening(_LOOK)) and time.monotonic() < deadline:
            if not any(True for _ in process.marked(self.mark)):
                return self.is_listening()
        return found

    def environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of a process on it: nothing of the lab's own but language, time zone and certificates."""
        own = {
            "HOME": str(self.home),
            "USER": USER,
            "LOGNAME": USER,
            "SHELL": self.shell()[0],
            "PATH": f"{self.root / 'bin'}:{_SYSTEM_PATH}",
            "PORT": str(self.port),
            "FORGE": self.forge,
            "TMPDIR": str(self._temporary),
            "PYTHONNOUSERSITE": "1",
            "PIP_REQUIRE_VIRTUALENV": "1",
        }
        return process.environment(self.toolchain.pip_environment() | own | dict(extra), mark=self.mark)

    def shell(self) -> list[str]:
        """The words that start an interactive shell, without any start-up file of the machine."""
        bash = shutil.which("bash", path=_SYSTEM_PATH)
        return [bash, "--noprofile", "--norc"] if bash else ["/bin/sh"]

    async def command_ended(self, *, by: str, command: str, code: int) -> None:
        """Record a command. A ledger that can't be written costs the record, not the command."""
        try:
            await asyncio.to_thread(
                self.ledger.append, "server.command", actor=by, server=self.name, by=by, command=command[:_LONGEST], exit=code
            )
        except LabError as problem:
            sys.stderr.write(f"{problem}\n")

    @property
    def _temporary(self) -> Path:
        return self.root / "tmp"


def _words(script: Path) -> list[str]:
    """How a script of `~/boot.d` is started: by its own first line, or by `sh` if it has none (text without `#!`)."""
    with script.open("rb") as file:
        head = file.read(4)
    has_format = head.startswith(b"#!") or head in (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
    return [str(script)] if has_format else ["/bin/sh", str(script)]
