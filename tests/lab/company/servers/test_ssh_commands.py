"""Commands over real SSH, as people, scripts and the engine send them."""

import io
import os
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lab import process
from lab.company.servers.keys import Keys
from lab.errors import WorldUnavailable


def _commands(server):
    return [(event.data["by"], event.data["command"], event.data["exit"]) for event in server.ledger.events("server.command")]


def test_a_command_gives_its_output_its_errors_and_its_exit_code(server):
    done = server.execute("echo hello; echo oh no >&2; exit 3")
    assert (done.output, done.errors, done.returncode, done.timed_out) == ("hello\n", "oh no\n", 3, False)
    assert _commands(server) == [("lab", "echo hello; echo oh no >&2; exit 3", 3)]


def test_openssh_reaches_the_server_by_name_and_is_recorded_as_the_learner(server, ssh):
    done = ssh("ssh", "web1", "pwd; exit 5")
    assert (done.stdout.decode(), done.stderr, done.returncode) == (f"{server.home}\n", b"", 5)
    assert _commands(server) == [("learner", "pwd; exit 5", 5)]


def test_a_teammate_is_recorded_by_name(server, ssh):
    assert ssh("ssh", "web1", "echo $LAB_ACTOR", env={"LAB_ACTOR": "tom"}).stdout == b"tom\n"
    assert _commands(server) == [("tom", "echo $LAB_ACTOR", 0)]


def test_a_tar_of_megabytes_is_unpacked_from_standard_input(server, ssh):
    packed, content = io.BytesIO(), os.urandom(3_000_000)
    with tarfile.open(fileobj=packed, mode="w") as tree:
        entry = tarfile.TarInfo("big file.bin")
        entry.size = len(content)
        tree.addfile(entry, io.BytesIO(content))
    done = ssh("ssh", "web1", "mkdir app && tar -x -C app && echo unpacked", stdin=packed.getvalue())
    assert (done.stdout, done.returncode) == (b"unpacked\n", 0)
    assert (server.home / "app/big file.bin").read_bytes() == content


def test_megabytes_of_output_arrive_whole(server, ssh):
    done = ssh("ssh", "web1", "head -c 5000000 /dev/zero")
    assert (len(done.stdout), done.returncode) == (5_000_000, 0)


def test_a_command_that_does_not_read_its_input_ends_all_the_same(server):
    assert server.execute("exit 4", stdin=b"x" * 3_000_000).returncode == 4


def test_input_is_echoed_while_it_comes(server):
    assert server.execute("cat", stdin=b"line\n" * 100_000).output == "line\n" * 100_000


def test_a_background_child_that_holds_the_output_does_not_hold_the_channel(server, ssh):
    began = time.monotonic()
    done = ssh("ssh", "web1", "nohup sh -c 'while :; do echo tick; sleep 0.05; echo $$ >>alive; done' & echo started")
    assert b"started\n" in done.stdout
    assert done.returncode == 0
    assert time.monotonic() - began < 5
    time.sleep(0.3)
    lines = len((server.home / "alive").read_text().splitlines())
    time.sleep(0.3)
    assert len((server.home / "alive").read_text().splitlines()) > lines, "it still writes, and did not die of a closed pipe"


def test_what_a_command_prints_last_is_never_lost(server):
    for _ in range(15):
        assert server.execute("sleep 5 & printf '%s' end").output == "end"


def test_a_command_past_its_time_is_killed_on_the_server(server):
    done = server.execute("echo begun; sleep 60", timeout=0.4)
    assert (done.timed_out, done.output, done.is_success) == (True, "begun\n", False)
    deadline = time.monotonic() + 3
    while not _commands(server) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _commands(server) == [("lab", "echo begun; sleep 60", -9)]


def test_a_killed_command_ends_ssh_with_255_as_a_lost_machine_does(server, ssh):
    assert ssh("ssh", "web1", "kill -9 $$").returncode == 255
    assert _commands(server) == [("learner", "kill -9 $$", -9)]


def test_a_command_finds_its_home_its_port_and_nothing_of_ours(server, monkeypatch):
    monkeypatch.setenv("LAB_SECRET", "ours")
    told = dict(line.split("=", 1) for line in server.execute("env").output.splitlines() if "=" in line)
    assert told["HOME"] == told["PWD"] == str(server.home)
    assert (told["PORT"], told["USER"], told["FORGE"]) == (str(server.port), "deploy", server.forge)
    assert told["LAB_RUN"] == server.mark
    assert "LAB_SECRET" not in told
    assert "SSH_AUTH_SOCK" not in told


def test_pip_never_installs_into_the_machine_itself(server):
    done = server.execute("pip install storefront")
    assert done.returncode == 1
    assert "pip --python venv/bin/python install -r requirements.txt" in done.errors
    assert server.execute("python3 -m pip install storefront").returncode != 0


def test_an_environment_is_made_and_named_to_pip(server):
    done = server.execute("python3 -m venv --without-pip 'my venv' && pip --python 'my venv/bin/python' list --format=freeze", timeout=60)
    assert (done.returncode, done.output.strip()) == (0, ""), done.errors


def test_only_the_companys_key_is_let_in(server, ssh, tmp_path):
    config = server.root.parent / "ssh_config"
    config.write_text(config.read_text().replace(str(server.keys.identity), str(Keys(tmp_path / "other").identity)))
    done = ssh("ssh", "web1", "true")
    assert done.returncode == 255
    assert b"Permission denied (publickey)" in done.stderr


def test_a_stopped_server_is_the_worlds_fault_in_one_sentence(server):
    server.stop()
    with pytest.raises(WorldUnavailable, match="'web1' does not answer over SSH"):
        server.execute("true")


def test_many_commands_at_once_do_not_mix(server):
    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(lambda number: server.execute(f"sleep 0.05; echo {number}").output, range(24)))
    assert outputs == [f"{number}\n" for number in range(24)]


def test_everything_on_it_ends_even_what_left_its_session(server):
    server.execute("setsid sleep 100 >/dev/null 2>&1 & nohup setsid sh -c 'sleep 100; :' >/dev/null 2>&1 & sleep 0.2")
    assert len(list(process.marked(server.mark))) >= 2
    assert server.kill_all() >= 2
    assert not list(process.marked(server.mark))
    assert server.execute("echo up").output == "up\n", "SSH stays up: the machine's power comes back at once"
