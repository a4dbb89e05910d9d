"""The team as it goes: what colleagues say and do, and what they wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.report.sights import FeedReport
from lab.session.colleagues import team_next
from lab.session.where import news

if TYPE_CHECKING:
    from lab.session.session import Session

LAST: Final = 120


def feed(session: Session) -> FeedReport:
    """The last `LAST` things, oldest first."""
    return FeedReport(session.parts.personas(session.workspace), tuple(news(session, after=0)[-LAST:]), team_next(session).happened)
