"""The ledger keeps what it was told, whoever writes and whatever is killed meanwhile."""

import contextlib
import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.ledger.store import Event, Ledger


def test_what_is_appended_is_there_in_order(ledger):
    first = ledger.append("say", actor="lena", source="engine", by="lena", text="Hello.")
    second = ledger.append("push.refused", ref="refs/heads/main")

    events = ledger.events()
    assert [event.seq for event in events] == [first, second] == [1, 2]
    assert [event.type for event in events] == ["say", "push.refused"]
    assert (events[0].actor, events[0].source, events[0].data) == ("lena", "engine", {"by": "lena", "text": "Hello."})
    assert (events[1].actor, events[1].source) == ("lab", "engine")


def test_an_event_can_have_data_called_type_and_self(ledger):
    ledger.append("odd", type="x", self=1)

    assert ledger.events()[0].data == {"type": "x", "self": 1}


def test_an_empty_ledger_has_nothing(ledger):
    assert ledger.events() == []
    assert ledger.last() is None
    assert ledger.last("say") is None
    assert ledger.seq() == 0


def test_events_are_chosen_by_type_and_place(ledger):
    for number in range(6):
        ledger.append("even" if number % 2 == 0 else "odd", number=number)

    assert [event.data["number"] for event in ledger.events("even")] == [0, 2, 4]
    assert [event.data["number"] for event in ledger.events("even", "odd", after=4)] == [4, 5]
    assert [event.data["number"] for event in ledger.events(after=1, until=3)] == [1, 2]
    assert ledger.events("no such type") == []


def test_the_last_event_is_the_newest_of_the_types(ledger):
    for number, kind in enumerate(["a", "b", "a", "c"]):
        ledger.append(kind, number=number)

    assert ledger.last().data == {"number": 3}
    assert ledger.last("a", "b").data == {"number": 2}
    assert ledger.last("b").data == {"number": 1}
    assert ledger.seq() == 4


def test_many_events_are_appended_together_or_not_at_all(ledger):
    assert ledger.append_many([("answers", "lab", "door", {"second": second}) for second in range(3)]) == 3
    assert ledger.append_many([]) == 0

    def broken():
        yield ("answers", "lab", "door", {"second": 3})
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        ledger.append_many(broken())
    with pytest.raises(TypeError):
        ledger.append_many([("answers", "lab", "door", {}), ("answers", "lab", "door", {"no": object()})])
    assert ledger.seq() == 3
    assert ledger.append("after") == 4


def test_company_time_begins_when_the_company_opens(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.db", opened=time.time() - 120, leaped=1000.0)
    ledger.append("say")

    assert ledger.minute() == pytest.approx(1120, abs=5)
    assert ledger.events()[0].minute == pytest.approx(1120, abs=5)


def test_creating_a_ledger_again_changes_nothing(tmp_path):
    first = Ledger.create(tmp_path / "ledger.db", opened=time.time() - 60)
    first.append("say", text="kept")
    again = Ledger.create(tmp_path / "ledger.db")

    assert [event.data for event in again.events()] == [{"text": "kept"}]
    assert again.minute() == pytest.approx(60, abs=5)


def test_a_ledger_is_made_with_the_folders_above_it(tmp_path):
    Ledger.create(tmp_path / "a b" / "ü" / "ledger.db").append("say")

    assert Ledger(tmp_path / "a b" / "ü" / "ledger.db").seq() == 1


def append_fifty(path: Path, name: str, begin: object) -> None:
    begin.wait(20)
    ledger = Ledger(path)
    for number in range(50):
        ledger.append("written", actor=name, number=number)


def test_nothing_is_lost_when_four_processes_append_at_once(ledger):
    spawn = multiprocessing.get_context("spawn")
    begin = spawn.Barrier(4)
    writers = [spawn.Process(target=append_fifty, args=(ledger.path, f"writer-{name}", begin)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert [writer.exitcode for writer in writers] == [0] * 4
    events = ledger.events("written")
    assert [event.seq for event in events] == list(range(1, 201))
    for name in range(4):
        assert [event.data["number"] for event in events if event.actor == f"writer-{name}"] == list(range(50))
    times = [event.at for event in events]
    assert times == sorted(times)


def test_nothing_is_lost_when_threads_append_at_once(ledger):
    begin = threading.Barrier(3)
    threads = [threading.Thread(target=append_fifty, args=(ledger.path, str(name), begin)) for name in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert ledger.seq() == 150


WRITES_FOR_EVER = """
import sys
from pathlib import Path
from lab.ledger.store import Ledger

ledger = Ledger(Path(sys.argv[1]))
number = 0
while True:
    ledger.append_many([("written", "w", "engine", {"number": number + step, "filler": "x" * 20_000}) for step in range(10)])
    number += 10
"""


@pytest.mark.parametrize("patience", [0.05, 0.12, 0.2])
def test_a_writer_that_is_killed_leaves_a_ledger_that_can_be_read_and_written(ledger, patience):
    writer = subprocess.Popen([sys.executable, "-c", WRITES_FOR_EVER, str(ledger.path)])
    try:
        while ledger.seq() == 0:
            assert writer.poll() is None
            time.sleep(0.005)
        time.sleep(patience)
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()

    events = ledger.events("written")
    assert len(events) % 10 == 0, "a transaction is there whole or not at all"
    assert [event.data["number"] for event in events] == list(range(len(events)))
    with contextlib.closing(sqlite3.connect(ledger.path)) as link:
        assert link.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert ledger.append("after") == len(events) + 1


def test_a_reader_is_not_kept_waiting_by_a_writer(ledger):
    ledger.append("before")
    with contextlib.closing(sqlite3.connect(ledger.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()

        assert [event.type for event in ledger.events()] == ["before"]
        assert time.monotonic() - began < 4
        writer.execute("ROLLBACK")


def test_a_writer_waits_for_another(ledger):
    with contextlib.closing(sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.3, lambda: writer.execute("ROLLBACK"))
        release.start()

        assert ledger.append("say") == 1
        release.join()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.text(), VALUES, max_size=5), actor=st.text(max_size=20))
def test_data_come_back_as_they_went_in(ledger, data, actor):
    seq = ledger.append_many([("any", actor, "learner", data)])

    event = ledger.last()
    assert event == Event(seq, event.at, event.minute, "any", actor, "learner", data)
    assert json.dumps(event.data, sort_keys=True) == json.dumps(data, sort_keys=True)


def test_the_name_of_a_file_that_is_no_utf_8_goes_in_and_comes_back(ledger):
    name = os.fsdecode(b"caf\xe9.py")
    ledger.append("change.pushed", files=[name])

    assert ledger.last().data == {"files": [name]}


def test_followed_events_come_as_they_are_written(ledger):
    before = ledger.append("before")
    writer = threading.Thread(target=lambda: [(time.sleep(0.02), ledger.append("step.finished", number=number)) for number in range(5)])
    writer.start()
    seen = []
    for event in ledger.follow("step.finished", after=before, timeout=10):
        seen.append(event.data["number"])
        if len(seen) == 5:
            break
    writer.join()

    assert seen == [0, 1, 2, 3, 4]


def test_following_ends_with_its_time(ledger):
    first = ledger.append("a", number=1)
    ledger.append("b", number=2)
    began = time.monotonic()

    assert [event.data["number"] for event in ledger.follow(after=0, timeout=0.1)] == [1, 2]
    assert [event.data["number"] for event in ledger.follow("a", after=first, timeout=0.1)] == []
    assert 0.2 <= time.monotonic() - began < 3


def test_opening_a_ledger_loads_nothing_heavy():
    """A hook opens one, and a push waits for it."""
    code = "import sys, lab.ledger.store; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    loaded = set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())

    assert not loaded & {"yaml", "pydantic", "click", "rich", "httpx", "asyncio", "asyncssh", "multiprocessing", "subprocess"}


def test_company_time_goes_on_where_it_is_when_its_pace_changes(tmp_path):
    ledger = Ledger.create(tmp_path / "l.db", opened=time.time() - 100)
    assert ledger.minute() == pytest.approx(100, abs=2)
    ledger.set_scale(10.0)
    before = ledger.minute()
    assert before == pytest.approx(100, abs=5)
    time.sleep(0.3)
    assert ledger.minute() - before >= 3
    assert [event.data for event in ledger.events("clock.scaled")] == [{"minutes_per_second": 10.0}]
    ledger.set_scale(10.0)
    assert len(ledger.events("clock.scaled")) == 1
