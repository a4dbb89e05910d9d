"""The on-call drill on its own company: a living copy of the learner's, with their `main` deployed, in which one trouble begins."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.company import resident
from lab.company.company import Company
from lab.errors import WrongState
from lab.gameday.stagehand import Stagehand
from lab.gameday.troubles import DEPLOY_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from lab.gameday.outcomes import VerbRun
    from lab.gameday.troubles import Trouble

CUSTOMERS: Final = 4.0
"""How many come in a second."""
PACE: Final = 1 / 60
"""Company minutes in a real second: in a drill, a minute is a minute."""
SETTLED: Final = 30.0
QUESTIONS: Final = 40
FIRST: Final = 6
PAGE: Final = "Customers write that something is wrong with the shop. You are on call: {minutes:.0f} minutes."


@dataclass(frozen=True)
class Restored:
    """What customers get at the end: how many of `asked` answers were right, an example of a bad one; when the last bad one was."""

    asked: int
    right: int
    example: str
    last_bad: float | None


class Drill:
    """The company of one drill, in the folder `root`; any process may work with it between `open` and `close`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.company = root / "company"

    @property
    def ssh_config(self) -> Path:
        """The file for `ssh -F` that names its servers."""
        return self.company / "ssh_config"

    def open(self, live: Path, *, seed: int, pace: float = PACE) -> None:
        """Copy the company in `live`, start it, and deploy its `main` with the learner's own verb.

        Raises:
            WrongState: there is no `deploy` verb, or customers do not get what it deployed.
            WorldUnavailable: a port, the disk or a program is missing.
        """
        self.close()
        with Company.open(live) as company:
            copy = company.copy(self.company, seed=seed)
            copy.change(customers=CUSTOMERS, scale=pace)
            copy.stop()
        resident.ensure(self.company)
        with self._hand(seed) as hand:
            main = hand.company.forge.head(hand.company.repository) or ""
            run = hand.verb("deploy", sha=main, limit=DEPLOY_SECONDS)
            if run.exit != 0:
                raise WrongState(
                    f"Your `deploy` could not bring 'main' to the drill's server: {run.problem or run.output.strip()[-300:]}",
                    remedy="It must work before you can be on call: lab check",
                )
            seen = hand.observe(main, within=SETTLED)
            if not seen.is_as_expected:
                raise WrongState(f"After your `deploy`, customers of the drill do not get 'main': {'; '.join(seen.examples[:2])}")

    def begin(self, trouble: Trouble, *, seed: int, minutes: float) -> float:
        """Let the trouble begin, and page; gives the company minute of the page.

        Raises:
            LabError: it could not begin.
        """
        with self._hand(seed) as hand:
            hand.company.ledger.append("fault.start", kind=trouble.id, cause="change" if trouble.cause == "release" else "infra")
            trouble.begin(hand)
            hand.company.ledger.append("page", source="pager", severity="page", summary=PAGE.format(minutes=minutes))
            return hand.company.ledger.minute()

    def verb(self, name: str, *, sha: str, seed: int) -> VerbRun:
        """Run a verb of the learner's against the drill's company; empty `sha`: that of its `main`."""
        resident.ensure(self.company)
        with self._hand(seed) as hand:
            commit = sha or hand.company.forge.head(hand.company.repository) or ""
            return hand.verb(name, sha=commit, limit=DEPLOY_SECONDS)

    def minute(self) -> float:
        """Company time of the drill."""
        with Company.open(self.company) as company:
            return company.ledger.minute()

    def note(self, type: str, **data: str) -> None:  # noqa: A002 - the word of the ledger
        """Keep what the learner said."""
        with Company.open(self.company) as company:
            company.ledger.append(type, actor="learner", source="learner", **data)

    def said(self) -> tuple[tuple[float, Mapping[str, str]], ...]:
        """The status lines, with the minute of each."""
        with Company.open(self.company) as company:
            return tuple((event.minute, event.data) for event in company.ledger.events("drill.said"))

    def restored(self) -> Restored:
        """Ask as customers do, now, and look when the last one got a bad answer."""
        resident.ensure(self.company)
        with Company.open(self.company) as company:
            seen = company.customers.observe(FIRST)
            if seen.right:  # else whoever hangs keeps forty customers waiting, and says no more
                seen = company.customers.observe(QUESTIONS)
            bad = [event for event in company.ledger.events("answers") if event.data.get("failed") or event.data.get("wrong")]
            last = float(bad[-1].data.get("second", bad[-1].minute)) if bad else None
            return Restored(seen.asked, seen.right, next(iter(seen.examples), ""), last)

    def close(self) -> None:
        """End everything of it, and remove it. There need be none."""
        if self.company.is_dir():
            resident.stop(self.company)
        shutil.rmtree(self.root, ignore_errors=True)

    @contextlib.contextmanager
    def _hand(self, seed: int) -> Iterator[Stagehand]:
        """Somebody who works at the drill's company."""
        room = self.root / "room"
        try:
            with Company.open(self.company) as company, Stagehand(company, seed=seed, room=room, tell=lambda _: None) as hand:
                yield hand
        finally:
            shutil.rmtree(room, ignore_errors=True)
