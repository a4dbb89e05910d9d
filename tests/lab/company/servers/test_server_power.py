"""A server's power: booting, rebooting, stopping, and being found again after a kill."""

import os
import threading
import time

from lab import process


def _wait(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def _script(server, name, text, mode=0o755):
    path = server.home / "boot.d" / name
    path.write_text(text)
    path.chmod(mode)


def test_boot_starts_each_executable_in_name_order_and_waits_for_none(server):
    _script(server, "20-second", "#!/bin/sh\necho second >>order; exec sleep 50\n")
    _script(server, "10-first", "#!/bin/sh\necho first >>order; exec sleep 50\n")
    _script(server, "30-no-first-line", "echo third >>order\n")
    _script(server, "15-not-executable", "#!/bin/sh\necho never >>order\n", mode=0o644)
    began = time.monotonic()
    assert server.boot() == 3
    assert time.monotonic() - began < 10
    assert _wait(lambda: (server.home / "order").exists() and len((server.home / "order").read_text().split()) == 3)
    assert set((server.home / "order").read_text().split()) == {"first", "second", "third"}
    sessions = {os.getsid(pid) for pid in process.marked(server.mark)}
    assert len(sessions) == 2, "each in a session of its own"
    assert server.ledger.last("server.booted").data["scripts"] == ["10-first", "20-second", "30-no-first-line"]


def test_what_a_boot_script_says_stands_in_the_boot_log(server):
    _script(server, "10-talk", "#!/bin/sh\necho I am up on $PORT\n")
    server.boot()
    assert _wait(lambda: f"I am up on {server.port}" in (server.home / "boot.log").read_text())


def test_reboot_ends_everything_at_once_and_boots(server):
    _script(server, "10-app", "#!/bin/sh\necho boot >>boots; trap '' TERM; sleep 50\n")
    server.boot()
    server.execute("setsid sleep 60 >/dev/null 2>&1 &")
    (server.home / "run").mkdir(exist_ok=True)
    (server.home / "run/app.pid").write_text("1")
    before = set(process.marked(server.mark))
    assert server.reboot() == 1
    assert not before & set(process.marked(server.mark))
    assert not (server.home / "run/app.pid").exists(), "a machine forgets ~/run when it boots"
    assert _wait(lambda: (server.home / "boots").read_text().count("boot") == 2)
    assert [event.type for event in server.ledger.events("server.booted", "server.killed")] == [
        "server.booted",
        "server.killed",
        "server.booted",
    ]


def test_a_power_cut_ends_the_command_under_way(server, ssh):
    results = []
    thread = threading.Thread(target=lambda: results.append(ssh("ssh", "web1", "echo begun; sleep 60")))
    thread.start()
    assert _wait(lambda: any(True for _ in process.marked(server.mark)))
    time.sleep(0.1)
    server.kill_all()
    thread.join(10)
    assert results[0].returncode == 255


def test_stop_leaves_no_process_and_gives_its_ports_back(server):
    server.execute("nohup setsid sleep 60 >/dev/null 2>&1 &")
    ports = server.ssh_port, server.port
    server.stop()
    assert not list(process.marked(server.mark))
    assert not server.book.held
    server.start()
    assert (server.ssh_port, server.port) == ports, "the same ports, where they are free"
    assert server.execute("echo again").output == "again\n"


def test_start_sweeps_what_a_kill_left(server, loop):
    server.execute("nohup sleep 61 >/dev/null 2>&1 &")
    assert any(True for _ in process.marked(server.mark))
    loop.call(server._sshd.close())
    server.start()
    assert not list(process.marked(server.mark))


def test_two_companies_never_share_a_port_or_a_process(make_server):
    one, other = make_server(folder="one"), make_server(folder="other")
    assert len({one.ssh_port, one.port, other.ssh_port, other.port}) == 4
    one.execute("nohup sleep 62 >/dev/null 2>&1 &")
    other.kill_all()
    assert len(list(process.marked(one.mark))) == 1
