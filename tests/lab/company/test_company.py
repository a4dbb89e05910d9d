"""A company whole: real git, real SSH, a real process that serves the shop, and copies that never meet."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import company_kit
import pytest

from lab import process
from lab.company import leftovers
from lab.company.charter import Charter
from lab.company.company import Company
from lab.company.servers.ports import is_answering
from lab.company.servers.provision import ServerSetup
from lab.errors import WorldUnavailable


def _until(condition, seconds=8.0):
    deadline = time.monotonic() + seconds
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.03)
    return found


def test_a_started_company_serves_main_to_its_customers(company):
    company.start(customers=20)
    head = company.forge.head("storefront")
    assert company.customers.observe(5, head).is_right
    time.sleep(1.2)
    company.customers.stop()
    told = company.customers.report()
    assert told.good == told.asked >= 20, told
    assert told.versions == {head: told.asked}
    assert company.ledger.last("server.booted").data["server"] == "web1"


def test_the_first_ten_minutes_by_hand(company):
    """`git archive friday | ssh web1 'tar -x -C app && ./restart'`, and the way back."""
    first = company.forge.head("storefront")
    company.start()
    friday = company_kit.commit(company, "friday", tag="friday")
    company.archive("storefront", "friday", company.root / "friday.tar")
    done = company.servers["web1"].execute("tar -x -C app && ./restart", stdin=(company.root / "friday.tar").read_bytes())
    assert (done.returncode, done.output) == (0, "The shop runs.\n"), done.errors
    assert company.customers.observe(5, friday).is_right
    assert not company.customers.observe(5, first).is_right
    listed = company.servers["web1"].execute("ls").output.split()
    assert listed == ["app", "boot.d", "data", "restart", "run", "shop.env", "shop.log", "venv"]


def test_restart_says_so_when_the_shop_does_not_start(company):
    company.start()
    server = company.servers["web1"]
    done = server.execute("echo 'raise SystemExit(\"no such setting\")' >app/app/main.py; ./restart", timeout=20)
    assert done.returncode == 1
    assert "The shop did not start. The last lines of ~/shop.log:" in done.errors
    assert "no such setting" in done.errors
    assert company.customers.observe(3).failed == 3


def test_a_reboot_runs_boot_scripts_and_nothing_else(company):
    company.start()
    server = company.servers["web1"]
    server.reboot()
    time.sleep(0.3)
    assert not server.is_listening(), "nothing stands in ~/boot.d"
    server.execute("printf '#!/bin/sh\\nexec ./restart\\n' >boot.d/10-shop; chmod +x boot.d/10-shop")
    server.reboot()
    assert server.wait_listening(8)


def test_stop_leaves_no_process_and_no_port(company):
    company.start(customers=5)
    door, app = company.door.port, company.servers["web1"].port
    company.stop()
    assert leftovers.sweep(company.root) == 0
    assert not is_answering(door)
    assert not is_answering(app)


def test_a_stopped_company_starts_again_on_its_ports_with_what_was_on_its_servers(company):
    company.start()
    company.servers["web1"].execute("echo kept >data/order")
    ports = company.book.read()
    company.stop()
    company.start()
    assert company.book.read() == ports
    assert company.servers["web1"].execute("cat data/order").output == "kept\n"
    assert company.customers.observe(2).is_right


def test_lay_out_puts_a_server_back_exactly(company):
    company.start()
    company.servers["web1"].execute("echo x >app/stray; rm -r venv restart; mkdir releases")
    company.stop()
    company.lay_out()
    company.start()
    assert company.servers["web1"].execute("ls; ls app").output.split() == (
        ["app", "boot.d", "data", "restart", "run", "shop.env", "shop.log", "venv", "VERSION", "app", "data"]
    )


def test_a_copy_holds_main_and_tags_and_nothing_else(company, tmp_path):
    company_kit.commit(company, "second")
    company.ledger.append("change.pushed", change_id="I1", tables={"name": "second"}, sha="x")
    company.start()
    company.servers["web1"].execute("echo mine >data/order; mkdir boot.d/x; echo >app/stray")
    company.forge.path("storefront")
    copy = company.copy(tmp_path / "copy", seed=99)
    with copy:
        assert copy.forge.head("storefront") == company.forge.head("storefront")
        assert copy.forge.repository("storefront").refs() == company.forge.repository("storefront").refs()
        assert [event.type for event in copy.ledger.events("change.pushed", "say", "pr.opened")] == ["change.pushed"]
        assert (copy.charter.seed, copy.charter.luck) == (company.charter.seed, 99)
        copy.start()
        assert copy.customers.observe(3).is_right
        assert copy.servers["web1"].execute("ls data boot.d; ls app").output.split() == ["boot.d:", "data:", "VERSION", "app", "data"]
        assert copy.customers.rate == 0
        assert copy.id != company.id
        assert not set(copy.book.read().values()) & set(company.book.read().values())
    assert leftovers.sweep(copy.root) == 0
    assert company.customers.observe(3).is_right, "the copy's end disturbs nobody"


def test_a_copy_may_begin_with_other_servers(company, tmp_path):
    company_kit.commit(company, "second")
    with company.copy(tmp_path / "copy", seed=1, servers=[ServerSetup("web1", runs="v1"), ServerSetup("bare", runs="")]) as copy:
        copy.start()
        assert copy.customers.observe(2, copy.forge.repository("storefront").head("refs/tags/v1")).is_right
        assert copy.servers["bare"].execute("ls").output.split() == ["boot.d", "data", "run"]
        done = subprocess.run(
            ["ssh", "-F", str(copy.ssh_config), "bare", "hostname >/dev/null && pwd"], capture_output=True, text=True, check=True,
            env=company_kit.environment(),
        )  # fmt: skip
        assert done.stdout.strip() == str(copy.servers["bare"].home)


def test_companies_in_parallel_never_meet(company, tmp_path):
    def play(number):
        with company.copy(tmp_path / f"copy {number}", seed=number) as copy:
            copy.start(customers=10)
            name = f"name-{number}"
            sha = company_kit.commit(copy, name)
            copy.archive("storefront", "main", copy.root / "main.tar")
            done = copy.servers["web1"].execute("tar -x -C app && ./restart", stdin=(copy.root / "main.tar").read_bytes(), timeout=30)
            return done.returncode, copy.customers.observe(5, sha).is_right

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(play, range(3))) == [(0, True)] * 3


def test_a_visitor_may_look_and_act_and_starts_nothing(company, cheap_parts):
    company.start()
    with Company.open(company.root, parts=cheap_parts) as visitor:
        assert visitor.servers["web1"].execute("echo seen", by="priya").output == "seen\n"
        assert visitor.customers.observe(2).is_right
        assert visitor.door.url == company.door.url
    assert company.customers.observe(2).is_right
    assert company.ledger.last("server.command").data["by"] == "priya"


def test_a_killed_owner_of_a_throwaway_leaves_nothing(company, tmp_path):
    program = f"""
import os, sys
sys.path.insert(0, {str(tmp_path)!r}); sys.path.insert(0, {company_kit.__file__.rsplit("/", 1)[0]!r})
from pathlib import Path
import company_kit
from lab.company.company import Company
owner = Company.open(Path({str(company.root)!r}), parts=company_kit.parts(Path({str(tmp_path / "cache")!r})))
copy = owner.copy(Path({str(tmp_path / "copy")!r}), seed=3)
copy.start()
print(copy.servers["web1"].mark, flush=True)
os.kill(os.getpid(), 9)
"""
    mark = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False).stdout.strip()
    assert mark
    assert _until(lambda: not list(process.marked(mark)), 4)
    assert _until(lambda: not (tmp_path / "copy").exists(), 4)


def test_a_shop_that_cannot_start_does_not_hold_up_the_company(company):
    company.start()
    company.servers["web1"].execute("echo 'raise SystemExit(1)' >app/app/main.py")
    company.stop()
    began = time.monotonic()
    company.start()
    assert time.monotonic() - began < 6
    assert company.customers.observe(1).failed == 1


def test_a_failed_start_leaves_nothing_running(company, monkeypatch):
    def no_runner():
        raise WorldUnavailable("There is no act.")

    monkeypatch.setattr(company.runner, "start", no_runner)
    with pytest.raises(WorldUnavailable, match="no act"):
        company.start()
    assert leftovers.sweep(company.root) == 0
    assert not company.book.held


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(make_company):
    company = make_company(servers=(ServerSetup("web1", runs=""),))
    (company.root / "servers").write_text("in the way")
    with pytest.raises(WorldUnavailable, match="The server 'web1' could not be set up in"):
        company.start()
    assert not company.book.held


def test_an_unknown_version_for_a_server_is_said_so(make_company):
    company = make_company(servers=(ServerSetup("web1", runs="no-such-tag"),))
    with pytest.raises(WorldUnavailable, match="The forge has no 'no-such-tag' of 'storefront' to put on a server"):
        company.start()


def test_a_charter_is_read_back_whole(tmp_path):
    setup = ServerSetup("web1", settings={"A": "b c"}, overlay=tmp_path / "o")
    charter = Charter(tmp_path / "s", 3, luck=4, servers=(setup, ServerSetup("db1", runs="")), customers=2.5)
    charter.write(tmp_path)
    assert Charter.read(tmp_path) == charter


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}', '{"format": 1, "id": "../x"}'])
def test_a_damaged_charter_is_said_so(tmp_path, text):
    (tmp_path / "company.json").write_text(text)
    with pytest.raises(WorldUnavailable, match="can't be understood"):
        Charter.read(tmp_path)


def test_no_charter_is_no_company(tmp_path):
    with pytest.raises(WorldUnavailable, match="There is no company in"):
        Charter.read(tmp_path)


def test_a_change_of_the_charter_is_kept(company, cheap_parts):
    company.change(customers=3.0)
    assert Company.open(company.root, parts=cheap_parts).charter.customers == 3.0
    assert json.loads((company.root / "company.json").read_text())["customers"] == 3.0
