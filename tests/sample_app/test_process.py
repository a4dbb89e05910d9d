"""The storefront as a process: quick to start, small, talkative in JSON, polite when told to stop."""

import json
import os
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from .conftest import StartStorefront
from .fresh import TREE
from .shopping import cart, order

CANARY = "canary@example.org"
GIT, TAR = shutil.which("git") or "git", shutil.which("tar") or "tar"
PATIENCE = float(os.environ.get("STOREFRONT_TEST_PATIENCE", "1"))


def log_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_it_starts_quickly_and_stays_small(start: StartStorefront, sqlite_environment: dict[str, str]) -> None:
    start(sqlite_environment).stop()  # compiles what is not compiled yet
    took = []
    for _ in range(3):
        running = start(sqlite_environment)
        process = psutil.Process(running.process.pid)
        spent = process.cpu_times()  # its own: what else the machine does is not its fault
        took.append(spent.user + spent.system)
        memory = process.memory_info().rss / 1e6
        running.stop()

    assert min(took) < 1.5 * PATIENCE
    assert memory < 80


def test_every_log_line_is_json_and_tells_no_customer(start: StartStorefront, sqlite_environment: dict[str, str]) -> None:
    running = start({**sqlite_environment, "PAYMENTS_KEY": "canary-key", "LOG_LEVEL": "debug"})
    order(running.http, ("BK-001", 1), customer=CANARY)
    running.http.post("/orders", json={**cart(), "customer": CANARY}, headers={"Idempotency-Key": "2"})
    log = running.stop()

    lines = log_lines(log)
    assert "canary" not in log
    assert all({"at", "level", "logger", "message"} <= line.keys() for line in lines)
    requests = [line for line in lines if line["message"] == "request" and line["route"] == "/orders"]
    assert [(line["method"], line["status"]) for line in requests] == [("POST", 201), ("POST", 422)]


def test_the_log_level_holds(start: StartStorefront, sqlite_environment: dict[str, str]) -> None:
    running = start({**sqlite_environment, "LOG_LEVEL": "WARNING"})
    running.http.get("/products")
    assert running.stop() == ""


def test_it_stops_when_told_and_finishes_what_it_began(start: StartStorefront, sqlite_environment: dict[str, str], tree: Path) -> None:
    catalog = tree / "app" / "routes" / "catalog.py"
    slow = "    with shop.database.reading() as connection:\n        import time; time.sleep(1)\n        skus"
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(text.replace("    with shop.database.reading() as connection:\n        skus", slow))
    running = start(sqlite_environment, tree=tree)
    answers: list[int] = []
    asking = threading.Thread(target=lambda: answers.append(running.http.get("/products").status_code))
    asking.start()
    time.sleep(0.4)

    running.stop()
    asking.join()

    assert answers == [200]
    assert running.process.returncode in (0, -15, 143)


def test_first_starts_at_once_on_one_file_all_succeed(start: StartStorefront, sqlite_environment: dict[str, str]) -> None:
    all_of_them = [start(sqlite_environment, wait=False) for _ in range(3)]
    for running in all_of_them:
        running.wait_until_up()
        assert running.http.get("/products").status_code == 200


def test_it_reads_data_and_database_in_the_folder_where_it_starts(start: StartStorefront, tree: Path) -> None:
    running = start({}, tree=tree)

    assert order(running.http, ("BK-001", 1)).status_code == 201
    assert (tree / "storefront.db").is_file()


def test_an_archive_knows_its_sha(start: StartStorefront, tree: Path, tmp_path: Path) -> None:
    sha = committed(tree)
    release = tmp_path / "release"
    release.mkdir()
    archive = subprocess.run([GIT, "archive", sha], cwd=tree, capture_output=True, check=True)
    subprocess.run([TAR, "-x", "-C", release], input=archive.stdout, check=True)

    in_archive, in_tree = start({}, tree=release), start({}, tree=tree)

    assert in_archive.http.get("/version").json()["sha"] == sha
    assert in_archive.http.get("/healthz").headers["X-Version"] == sha
    assert in_tree.http.get("/version").json()["sha"] == "unknown"


def committed(tree: Path) -> str:
    """Make a tree a git repository with one commit, and return its sha."""
    who = {"NAME": "Priya", "EMAIL": "priya@example.org", "DATE": "2024-05-01T12:00:00Z"}
    names = {f"GIT_{role}_{name}": value for role in ("AUTHOR", "COMMITTER") for name, value in who.items()}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(*arguments: str) -> str:
        environment = {**os.environ, **names, **quiet}
        done = subprocess.run([GIT, *arguments], cwd=tree, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "the storefront")
    assert git("status", "--porcelain") == ""
    return git("rev-parse", "HEAD")


@pytest.mark.parametrize("name", ["storefront.db", "storefront.db-wal", "app/__pycache__/x.pyc", ".pytest_cache/x"])
def test_what_it_leaves_behind_is_ignored_by_git(tree: Path, name: str) -> None:
    committed(tree)
    done = subprocess.run([GIT, "check-ignore", "-q", name], cwd=tree, check=False)
    assert done.returncode == 0


def test_the_tree_itself_is_clean() -> None:
    assert not list(TREE.glob("*.db*"))
