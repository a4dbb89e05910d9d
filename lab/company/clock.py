"""Company time as people read it. One real second is one company minute, and the company opened on day 0 at 09:00."""

from __future__ import annotations

from typing import Final

OPENING: Final = 9 * 60
DAY: Final = 24 * 60


def stamp(minute: float) -> str:
    """The time of day at `minute` (minutes since the company opened): `12:04`, and `day 2, 09:15` after the first day."""
    day, of_day = divmod(OPENING + int(minute // 1), DAY)
    clock = f"{of_day // 60:02d}:{of_day % 60:02d}"
    return f"day {day}, {clock}" if day else clock


def minute_at(clock: str, *, day: int = 0) -> int:
    """The minute since opening of a time of day, written `12:04`; negative before 09:00 of day 0.

    Raises:
        ValueError: `clock` is no time of day.
    """
    hours, _, minutes = clock.partition(":")
    hour, of_hour = int(hours), int(minutes)
    if not (0 <= hour < 24 and 0 <= of_hour < 60):  # noqa: PLR2004 - hours of a day, minutes of an hour
        raise ValueError(f"'{clock}' is no time of day.")
    return day * DAY + hour * 60 + of_hour - OPENING


def duration(minutes: float) -> str:
    """A span of company time as people say it: `45 min`, `2 h 10 min`, `3 d 4 h`."""
    whole = round(minutes)
    if whole < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{whole} min"
    hours, rest = divmod(whole, 60)
    if hours < 24:  # noqa: PLR2004 - hours of a day
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
