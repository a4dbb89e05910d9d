"""Ports are nobody else's, keys stay, and the SSH configuration survives spaces and percent signs."""

import json
import socket
import subprocess
import sys

import pytest

from lab.company.servers.keys import Keys, write_ssh_config
from lab.company.servers.ports import LOOPBACK, PortBook, allot, is_free
from lab.errors import WorldUnavailable


def test_a_port_is_ours_even_while_nothing_listens():
    port = allot()
    assert is_free(port.number)
    other = allot(prefer=port.number)
    assert other.number != port.number
    port.release()
    again = allot(prefer=port.number)
    assert again.number == port.number
    again.release()
    other.release()


def test_a_port_that_somebody_listens_on_is_left_alone():
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = allot(prefer=taken.getsockname()[1])
        assert port.number != taken.getsockname()[1]
        port.release()


def test_a_dead_process_gives_its_ports_back(tmp_path):
    program = "import os; from lab.company.servers.ports import allot; print(allot().number, flush=True); os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    number = int(done.stdout)
    port = allot(prefer=number)
    assert port.number == number
    port.release()


def test_a_book_finds_its_ports_again(tmp_path):
    book = PortBook(tmp_path / "ports.json")
    book.hold("door", "web1.ssh")
    numbers = book.read()
    assert book.number("door") == numbers["door"]
    book.release()
    again = PortBook(tmp_path / "ports.json")
    again.hold("door", "web1.ssh")
    assert again.read() == numbers
    again.release()


def test_a_half_written_book_costs_only_the_old_numbers(tmp_path):
    (tmp_path / "ports.json").write_text('{"door": 12')
    book = PortBook(tmp_path / "ports.json")
    book.hold("door")
    assert json.loads((tmp_path / "ports.json").read_text()) == {"door": book.number("door")}
    book.release()


def test_a_port_that_was_never_allotted_says_so(tmp_path):
    with pytest.raises(WorldUnavailable, match="no port for 'door': it never started"):
        PortBook(tmp_path / "ports.json").number("door")


def test_keys_stay_and_are_nobody_elses_to_read(tmp_path):
    keys = Keys(tmp_path / "keys")
    first = keys.identity.read_bytes()
    assert keys.identity.stat().st_mode & 0o777 == 0o600
    assert Keys(tmp_path / "keys").identity.read_bytes() == first
    assert keys.host_public("web1") != keys.host_public("web2")


def test_the_ssh_configuration_is_read_whole_where_the_path_is_odd(tmp_path):
    folder = tmp_path / "a 100% odd folder"
    keys = Keys(folder / "keys")
    write_ssh_config(folder / "ssh_config", keys=keys, ports={"web1": 2201, "db1": 2202})
    told = subprocess.run(["ssh", "-G", "-F", str(folder / "ssh_config"), "db1"], capture_output=True, text=True, check=True).stdout
    values = dict(line.split(" ", 1) for line in told.splitlines() if " " in line)
    assert (values["hostname"], values["port"], values["user"], values["hostkeyalias"]) == (LOOPBACK, "2202", "deploy", "db1")
    assert values["stricthostkeychecking"] in ("true", "yes")
    assert (folder / "known_hosts").read_text().splitlines()[1].startswith("db1 ssh-ed25519 ")
