"""`lab portfolio`: what the learner built and showed, as values for a page that they keep."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lab.report.portfolio import Built, PortfolioReport
from lab.session.journal import journal
from lab.session.profile import profile
from lab.session.scoring import score

if TYPE_CHECKING:
    from lab.session.session import Session

_LINE: Final = re.compile(r"^## (?:One|A) line for your portfolio\s*\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


def portfolio(session: Session, *, name: str = "") -> PortfolioReport:
    """Every stage that was passed, in its order, with its line from the debrief; skills, journal and figures.

    Raises:
        ScenarioWrong: the workspace's kept scenario was changed into something wrong.
    """
    texts = {stage.id: stage for stage in session.scenario.stages}
    written = {entry.stage: entry for entry in journal(session).entries}
    told = score(session)
    passed = [item for item in told.stages if item.state == "passed"]
    built = tuple(Built(item, line_of(texts[item.id].debrief) if item.id in texts else "", written.get(item.id)) for item in passed)
    return PortfolioReport(session.workspace.title, name, built, profile(session).skills)


def line_of(debrief: str) -> str:
    """The line for a portfolio that a debrief proposes, as Markdown; empty when it proposes none."""
    found = _LINE.search(debrief)
    return found.group(1).strip() if found else ""
