"""Company time as people read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.company.clock import DAY, OPENING, duration, minute_at, stamp


@pytest.mark.parametrize(
    ("minute", "text"),
    [
        (0, "09:00"),
        (184, "12:04"),
        (184.9, "12:04"),
        (899.99, "23:59"),
        (900, "day 1, 00:00"),
        (2 * DAY + 15, "day 2, 09:15"),
        (-30, "08:30"),
    ],
)
def test_a_stamp_is_the_time_of_day(minute, text):
    assert stamp(minute) == text


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 400))
def test_a_stamp_is_read_back(hour, minute, day):
    at = minute_at(f"{hour:02d}:{minute:02d}", day=day)
    assert stamp(at) == (f"day {day}, " if day else "") + f"{hour:02d}:{minute:02d}"
    assert (at + OPENING) // DAY == day


@pytest.mark.parametrize("text", ["", "12", "24:00", "12:60", "noon"])
def test_what_is_no_time_of_day_is_refused(text):
    with pytest.raises(ValueError):
        minute_at(text)


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "0 min"), (59, "59 min"), (60, "1 h"), (130, "2 h 10 min"), (1440, "1 d"), (4560, "3 d 4 h")]
)
def test_a_duration_is_said_as_people_say_it(minutes, text):
    assert duration(minutes) == text
