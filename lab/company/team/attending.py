"""What the team does with the live company's pull requests: owners are asked and answer, and what may merge by itself does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.company.team.reviews import SECONDS, Reviews
from lab.errors import Refused
from lab.ledger import pulls

if TYPE_CHECKING:
    from lab.company.company import Company
    from lab.ledger.pulls import PullRequest

CHANGES: Final = ("ref.updated", *pulls.PULL_EVENTS, *pulls.STATUS_EVENTS)


class Attendant:
    """The resident calls `look` twice a second; what nothing has changed is not looked at again."""

    def __init__(self, company: Company, *, seconds: float = SECONDS) -> None:
        self._company = company
        self._reviews = Reviews(company.forge, lambda: company.bank.personas, seconds=seconds)
        self._seen = 0

    def look(self) -> None:
        """Give the review that is due, ask owners for new ones, and merge what is set to merge by itself."""
        ledger = self._company.ledger
        self._reviews.step()
        last = ledger.last(*CHANGES)
        if last is None or last.seq == self._seen:
            return
        for pull in self._company.forge.pull_requests(state="open"):
            self._attend(pull)
        self._seen = last.seq

    def _attend(self, pull: PullRequest) -> None:
        """As on a game day: first its pipelines end, then an owner reads it if something stands in its way."""
        forge = self._company.forge
        if pulls.is_running(forge.ledger, pull) or self._reviews.is_waiting(pull.number):
            return
        if forge.blockers(pull.number):
            self._reviews.ask(pull.number)
        elif pull.merges_by:
            try:
                forge.merge(pull.number, by=pull.merges_by)
            except Refused as problem:  # `main` moved, or a hook said no: it waits for the next change
                forge.ledger.append("pr.stuck", source="forge", number=pull.number, reason=problem.message)
