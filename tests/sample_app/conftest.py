"""Storefronts for the tests: in this process on either database, or as a process of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.testclient import TestClient

from .cluster import private_cluster
from .fresh import MONEY, SETTINGS, TREE, imported

POSTGRES_VARIABLE = "STOREFRONT_TEST_POSTGRES_URL"
START_SECONDS = 20


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"postgres: needs a server: the one in {POSTGRES_VARIABLE}, or PostgreSQL's programs to start one")


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database, on SQLite and then on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/storefront.db"
        return
    with postgres_database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Give the URL of a PostgreSQL server: the one that is named, else one of our own that lives as long as the session."""
    named = os.environ.get(POSTGRES_VARIABLE)
    if named:
        yield named
        return
    with private_cluster() as url:
        yield url


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """Create a PostgreSQL database and drop it afterwards."""
    import psycopg  # noqa: PLC0415 - only here

    name = f"storefront_{uuid4().hex}"
    address, question, options = server.partition("?")
    scheme, _, rest = address.partition("://")
    url = f"{scheme}://{rest.partition('/')[0]}/{name}{question}{options}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield url
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    """Give the settings of a storefront with the shipped tables and an empty database."""
    return {"DATABASE_URL": database_url, "DATA_DIR": str(TREE / "data"), "BUILD_SHA": "a1b2c3"}


@pytest.fixture
def sqlite_environment(tmp_path: Path) -> dict[str, str]:
    """Give the same on SQLite alone, for tests that have nothing to do with the database."""
    url = f"sqlite:///{tmp_path}/storefront.db"
    return {"DATABASE_URL": url, "DATA_DIR": str(TREE / "data"), "BUILD_SHA": "a1b2c3"}


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[ModuleType]:
    """Give the package `app`, imported anew."""
    with imported(environment) as package:
        yield package


@pytest.fixture
def client(app: ModuleType) -> Iterator[TestClient]:
    """Give a client of an open storefront."""
    with TestClient(app.main.app) as client:
        yield client


@pytest.fixture(scope="session")
def pure() -> Iterator[ModuleType]:
    """Give the package `app` for tests of pure functions."""
    with imported({}) as package:
        yield package


@pytest.fixture(scope="session")
def shipped_tables() -> dict[str, Any]:
    """Give the shipped tables as JSON values, by name."""
    paths = sorted((TREE / "data").glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a copy of the storefront's tree that a test may change."""
    ignored = shutil.ignore_patterns("__pycache__", "*.db*", ".pytest_cache")
    return Path(shutil.copytree(TREE, tmp_path / "tree", ignore=ignored))


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for a process: ours, without any setting but these."""
    kept = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return {**kept, "PYTHONPATH": str(MONEY / "1.4"), "PYTHONDONTWRITEBYTECODE": "1", **environment}


class Running:
    """A storefront as a process of its own."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        """Take a process that was just started and the address it will have."""
        self.process = process
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=10)

    def wait_until_up(self) -> None:
        """Wait for the first answer; fail with the log when the process ends or START_SECONDS are over."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.http.get("/healthz")
            except httpx.TransportError:
                time.sleep(0.01)
            else:
                return
        self.process.kill()
        pytest.fail(f"the storefront did not start:\n{self.process.communicate()[0]}")

    def stop(self) -> str:
        """Send SIGTERM and return all that was logged."""
        self.process.terminate()
        return self.process.communicate(timeout=10)[0]


StartStorefront = Callable[..., Running]


@pytest.fixture
def start() -> Iterator[StartStorefront]:
    """Give a function that starts a storefront in a process of its own."""
    with ExitStack() as stack:

        def start(environment: Mapping[str, str], *, tree: Path = TREE, wait: bool = True) -> Running:
            port = free_port()
            process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)],
                cwd=tree,
                env=clean_environment(environment),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            stack.callback(process.communicate)
            stack.callback(process.kill)
            running = Running(process, f"http://127.0.0.1:{port}")
            stack.callback(running.http.close)
            if wait:
                running.wait_until_up()
            return running

        yield start


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
