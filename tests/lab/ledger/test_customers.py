"""What customers got, folded from `answers`."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lab.ledger.customers import Totals, fold
from lab.ledger.store import Event


def second(seq: int, good: int = 0, wrong: int = 0, failed: int = 0, late: int = 0) -> Event:
    told = {"second": seq, "good": good, "wrong": wrong, "failed": failed, "late": late, "worst_ms": 10.0 * seq, "examples": []}
    return Event(seq, float(seq), float(seq), "answers", "customers", "door", told)


def test_an_outage_is_a_second_with_failures_and_nothing_right() -> None:
    total = fold(
        [second(1, good=2), second(2, failed=2), second(3, failed=1), second(4, good=1, failed=1), second(5, failed=1), second(6, wrong=2)]
    )
    assert (total.good, total.wrong, total.failed, total.asked) == (3, 2, 5, 10)
    assert (total.outage_minutes, total.longest_outage, total.bad_seconds) == (3, 2, 5)
    assert total.recent == "gffffw"


def test_late_answers_are_right_and_end_an_outage() -> None:
    assert fold([second(1, failed=1), second(2, late=1, failed=1)]).outage_minutes == 1


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 4), max_size=30), st.integers(0, 30))
def test_folding_in_two_parts_is_the_same(rows: list[tuple[int, int, int, int]], cut: int) -> None:
    events = [second(seq, *row) for seq, row in enumerate(rows, start=1)]
    assert fold(events[cut:], start=fold(events[:cut])) == fold(events)
    assert Totals(**fold(events).as_dict()) == fold(events)
