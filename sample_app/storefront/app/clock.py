"""The only place where the storefront asks what time it is, so that a test can move time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """Return an aware moment as UTC text with microseconds, as in "2024-05-01T12:00:00.000000Z".

    All stamps have the same width, so their alphabetical order is their order in time.
    """
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment_of(text: str) -> datetime:
    """Return the aware moment that stamp() wrote as text."""
    return datetime.fromisoformat(text)
