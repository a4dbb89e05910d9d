"""What a proof says of the time it took."""

from __future__ import annotations

import pytest

from lab.authoring.rows import Row, shared_seconds


def row(stage: str, began: float, seconds: float) -> Row:
    return Row(stage, "start", "start", 1, seconds, 0, 1, (), began=began)


def test_rows_that_run_side_by_side_cost_the_time_that_passed():
    assert shared_seconds([row("eyes", 0, 60), row("eyes", 0, 60), row("eyes", 30, 60)]) == {"eyes": 90}


def test_a_moment_in_which_two_stages_run_is_divided_between_them():
    spent = shared_seconds([row("gate", 0, 10), row("eyes", 5, 10), row("eyes", 5, 10)])
    assert spent == {"gate": pytest.approx(5 + 5 / 3), "eyes": pytest.approx(5 + 10 / 3)}
    assert sum(spent.values()) == pytest.approx(15)


def test_a_pause_between_rows_is_nobodys():
    assert shared_seconds([row("gate", 0, 10), row("gate", 100, 10)]) == {"gate": 20}
