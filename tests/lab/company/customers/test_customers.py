"""Customers come when they mean to, and every answer is judged by what is true for the version that gave it."""

import asyncio
import json
import time

import pytest

from lab.company.customers.traffic import Customers
from lab.company.servers.ports import allot
from lab.errors import WorldUnavailable
from lab.ledger.store import Ledger

ONE, TWO = "1" * 40, "2" * 40


class FakeOracle:
    """One question, whose answer stands in the tables."""

    def questions(self, seed, tables, n, *, focus=None):
        return [{"method": "POST", "path": "/name", "headers": {"Idempotency-Key": "k"}, "json": {"a": 1}, "focus": "name"}] * n

    def steps(self, question, body):
        return [{"method": "GET", "path": "/after", "headers": {}, "json": None}] if question.get("then") else []

    def judge(self, question, status, body, tables):
        said = body["name"]
        return None if said == tables["name"] else f"the name was '{said}', should be '{tables['name']}'"


class FakeTruth:
    """Two versions are known, and `main` is the second."""

    tables = {ONE: {"name": "one"}, TWO: {"name": "two"}}  # noqa: RUF012 - nobody changes it

    def tables_at(self, sha):
        return self.tables.get(sha)

    def tables_now(self):
        return self.tables[TWO]


class FakeShop:
    """Answers on a port of the test's: `name` and `version`, when the gate is open, after `delay` seconds."""

    def __init__(self, loop):
        self.loop = loop
        self.port = allot()
        self.name, self.version, self.status = "one", ONE, 200
        self.raw = None
        self.delay = 0.0
        self.asked = 0
        self.gate = None
        loop.call(self.open())

    async def open(self):
        self.gate = asyncio.Event()
        self.gate.set()
        self.server = await asyncio.start_server(self.answer, "127.0.0.1", self.port.number)

    async def answer(self, reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            delay = self.delay
            await self.gate.wait()
            await asyncio.sleep(delay)
            body = json.dumps({"name": self.name}).encode()
            head = f"HTTP/1.1 {self.status} X\r\nX-Version: {self.version}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
            writer.write(self.raw if self.raw is not None else head + body)
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    def freeze(self, seconds):
        self.loop.soon(self.gate.clear)
        time.sleep(seconds)
        self.loop.soon(self.gate.set)

    def close(self):
        self.loop.soon(self.server.close)
        self.port.release()


@pytest.fixture
def shop(loop):
    shop = FakeShop(loop)
    yield shop
    shop.close()


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(tmp_path / "ledger.db")


@pytest.fixture
def customers(loop, shop, ledger):
    made = Customers(loop, shop.port.number, FakeOracle(), FakeTruth(), ledger, rate=40, seed=7)
    yield made
    made.stop()


def _buy(customers, seconds):
    customers.start()
    time.sleep(seconds)
    customers.stop()
    return customers.report()


def test_right_answers_are_good_and_rolled_up_by_the_second(customers, ledger):
    told = _buy(customers, 1.6)
    assert told.good == told.asked >= 55
    assert (told.wrong, told.failed, told.late, told.bad_seconds) == (0, 0, 0, 0)
    assert told.versions == {ONE: told.asked}
    seconds = [event.data["second"] for event in ledger.events("answers")]
    assert seconds == sorted(set(seconds))
    assert 2 <= len(seconds) <= 3
    assert [event.data for event in ledger.events("version.seen")] == [{"sha": ONE, "share": 1.0, "second": seconds[0]}]


def test_what_a_version_holds_is_written_before_it_is_seen(customers, ledger):
    customers.contents = lambda sha: {"changes": [f"change of {sha}"]}
    _buy(customers, 0.4)
    _buy(customers, 0.4)
    told = ledger.events("version.known", "version.seen")
    assert [event.type for event in told] == ["version.known", "version.seen"]
    assert told[0].data == {"sha": ONE, "changes": [f"change of {ONE}"]}


def test_a_wrong_total_with_status_200_is_wrong_and_told_in_the_oracles_words(customers, shop):
    shop.name = "won"
    told = _buy(customers, 0.5)
    assert told.wrong == told.asked > 0
    assert told.examples == ("the name was 'won', should be 'one'",)


def test_each_version_is_judged_by_its_own_tables(customers, shop):
    shop.name, shop.version = "two", TWO
    assert _buy(customers, 0.5).wrong == 0
    shop.name, shop.version = "two", ONE
    assert _buy(customers, 0.5).wrong > 0


def test_an_unknown_version_is_judged_by_main(customers, shop):
    shop.name, shop.version = "two", "unknown"
    told = _buy(customers, 0.5)
    assert (told.wrong, told.failed) == (0, 0)
    assert set(told.versions) == {"unknown"}


@pytest.mark.parametrize(
    ("amiss", "sentence"),
    [
        ({"status": 500}, "The answer was 500"),
        ({"status": 502}, "The answer was 502"),
        ({"raw": b""}, "The connection broke"),
        ({"raw": b"not http at all\r\n\r\n"}, "The connection broke"),
    ],
)
def test_no_answer_of_the_shop_is_a_failure(customers, shop, amiss, sentence):
    vars(shop).update(amiss)
    told = _buy(customers, 0.4)
    assert told.failed == told.asked > 0
    assert told.examples[0].startswith(sentence)
    assert told.versions == ({ONE: told.asked} if "status" in amiss else {})


def test_a_refused_connection_is_a_failure(customers, shop):
    shop.close()
    told = _buy(customers, 0.4)
    assert told.failed == told.asked > 0


@pytest.mark.parametrize("rest", [b"content-length: 4\r\n\r\n[[[[", b"\r\n", b"content-length: 4\r\n\r\nnull"])
def test_an_answer_that_is_no_answer_is_wrong_and_crashes_nobody(customers, shop, rest):
    shop.raw = b"HTTP/1.1 200 X\r\n" + rest
    told = _buy(customers, 0.4)
    assert told.wrong == told.asked > 0


def test_chunked_answers_are_read(customers, shop):
    head = b"HTTP/1.1 200 X\r\nx-version: " + ONE.encode() + b"\r\ntransfer-encoding: chunked\r\n\r\n"
    shop.raw = head + b'8\r\n{"name":\r\n6\r\n "one"\r\n1\r\n}\r\n0\r\n\r\n'
    told = _buy(customers, 0.4)
    assert told.good == told.asked > 0


def test_a_two_second_stall_at_twenty_a_second_shows_at_least_forty_late_answers(customers, shop):
    customers.rate = 20
    customers.start()
    time.sleep(0.3)
    shop.delay = 2.0  # for two seconds, whoever comes waits two seconds
    time.sleep(2.05)
    shop.delay = 0.0
    time.sleep(0.3)
    customers.stop()
    told = customers.report()
    assert told.late >= 40
    assert told.worst_ms >= 2000
    assert told.good + told.late == told.asked


def test_waiting_counts_from_when_a_customer_meant_to_ask(customers, shop):
    customers.rate = 20
    customers.start()
    time.sleep(0.2)
    shop.freeze(2.0)
    time.sleep(0.2)
    customers.stop()
    told = customers.report()
    assert told.worst_ms >= 1900
    assert told.late >= 19, "those of its first second waited more than a second; a closed loop would show one"
    assert told.asked >= 45, "they keep coming while it stands still"


def test_a_held_up_loop_of_our_own_shows_as_lag(customers, loop):
    customers.start()
    time.sleep(0.3)
    loop.soon(time.sleep, 0.5)
    time.sleep(0.8)
    customers.stop()
    assert customers.report().lag_ms >= 400


def test_a_full_disk_loses_no_answer(customers, ledger, monkeypatch):
    real, refused = ledger.append_many, []

    def append_many(rows):
        if len(refused) < 4:
            refused.append(1)
            raise WorldUnavailable("The disk is full.")
        return real(rows)

    monkeypatch.setattr(ledger, "append_many", append_many)
    customers.start()
    time.sleep(2.2)
    customers.stop()
    customers.stop()
    assert len(refused) == 4
    seconds = [event.data["second"] for event in ledger.events("answers")]
    assert seconds == sorted(set(seconds))


def test_observe_asks_now_and_writes_nothing(customers, ledger):
    seen = customers.observe(15)
    assert (seen.version, seen.asked, seen.right, seen.is_right) == (ONE, 15, 15, True)
    assert ledger.seq() == 0


def test_observe_wants_the_version_that_was_expected(customers, shop):
    shop.name, shop.version = "two", TWO
    assert customers.observe(5, TWO).is_right
    seen = customers.observe(5, ONE)
    assert (seen.right, seen.wrong) == (0, 5)
    shop.name = "one"
    seen = customers.observe(5, ONE)
    assert seen.examples == (f"version '{TWO[:12]}' answered, '{ONE[:12]}' was expected",)


def test_observe_of_nobody_is_all_failures(customers, shop):
    shop.close()
    seen = customers.observe(4)
    assert (seen.version, seen.asked, seen.failed, seen.is_right) == ("", 4, 4, False)
    assert "The connection broke" in seen.examples[0]


def test_fifty_a_second_cost_a_part_of_one_core(customers):
    customers.rate = 50
    customers.start()
    time.sleep(0.5)
    began, cpu = time.monotonic(), time.process_time()
    time.sleep(2)
    share = (time.process_time() - cpu) / (time.monotonic() - began)
    customers.stop()
    assert customers.report().asked >= 110
    assert share < 0.5, f"{share:.0%} of a core, with the fake shop in it"
