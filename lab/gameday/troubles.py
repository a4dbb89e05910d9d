"""What an on-call drill may bring: one trouble that the learner has not seen, of a family that belongs to a stage they passed."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from lab import process
from lab.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from lab.gameday.stagehand import Stagehand

SERVER: Final = "web1"
DEPLOY_SECONDS: Final = 120.0
CAUSES: Final[Mapping[str, str]] = {
    "ended": "the shop's processes ended",
    "hangs": "the shop's processes are there, and do nothing",
    "edited": "somebody changed a file on the server by hand",
    "library": "the server has another version of a library than the shop asks for",
    "release": "a release brought it",
}
"""What a learner may name as the cause, with what each means."""
_EDIT: Final = """
find . -name pricing.py -path '*app*' -not -path '*/site-packages/*' -not -path './.*' | while read -r file; do
  chmod u+w "$file" "$(dirname "$file")" 2>/dev/null
  printf '\\n# tom: nicer numbers for the sale, goes into git tomorrow\\nPERCENT = Decimal(97)\\n' >> "$file" && echo "$file"
done
"""

_UPGRADE: Final = """
find . -name pyvenv.cfg -not -path './.*' | while read -r file; do
  pip --python "$(dirname "$file")/bin/python" install --quiet --no-deps --upgrade harborline-money && echo "$file"
done
"""


@dataclass(frozen=True)
class Trouble:
    """One trouble: the stage it belongs to, the cause that is to be named, what it was in words, and what begins it."""

    id: str
    stage: str
    cause: str
    says: str
    begin: Callable[[Stagehand], None]


def drawn(seed: int, passed: Collection[str]) -> Trouble:
    """The trouble of a seed: first the family, of the stages in `passed`, then one of it.

    Raises:
        LookupError: no passed stage has a family.
    """
    luck = Random(f"drill {seed}")  # noqa: S311 - a game's dice, which must fall the same again
    families = [stage for stage in dict.fromkeys(one.stage for one in TROUBLES) if stage in passed]
    if not families:
        raise LookupError
    family = luck.choice(families)
    return luck.choice([one for one in TROUBLES if one.stage == family])


def named(id: str) -> Trouble:  # noqa: A002 - the word of the drill's file
    """The trouble of that id.

    Raises:
        KeyError: there is none.
    """
    return {one.id: one for one in TROUBLES}[id]


def _end_all(hand: Stagehand) -> None:
    hand.company.servers[SERVER].kill_all()


def _freeze(hand: Stagehand) -> None:
    for pid in process.marked(hand.company.servers[SERVER].mark):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGSTOP)


def _edit(hand: Stagehand) -> None:
    """A file is changed, and the machine boots: what was changed runs."""
    server = hand.company.servers[SERVER]
    done = server.execute(_EDIT, timeout=20, by="tom")
    if "pricing.py" not in done.output:
        raise LabError(f"'{SERVER}' has no pricing.py that could be edited: {done.output.strip()[-200:] or 'nothing was found'}.")
    server.reboot()


def _upgrade(hand: Stagehand) -> None:
    """Every environment on the server gets the newest of a library that the shop asks for in an older version; then it boots."""
    server = hand.company.servers[SERVER]
    done = server.execute(_UPGRADE, timeout=DEPLOY_SECONDS, by="ana")
    if "pyvenv.cfg" not in done.output:
        raise LabError(f"No library on '{SERVER}' could be upgraded: {done.output.strip()[-200:] or 'no environment was found'}.")
    server.reboot()


def _release(*entries: str) -> Callable[[Stagehand], None]:
    """A teammate puts a bad change onto main, and it is deployed with the learner's own verb."""

    def begin(hand: Stagehand) -> None:
        release = hand.release(by="tom", entries=entries)
        run = hand.verb("deploy", sha=release.sha, limit=DEPLOY_SECONDS)
        if run.exit != 0:
            raise LabError(f"The release could not be deployed: {run.problem or run.output.strip()[-300:]}")

    return begin


TROUBLES: Final = (
    Trouble("ended", "day-zero", "ended", "every process on the server had ended, and nothing brought them back", _end_all),
    Trouble("hangs", "day-zero", "hangs", "the shop's processes were frozen: they held their port and answered nobody", _freeze),
    Trouble("edited", "day-zero", "edited", "Tom had changed 'pricing.py' on the server, and the machine had booted since", _edit),
    Trouble("cents", "local-tests", "release", "Tom's last release rounds or counts wrongly", _release("simplify-totals", "bulk-boundary")),
    Trouble(
        "library",
        "works-on-my-machine",
        "library",
        "Ana had upgraded 'harborline-money' on the server, past what the version asks for",
        _upgrade,
    ),
    Trouble("cached", "the-gate", "release", "the last release remembers prices of the wrong country", _release("cached-prices")),
)
