"""The companies that cases begin on: founded once for a seed, each stage's start laid once, and copied for every case."""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lab.company.charter import Charter, new_id
from lab.company.company import Company
from lab.gameday import opening
from lab.gameday.laying import commit_layers

if TYPE_CHECKING:
    from pathlib import Path

    from lab.scenario.model import Scenario, Stage


@dataclass
class Ground:
    """Companies of one scenario at the start of its stages. `room` is a folder for them; it is the caller's to remove."""

    scenario: Scenario
    room: Path
    _laid: dict[tuple[str, int], Path] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def company(self, stage: Stage, seed: int, root: Path) -> Company:
        """A company of its own in `root`: the first solution of each earlier stage on its main, then this stage's start.

        Raises:
            LabError: it could not be founded, or a solution could not be laid.
        """
        with self._lock:
            laid = self._at(stage.id, seed)
        return _copied(laid, root)

    def _at(self, stage: str, seed: int) -> Path:
        """The folder of the company at the start of a stage; made from that of the stage before."""
        if (stage, seed) in self._laid:
            return self._laid[stage, seed]
        root = self.room / f"{stage}-{seed}"
        place = [one.id for one in self.scenario.stages].index(stage)
        if place == 0:
            company = opening.found_company(root, self.scenario, seed=seed)
        else:
            before = self.scenario.stages[place - 1]
            company = _copied(self._at(before.id, seed), root)
            commit_layers(company, [before.solutions[0].path], self.room / f"before-{stage}-{seed}", message=f"Solve '{before.title}'")
        with company:
            opening.lay_start(company, self.scenario.stages[place])
        self._laid[stage, seed] = root
        return root


def _copied(laid: Path, root: Path) -> Company:
    """The same company under another name."""
    shutil.copytree(laid, root, symlinks=True)
    replace(Charter.read(root), id=new_id()).write(root)
    return Company.open(root)
