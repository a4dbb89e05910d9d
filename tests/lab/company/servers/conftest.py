"""One real server on a temporary root, reached by the machine's own OpenSSH."""

from __future__ import annotations

import secrets
import shutil
import subprocess

import company_kit
import pytest

from lab import process
from lab.company.servers.keys import Keys, write_ssh_config
from lab.company.servers.ports import PortBook
from lab.company.servers.process import ProcessServer
from lab.ledger.store import Ledger

TIMEOUT = 30


@pytest.fixture
def make_server(tmp_path, loop):
    """Make a started server in a company of its own; all are stopped at the end."""
    made = []

    def make(name="web1", folder="a company"):
        root = tmp_path / folder
        server = ProcessServer(
            name=name,
            root=root / name,
            company=f"test-{secrets.token_hex(4)}",
            loop=loop,
            ledger=Ledger.create(root / "ledger.db"),
            toolchain=company_kit.FakeToolchain(tmp_path / "cache"),
            keys=Keys(root / "keys"),
            book=PortBook(root / "ports.json"),
            forge=str(root / "forge"),
        )
        made.append(server)
        server.start()
        write_ssh_config(root / "ssh_config", keys=server.keys, ports={name: server.ssh_port})
        return server

    yield make
    for server in made:
        server.stop()
        assert not list(process.marked(server.mark))


@pytest.fixture
def server(make_server):
    """One started server."""
    return make_server()


@pytest.fixture
def ssh(server):
    """Call a program of OpenSSH with the server's configuration: `ssh("ssh", "web1", "ls")`."""

    def call(program, *words, stdin=b"", timeout=TIMEOUT, env=None):
        if not shutil.which(program):
            pytest.skip(f"'{program}' is not installed on this machine")
        folder = server.root.parent
        return subprocess.run(
            [program, "-F", str(folder / "ssh_config"), *map(str, words)],
            input=stdin,
            capture_output=True,
            timeout=timeout,
            cwd=folder,
            env=company_kit.environment() | (env or {}),
            check=False,
        )

    return call
