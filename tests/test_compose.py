"""docker-compose.yml starts as it stands: customers are served, Prometheus sees both instances, the dashboard opens, nothing is left."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path

import httpx
import pytest

from lab.company.docker.engine import Engine
from lab.company.images.building import Images
from lab.company.pipelines.toolchain import Toolchain
from lab.company.servers.ports import PortBook

TOP = Path(__file__).parents[1]
IMAGES = ("postgres", "proxy", "python-postgres", "prometheus", "dashboard")
START_SECONDS = 120.0
FOUNDING_SECONDS = 400.0  # the company that is played sets up its Python first
DOWN = ("down", "--volumes", "--timeout", "1", "--remove-orphans", "--rmi", "local")


def compose_command():
    """Docker's plugin, or the older program of its own."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0:
        return ["docker", "compose"]
    assert shutil.which("docker-compose"), "neither 'docker compose' nor 'docker-compose' is installed: setup/services.sh installs it"
    return ["docker-compose"]


def answer(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as found:  # noqa: S310 - an address of ours
            return json.load(found)
    except (OSError, ValueError):
        return None


def wait_for(ask, wanted, seconds=START_SECONDS):
    deadline = time.monotonic() + seconds
    while not wanted(found := ask()):
        assert time.monotonic() < deadline, f"the last answer was {found!r}"
        time.sleep(0.5)
    return found


def closed(url):
    """Whether the dashboard serves, and tells a stranger to go away; asked of it alone, since each command of compose costs a second."""
    try:
        return httpx.get(url, timeout=5).status_code == 401
    except httpx.HTTPError:
        return False


def left(project):
    """The containers, networks, volumes and images of a project of compose."""
    mine = ("--quiet", "--filter", f"label=com.docker.compose.project={project}")
    lists = (("ps", "--all", *mine), ("network", "ls", *mine), ("volume", "ls", *mine), ("images", "--quiet", f"{project}*"))
    return [subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.split() for words in lists]


@pytest.fixture
def compose(tmp_path):
    """Run compose in a project of the test's own, on ports of its own."""
    engine, toolchain = Engine.connect(), Toolchain.find()
    Images(engine, toolchain, toolchain.lock).ensure(IMAGES)
    engine.close()
    book = PortBook(tmp_path / "ports.json")
    book.hold("door", "prometheus", "dashboard")
    env = {
        **os.environ,
        "DOOR_PORT": str(book.number("door")),
        "PROMETHEUS_PORT": str(book.number("prometheus")),
        "DASHBOARD_PORT": str(book.number("dashboard")),
        "DOCKER_BUILDKIT": "0",
        "COMPOSE_DOCKER_CLI_BUILD": "0",
    }
    project = f"harborline-{secrets.token_hex(4)}"
    words = [*compose_command(), "--project-name", project, "--file", str(TOP / "docker-compose.yml")]

    def run(*more):
        return subprocess.run([*words, *more], env=env, capture_output=True, text=True, timeout=300, check=False)

    run.project = project
    ports = ("DOOR_PORT", "PROMETHEUS_PORT", "DASHBOARD_PORT")
    run.door, run.prometheus, run.dashboard = (f"http://127.0.0.1:{env[name]}" for name in ports)
    try:
        yield run
    finally:
        run(*DOWN)
        book.release()


@pytest.mark.docker
@pytest.mark.slow
def test_the_whole_company_starts_by_one_command_and_nothing_of_it_is_left(compose):
    done = compose("up", "--detach", "--build")
    assert done.returncode == 0, done.stdout + done.stderr

    assert wait_for(lambda: answer(f"{compose.door}/version"), bool)["sha"] == "by-hand"
    seen = f"{compose.prometheus}/api/v1/query?query=sum(up)"
    wait_for(lambda: answer(seen), lambda told: told and told["data"]["result"] and told["data"]["result"][0]["value"][1] == "3")
    wait_for(lambda: compose("logs", "--no-color", "customers").stdout, lambda text: re.search(r"customers: [1-9]\d* served", text))

    wait_for(lambda: closed(compose.dashboard), bool, FOUNDING_SECONDS)
    address = re.search(r"Open (http://\S+)", compose("logs", "--no-color", "dashboard").stdout)[1]
    with httpx.Client(base_url=compose.dashboard, follow_redirects=True) as browser:
        assert browser.get(address).status_code == 200
        assert browser.get("/api/here").json()["company"] == "Harborline"

    assert all(left(compose.project)), "the question whether something is left must be able to find it"
    compose(*DOWN)
    assert left(compose.project) == [[], [], [], []]
