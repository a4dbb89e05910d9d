"""The one process of a live company: started by whoever comes, killed at any moment, and nothing is left of it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import company_kit
import pytest

from lab import process
from lab.company import leftovers, resident
from lab.company.company import Company
from lab.company.pipelines.toolchain import Toolchain
from lab.company.servers.ports import is_answering
from lab.errors import WorldUnavailable, WrongState
from lab.ledger.store import Ledger


def _until(condition, seconds=8.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A founded company whose shop says what the oracle of its seed says; nothing runs, and nothing does at the end."""
    cache = tmp_path / "cache"
    plain = company_kit.FakeToolchain(tmp_path).plain
    Toolchain(cache).home.mkdir(parents=True)
    plain.rename(Toolchain(cache).plain)
    monkeypatch.setenv("LAB_CACHE", str(cache))
    scenario = company_kit.write_scenario(tmp_path / "scenario")
    made = company_kit.found(tmp_path / "a live company", scenario, None, name="shop-1", customers=10.0)
    made.stop()
    yield made.root
    marks = {resident._mark(made.root), *(server.mark for server in made.servers.values())}
    resident.stop(made.root)
    assert not [mark for mark in marks for _ in process.marked(mark)]


def _kill(root, pid):
    os.kill(pid, signal.SIGKILL)
    assert _until(lambda: not resident._is_held(root))


def _visit(root):
    return Company.open(root)


def test_ensure_starts_everything_and_a_second_one_finds_it(root):
    began = time.monotonic()
    found = resident.ensure(root)
    seconds = time.monotonic() - began
    assert resident.ensure(root) == found == resident.find(root)
    with _visit(root) as company:
        assert company.door.url == found.door
        assert company.customers.observe(3).is_right
        assert company.servers["web1"].execute("echo here").output == "here\n"
        assert _until(lambda: company.customers.report().good > 5)
    assert json.loads((root / "resident.json").read_text())["pid"] == found.pid
    assert seconds < 10, "on a busy machine; a second and a half where nothing else runs"


def test_it_has_a_session_of_its_own_and_survives_its_starter(root):
    program = f"from pathlib import Path; from lab.company import resident; print(resident.ensure(Path({str(root)!r})).pid)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    pid = int(done.stdout)
    assert os.getsid(pid) == pid
    assert resident.find(root).pid == pid


def test_two_who_come_at_once_find_the_same_one(root):
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _: resident.ensure(root), range(3)))
    assert len({one.pid for one in found}) == 1


def test_a_second_resident_refuses(root):
    resident.ensure(root)
    with pytest.raises(WrongState, match="has a resident process already"):
        resident.live(root)


def test_stop_leaves_no_process_and_it_can_start_again(root):
    found = resident.ensure(root)
    with _visit(root) as company:
        company.servers["web1"].execute("nohup setsid sleep 100 >/dev/null 2>&1 &")
        mark = company.servers["web1"].mark
    assert resident.stop(root)
    assert resident.find(root) is None
    assert not list(process.marked(mark))
    assert not (root / "resident.json").exists()
    assert not is_answering(found.ports["door"])
    assert not resident.stop(root)
    again = resident.ensure(root)
    assert again.ports == found.ports


def test_after_a_kill_it_starts_again_on_its_ports_with_what_was_there(root):
    found = resident.ensure(root)
    with _visit(root) as company:
        company.servers["web1"].execute("echo kept >data/order; nohup sleep 100 >/dev/null 2>&1 & echo $! >data/pid")
        left = int((company.servers["web1"].home / "data/pid").read_text())
    _kill(root, found.pid)
    again = resident.ensure(root)
    assert again.pid != found.pid
    assert again.ports == found.ports
    with _visit(root) as company:
        assert left not in process.marked(company.servers["web1"].mark), "swept: the machine was off"
        assert company.servers["web1"].execute("cat data/order").output == "kept\n"
        assert company.customers.observe(3).is_right


def test_after_a_kill_a_taken_port_costs_only_that_port(root):
    found = resident.ensure(root)
    _kill(root, found.pid)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", found.ports["web1.ssh"]))
        taken.listen()
        again = resident.ensure(root)
        assert again.ports["web1.ssh"] != found.ports["web1.ssh"]
        assert (again.ports["door"], again.ports["web1.app"]) == (found.ports["door"], found.ports["web1.app"])
        words = ["ssh", "-F", str(root / "ssh_config"), "web1", "echo found"]
        done = subprocess.run(words, capture_output=True, text=True, check=False, env=company_kit.environment())
        assert (done.stdout, done.returncode) == ("found\n", 0), "the configuration was written anew"


def test_stop_after_a_kill_leaves_no_process(root):
    found = resident.ensure(root)
    _kill(root, found.pid)
    resident.stop(root)
    assert leftovers.sweep(root) == 0


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"pid": "x"}'])
def test_a_half_written_file_of_a_dead_resident_disturbs_nobody(root, text):
    (root / "resident.json").write_text(text)
    assert resident.find(root) is None
    assert resident.ensure(root).pid > 0


def test_it_ends_itself_when_its_company_is_removed(root):
    found = resident.ensure(root)
    with _visit(root) as company:
        mark = company.servers["web1"].mark
    root.rename(root.with_name("moved away"))
    assert _until(lambda: not list(process.marked(mark)) and not list(process.marked(f"{company.id}-resident")))
    root.with_name("moved away").rename(root)
    assert not is_answering(found.ports["door"])


def test_what_is_wrong_with_the_start_is_said_in_one_sentence(root):
    (root / "ledger.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(WorldUnavailable, match="could not be started: The company's ledger") as said:
        resident.ensure(root)
    assert "resident.log" in said.value.remedy
    assert resident.find(root) is None


def test_without_a_company_there_is_no_resident(tmp_path):
    with pytest.raises(WorldUnavailable, match="There is no company in"):
        resident.ensure(tmp_path)
    assert not resident.stop(tmp_path)


class FakeCompany:
    """As much of a company as falling asleep needs."""

    def __init__(self, root, ledger):
        self.root, self.ledger = root, ledger
        self.runner = self.customers = self
        self.said = []
        self.rate = 0.0

    def is_idle(self):
        return True

    def start(self):
        self.said.append("start")

    def stop(self):
        self.said.append("stop")


@pytest.fixture
def watched(root):
    company = FakeCompany(root, Ledger(root / "ledger.db"))
    return company, resident._Watch(company)


def test_customers_pause_after_a_quarter_of_an_hour_and_come_back_with_a_leap(watched, root, monkeypatch):
    company, watch = watched
    resident.touch(root)
    watch._look()
    assert company.said == []
    long_ago = time.time() - 16 * 60
    os.utime(root / "resident.touched", (long_ago, long_ago))
    watch._active = long_ago
    watch._look()
    watch._look()
    assert company.said == ["stop"]
    resident.touch(root)
    watch._look()
    assert company.said == ["stop", "start"]
    assert [event.type for event in company.ledger.events("clock.paused", "clock.leaped")] == ["clock.paused", "clock.leaped"]


@pytest.mark.parametrize("type_", ["ref.updated", "server.command"])
def test_a_push_or_a_command_on_a_server_keeps_it_awake(watched, root, type_):
    company, watch = watched
    long_ago = time.time() - 16 * 60
    resident.touch(root)
    os.utime(root / "resident.touched", (long_ago, long_ago))
    watch._active = long_ago
    company.ledger.append(type_, by="learner")
    watch._look()
    assert company.said == []


def test_a_new_stage_brings_other_customers(watched, root):
    company, watch = watched
    text = (root / "company.json").read_text().replace('"customers": 10.0', '"customers": 4.0')
    time.sleep(0.02)
    (root / "company.json").write_text(text)
    watch._look()
    assert company.rate == 4.0
