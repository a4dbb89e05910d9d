"""The id of the request that is being answered: from the door, into every log line, and on to whoever is asked in turn."""

from contextvars import ContextVar

HEADER = "X-Request-Id"
LONGEST = 100

_current: ContextVar[str] = ContextVar("request_id", default="")


def begin(request_id: str) -> None:
    """Remember the id for all that is done for this request."""
    _current.set("".join(letter for letter in request_id if letter.isalnum() or letter in "-_")[:LONGEST])


def current() -> str:
    """Return the id of this request, or an empty text outside of one."""
    return _current.get()
