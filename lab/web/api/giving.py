"""How an answer of the API is made: the same document as on the command line, and errors as documents too."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from starlette.requests import HTTPConnection  # noqa: TC002 - FastAPI reads the annotation at run time

from lab.errors import LabError
from lab.report.as_json import document, problem
from lab.session.session import Session
from lab.web.house import Dashboard

_STATUS: Final = {1: 409, 2: 400, 3: 500, 4: 503, 5: 409, 70: 500}


def _dashboard(connection: HTTPConnection) -> Dashboard:
    found: Dashboard = connection.app.state.dashboard
    return found


def _session(connection: HTTPConnection) -> Session:
    return _dashboard(connection).session


House = Annotated[Dashboard, Depends(_dashboard)]
Here = Annotated[Session, Depends(_session)]


def give(kind: str, report: Any, *, status: int = 200, **more: Any) -> Response:
    """One document, as `--json` prints it."""
    return Response(document(kind, report, **more), status_code=status, media_type="application/json")


async def refuse(_: Request, trouble: Exception) -> Response:
    """The `error` document of a use case that said no."""
    assert isinstance(trouble, LabError)
    text = problem(trouble.message, trouble.remedy, trouble.exit_code)
    return Response(text, status_code=_STATUS.get(trouble.exit_code, 500), media_type="application/json")


async def break_down(_: Request, trouble: Exception) -> Response:
    """The `error` document of a fault of our own."""
    message = f"This is a fault of the lab's own, not of yours: {type(trouble).__name__}: {trouble}."
    return Response(problem(message, "", 70), status_code=500, media_type="application/json")
