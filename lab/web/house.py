"""What one dashboard consists of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lab.web.tails import Tails

if TYPE_CHECKING:
    from lab.session.session import Session
    from lab.web.feed import Feed
    from lab.web.keys import Keys
    from lab.web.work import Work


@dataclass(frozen=True)
class Dashboard:
    """A workspace, who may look at it, what tells the browsers, and what is being done."""

    session: Session
    keys: Keys
    feed: Feed
    work: Work
    port: int
    tails: Tails = field(default_factory=Tails)
