"""Moments as text."""

from datetime import UTC, datetime

from app import clock


def test_a_stamp_can_be_read_back() -> None:
    moment = datetime(2024, 5, 1, 12, 30, tzinfo=UTC)

    assert clock.moment_of(clock.stamp(moment)) == moment
