"""The one door to the engine: deadlines, sentences, and the sweep by label."""

import secrets
import socket
import threading
import time

import pytest
from docker.errors import APIError
from requests import Response

from lab.company.docker import errors, sweeping
from lab.company.docker.engine import Engine, address
from lab.company.docker.values import Owner
from lab.company.docker.waiting import within
from lab.errors import WorldUnavailable


def refusal(call) -> WorldUnavailable:
    with pytest.raises(WorldUnavailable) as caught:
        call()
    assert caught.value.message.endswith((".", ")"))
    assert caught.value.remedy
    return caught.value


def test_a_missing_engine_is_one_sentence_at_once(tmp_path):
    began = time.monotonic()
    told = refusal(lambda: Engine.connect(f"unix://{tmp_path}/docker.sock"))
    assert told.message == f"No Docker engine answers at '{tmp_path}/docker.sock'."
    assert time.monotonic() - began < 5


def test_an_engine_that_accepts_and_never_answers_costs_our_deadline_and_no_more(tmp_path):
    path = str(tmp_path / "hung.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(5)
        began = time.monotonic()
        told = refusal(lambda: Engine.connect(f"unix://{path}", seconds=0.5))
        assert time.monotonic() - began < 10
    assert told.message.startswith("Docker does not answer")
    assert isinstance(told, errors.Late)


def test_an_engine_on_another_machine_is_refused(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://192.0.2.7:2375")
    assert "only use an engine on this machine" in refusal(address).message


def test_a_call_that_never_ends_is_left_behind():
    over = threading.Event()
    began = time.monotonic()
    with pytest.raises(errors.Late, match="could not count within 0 s"):
        within(0.2, over.wait, what="count")
    assert time.monotonic() - began < 10
    over.set()


@pytest.mark.parametrize(
    ("status", "text", "kind", "said"),
    [
        (500, "write /var/lib/docker/x: no space left on device", WorldUnavailable, "Docker's disk is full"),
        (500, "could not find an available, non-overlapping IPv4 address pool among the defaults", WorldUnavailable, "network is broken"),
        (500, "driver failed: Bind for 127.0.0.1:80 failed: port is already allocated", WorldUnavailable, "a port is taken"),
        (500, "something else", WorldUnavailable, "something else"),
        (400, 'exec: "nonsense": executable file not found in $PATH: unknown', errors.EngineRefused, "nonsense"),
        (404, "No such image: nowhere", errors.EngineRefused, "No such image"),
    ],
)
def test_what_the_engine_says_is_told_as_whose_fault_it_is(status, text, kind, said):
    response = Response()
    response.status_code = status
    told = errors.told(APIError("x", response=response, explanation=text), "start a container")
    assert isinstance(told, kind)
    assert said in str(told)


@pytest.mark.docker
def test_networks_and_volumes_of_a_company_are_found_by_label_and_removed_and_nobody_elses():
    engine = Engine.connect()
    mine, other = (Owner("w", f"test-{secrets.token_hex(4)}") for _ in range(2))
    try:
        for owner in (mine, other):
            engine.make_volume(f"{owner.company}-data", owner)
        engine.make_network(f"{mine.company}-net", mine)
        assert engine.make_network(f"{mine.company}-net", mine) == f"{mine.company}-net"
        assert sweeping.sweep_company(mine.company) == 2
        assert not any(sweeping.left(mine.labels, engine).values())
        assert sweeping.left(other.labels, engine)["volume"] == [f"{other.company}-data"]
    finally:
        sweeping.sweep_company(other.company, engine=engine)
        sweeping.sweep_company(mine.company, engine=engine)
        engine.close()
