"""Puts the dashboard together: pages, the API, the terminal, and the guard outside all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from lab import __version__
from lab.errors import LabError
from lab.web import pages, terminal
from lab.web.api import doing, reading
from lab.web.api.giving import break_down, refuse
from lab.web.feed import Feed
from lab.web.guard import Guard
from lab.web.house import Dashboard
from lab.web.work import Work

if TYPE_CHECKING:
    from lab.session.session import Session
    from lab.web.keys import Keys


def create(session: Session, keys: Keys, *, port: int) -> Guard:
    """The whole application, for a server on the loopback's `port`."""
    feed = Feed(session.ledger)
    house = Dashboard(session, keys, feed, Work(feed), port)
    # FastAPI's own documentation pages come from a CDN: /api/openapi.json is for any viewer of the reader's.
    app = FastAPI(title="lab", version=__version__, docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.state.dashboard = house
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_exception_handler(LabError, refuse)
    app.add_exception_handler(Exception, break_down)
    for router in (reading.routes, doing.routes, terminal.routes):
        app.include_router(router)
    app.include_router(pages.routes)
    return Guard(app, keys, port=port)
