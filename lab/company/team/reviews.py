"""A code owner's desk: pull requests are read one at a time, in the order in which they were asked for.

The same on the live company and on a game day. Who was asked for what stands in the ledger, so that a kill loses nobody's
place; only the minutes already spent on one are spent again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from lab.company.git import Git
from lab.company.team.reviewer import MINUTES, Review, review
from lab.errors import LabError
from lab.ledger import pulls
from lab.ledger.store import MINUTES_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from lab.company.forge.forge import Forge

SECONDS: Final = MINUTES / MINUTES_PER_SECOND


class Reviews:
    """Who reads what. `people` gives the names of those who review: asked late, because the bank is slow to read."""

    def __init__(self, forge: Forge, people: Callable[[], Container[str]], *, seconds: float = SECONDS) -> None:
        self._forge = forge
        self._people = people
        self._seconds = seconds
        self._begun: tuple[tuple[int, str], float] | None = None

    def is_waiting(self, number: int) -> bool:
        """Whether somebody was asked for a pull request as it is now, and has not answered."""
        return any(asked.number == number for asked in self._queue())

    def _queue(self) -> tuple[pulls.Request, ...]:
        return pulls.review_queue(pulls.pull_requests(self._forge.ledger))

    def ask(self, number: int) -> bool:
        """Send a pull request to an owner who has not seen it as it is now; False when there is nobody to ask."""
        pull = self._forge.pull_request(number)
        seen = {request.by for request in pull.requests if request.sha == pull.sha}
        seen |= {done.by for done in pull.reviews if done.sha == pull.sha}
        owners = [name for name in self._forge.code_owners(number) if name not in seen and name != pull.author]
        people = self._people() if owners else ()
        owner = next((name for name in owners if name in people), "")
        if owner:
            self._forge.request_review(number, of=owner)
        return bool(owner)

    def step(self) -> None:
        """Begin with the first of those who wait, or say what is thought of it when its minutes are over."""
        first = next(iter(self._queue()), None)
        if first is None:
            self._begun = None
            return
        key = (first.number, first.sha)
        if self._begun is None or self._begun[0] != key:
            self._begun = (key, time.monotonic())
        elif time.monotonic() - self._begun[1] >= self._seconds:
            self._begun = None
            said = self._read(first)
            self._forge.review(first.number, by=first.by, approve=said.approve, text=said.text)

    def _read(self, request: pulls.Request) -> Review:
        """What an owner says who reads the change, from where its branch left `main`."""
        forge, repo = self._forge, self._forge.pull_request(request.number).repo
        git = Git(forge.path(repo))
        base = git.out("merge-base", "refs/heads/main", request.sha, check=False)
        if not base:
            raise LabError(f"The branch of pull request #{request.number} has no history in common with 'main'.")
        names = git.lines("diff", "--name-only", "-z", base, request.sha)
        return review({name: forge.read(repo, base, name) for name in names}, {name: forge.read(repo, request.sha, name) for name in names})
