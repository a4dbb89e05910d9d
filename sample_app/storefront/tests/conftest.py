"""A running storefront for the tests that talk HTTP: STOREFRONT_URL, or else a process of our own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 20


@pytest.fixture(scope="session")
def storefront_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a storefront with a database of its own."""
    if given := os.environ.get("STOREFRONT_URL"):
        yield given
        return
    port = free_port()
    database = tmp_path_factory.mktemp("database") / "storefront.db"
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{database}",
            "PAYMENTS_URL": "",
            "STOREFRONT_ENV": "dev",
        },
    )
    try:
        wait_until_up(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def storefront(storefront_url: str) -> Iterator[httpx.Client]:
    """Give a client of that storefront."""
    with httpx.Client(base_url=storefront_url) as client:
        yield client


def free_port() -> int:
    """Return a port that nobody uses at present."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_up(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a process answers; fail as soon as it ends or START_SECONDS are over."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the storefront did not start; its log is above")
