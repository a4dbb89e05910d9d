"""The one place that puts the parts of a company together, under one root directory.

    root/company.json ledger.db ports.json        what it is, what happened, where it listens
        /forge/NAME.git                           the git server
        /servers/NAME/{home,bin,tmp}              the machines
        /keys/ ssh_config known_hosts             how one reaches them
        /runs/                                    the pipelines' logs

Owner and visitor: the owner starts and stops it (the resident process of a live company, the game day of a copy). Any
other process may open it too, read its ledger, and `execute`, `observe` and push; it starts nothing.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Self

from lab import process
from lab.company import founding, reaper
from lab.company.charter import Charter, new_id
from lab.company.customers.traffic import Customers
from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.company.images.registry import REGISTRY
from lab.company.loop import Loop
from lab.company.parts import Parts, real_parts
from lab.company.pipelines.vault import Vault
from lab.company.servers.keys import Keys, write_ssh_config
from lab.company.servers.ports import PortBook
from lab.company.servers.process import ProcessServer
from lab.company.site import Door
from lab.company.team.contents import Contents
from lab.errors import LabError, WorldUnavailable
from lab.ledger.store import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from lab.company.customers.judging import Truth
    from lab.company.harbour import Harbour
    from lab.company.oracle import Oracle
    from lab.company.pipelines.runner import Runner
    from lab.company.servers.provision import ServerSetup
    from lab.company.team.bank import Bank

DOOR: Final = "door"
BOOT_SECONDS: Final = 8.0
START_LOG: Final = "start.log"
CARRIED: Final = ("change.pushed",)
"""What a copy's ledger begins with: which changes `main` holds, and with it which tables are true."""


@dataclass
class Company:
    """One company, whole. Make one with `create`, find it again with `open`."""

    root: Path
    charter: Charter
    parts: Parts
    ledger: Ledger
    forge: Forge
    loop: Loop
    book: PortBook
    keys: Keys
    servers: dict[str, ProcessServer] = field(default_factory=dict)
    is_throwaway: bool = False

    def __post_init__(self) -> None:
        """Put together what hangs on the other parts. Nothing runs yet."""
        self._stack = contextlib.ExitStack()
        self._customers: Customers | None = None
        self._door: Door | None = None
        for setup in self.charter.servers:
            self.servers[setup.name] = self._server(setup.name)

    @functools.cached_property
    def oracle(self) -> Oracle:
        """What is right in this company's scenario."""
        return self.parts.oracle(self.charter)

    @functools.cached_property
    def bank(self) -> Bank:
        """The commit bank, and the people who push from it.

        Raises:
            ScenarioWrong: the scenario's `team/` can't be read.
        """
        from lab.company.team import bank  # noqa: PLC0415 - dozens of models, which most who open a company never need

        return bank.load(self.charter.scenario / "team", oracle=self.oracle)

    @functools.cached_property
    def truth(self) -> Truth:
        """Which tables are true for which version."""
        return self.parts.truth(self)

    @functools.cached_property
    def runner(self) -> Runner:
        """What runs the pipelines."""
        return self.parts.runner(self)

    @functools.cached_property
    def harbour(self) -> Harbour:
        """The company's corner of the Docker engine."""
        from lab.company.harbour import Harbour  # noqa: PLC0415 - the first stages need none

        return Harbour(self.id, self.root, book=self.book, ledger=self.ledger, toolchain=self.parts.toolchain, loop=self.loop)

    @property
    def id(self) -> str:
        """The name that no other company has."""
        return self.charter.id

    @property
    def repository(self) -> str:
        """The repository whose `main` is production's."""
        return self.charter.repository

    @property
    def ssh_config(self) -> Path:
        """The file for `ssh -F` that names every server."""
        return self.root / "ssh_config"

    @property
    def door(self) -> Door:
        """The front door.

        Raises:
            WorldUnavailable: the company never started.
        """
        if self._door is None:
            self._door = Door(self.loop, self.book.number(DOOR))
        return self._door

    @property
    def customers(self) -> Customers:
        """Those who buy through the front door.

        Raises:
            WorldUnavailable: the company never started.
        """
        if self._customers is None:
            known = Contents(self.forge, self.repository, laid=[setup.runs for setup in self.charter.servers])
            seed, port = self.charter.luck, self.door.port
            self._customers = Customers(self.loop, port, self.oracle, self.truth, self.ledger, seed=seed, contents=known.of)
        return self._customers

    @classmethod
    def create(cls, root: Path, charter: Charter, *, parts: Parts | None = None, throwaway: bool = False) -> Company:
        """Make a company in `root`: its file, its ledger, no repository yet.

        Raises:
            WorldUnavailable: the disk is full or the directory can't be written.
        """
        try:
            root.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise WorldUnavailable(
                f"The company's directory '{root}' could not be made: {problem.strerror or problem}.", remedy="Choose another with --dir."
            ) from problem
        charter.write(root)
        Ledger.create(root / "ledger.db", scale=charter.scale)
        return cls._put_together(root, charter, parts, throwaway=throwaway)

    @classmethod
    def open(cls, root: Path, *, parts: Parts | None = None) -> Company:
        """The company in `root`, as any process may open it.

        Raises:
            WorldUnavailable: there is none, or its file is damaged.
        """
        return cls._put_together(root, Charter.read(root), parts, throwaway=False)

    @classmethod
    def _put_together(cls, root: Path, charter: Charter, parts: Parts | None, *, throwaway: bool) -> Company:
        ledger = Ledger(root / "ledger.db")
        return cls(
            root=root,
            charter=charter,
            parts=parts or real_parts(),
            ledger=ledger,
            forge=Forge(root / "forge", ledger, company=root, follow=not throwaway),
            loop=Loop(charter.id),
            book=PortBook(root / "ports.json"),
            keys=Keys(root / "keys"),
            is_throwaway=throwaway,
        )

    def _server(self, name: str) -> ProcessServer:
        return ProcessServer(
            name=name,
            root=self.root / "servers" / name,
            company=self.id,
            loop=self.loop,
            ledger=self.ledger,
            toolchain=self.parts.toolchain,
            keys=self.keys,
            book=self.book,
            forge=str(self.forge.root),
        )

    def start(self, *, customers: float | None = None, is_waiting: bool = True) -> None:
        """Start every part: servers (booted), door, pipelines, then customers (`customers` a second; None: the charter's).

        What a kill left running on its servers is ended first. `is_waiting` waits until the shop accepts connections
        (up to `BOOT_SECONDS`) before it lets customers in.

        Raises:
            WorldUnavailable: a port, the disk or a program is missing; nothing is left running.
        """
        with contextlib.ExitStack() as stack:
            stack.callback(self.loop.stop)
            self._start_servers(stack)
            self._open_harbour(stack)
            self._start_door(stack)
            self.runner.start()
            stack.callback(self.runner.stop)
            if is_waiting:
                self._wait_for_shop()
            self.customers.rate = self.charter.customers if customers is None else customers
            self.customers.start()
            stack.callback(self.customers.stop)
            self._stack = stack.pop_all()

    def _start_servers(self, stack: contextlib.ExitStack) -> None:
        """Power them on: each boots while the next is prepared, and while SSH comes up."""
        for server in self.servers.values():
            process.sweep(server.mark)  # what a kill left holds the very ports that are wanted now
        names = [f"{name}.{use}" for name in self.servers for use in ("ssh", "app")]
        stack.callback(self.book.release)
        self.book.hold(DOOR, REGISTRY, *names)
        if self.is_throwaway:
            mark = f"{self.id}-reaper"
            reaper.start(self.root, mark=mark)
            stack.callback(process.sweep, mark)
        for setup in self.charter.servers:
            server = self.servers[setup.name]
            stack.callback(server.stop)
            self._power_on(server, setup)
        for server in self.servers.values():
            server.listen()
        write_ssh_config(self.ssh_config, keys=self.keys, ports={name: server.ssh_port for name, server in self.servers.items()})

    def _power_on(self, server: ProcessServer, setup: ServerSetup) -> None:
        """Boot a server. On one with nothing in `~/boot.d`, whoever keeps the machine runs `setup.start` by hand."""
        if not server.is_laid_out:
            server.lay_out(setup, self.archive)
        server.prepare()
        if not server.boot() and setup.start and setup.runs:
            words = ["/bin/sh", "-c", setup.start]
            process.start(words, cwd=server.home, env=server.environment({}), log=self.root / START_LOG, mark=server.mark)

    def _start_door(self, stack: contextlib.ExitStack) -> None:
        self._door = Door(self.loop, self.book.number(DOOR))
        self._door.upstream = next((server.port for server in self.servers.values()), None)
        self._door.start()
        stack.callback(self._door.stop)

    def _open_harbour(self, stack: contextlib.ExitStack) -> None:
        """Start a live company's registry; a copy starts its own when a job asks for it. Whatever needs a missing engine says so."""
        if self.charter.containers:
            stack.callback(self.harbour.close)
            with contextlib.suppress(WorldUnavailable):
                if not self.is_throwaway:
                    self.harbour.open()

    def _wait_for_shop(self) -> None:
        for setup in self.charter.servers:
            if setup.runs:
                self.servers[setup.name].wait_up(BOOT_SECONDS)

    def stop(self) -> None:
        """Stop every part, in reverse order, whatever happens; no process is left."""
        self._stack.close()
        self.loop.stop()

    def __enter__(self) -> Self:
        """A started company is stopped at the end of the `with`; an opened one only gives its thread back."""
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        """Stop."""
        self.stop()

    def lay_out(self, *names: str) -> None:
        """Put servers back into the stage's start state (all if none is named). Only while the company is stopped.

        Raises:
            WorldUnavailable: the disk is full, or the version that should run there is not in the forge.
        """
        for setup in self.charter.servers:
            if not names or setup.name in names:
                self.servers[setup.name].lay_out(setup, self.archive)

    def archive(self, repository: str, ref: str, file: Path) -> None:
        """Write the tree of a commit, branch or tag into a tar file, as `git archive` does.

        Raises:
            WorldUnavailable: the forge has no such version.
        """
        try:
            Git(self.forge.path(repository)).run("archive", "--format=tar", "-o", str(file), ref, "--")
        except LabError as problem:
            raise WorldUnavailable(f"The forge has no '{ref}' of '{repository}' to put on a server: {problem.message}") from problem

    def publish_tag(self, tag: str) -> str:
        """Show a tag of the repository's past that was hidden until now; gives its commit."""
        return founding.publish(self.forge, self.repository, tag)

    def change(self, **values: Any) -> None:
        """Change the charter (`servers`, `customers`): a new stage. The resident takes new customers up by itself.

        Raises:
            WorldUnavailable: the disk is full.
        """
        self.charter = replace(self.charter, **values)
        self.charter.write(self.root)
        self.ledger.set_scale(self.charter.scale)
        self.servers = {setup.name: self._server(setup.name) for setup in self.charter.servers}

    def copy(self, target: Path, *, seed: int, servers: Iterable[ServerSetup] | None = None) -> Company:
        """A throwaway company in `target`: this one's `main` and tags, a new ledger, `servers` (default: its own) in start state.

        It has its own ports, keys and marks, no customers unless `start` is told so, and no resident. `seed` is its luck;
        the tables stay those of this company, since its repository holds them. Not started yet.

        Raises:
            WorldUnavailable: the disk is full.
        """
        setups = self.charter.servers if servers is None else tuple(servers)
        charter = replace(self.charter, id=new_id(), luck=seed, customers=0.0, servers=setups)
        made = Company.create(target, charter, parts=self.parts, throwaway=True)
        for repository in self.forge.repositories():
            made.forge.create(repository, like=self.forge.path(repository))
        Vault(self.root).copy_to(target)
        carried = self.ledger.events(*CARRIED)
        if carried:
            made.ledger.append_many((event.type, event.actor, event.source, event.data) for event in carried)
        return made
