"""How much of a scenario's proof this machine remembers, for whoever only looks: nothing is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.authoring.cases import cases
from lab.authoring.prove import SEEDS
from lab.authoring.remembered import Remembered, folder
from lab.report.sights import ProofsReport, StageProof

if TYPE_CHECKING:
    from lab.company.pipelines.toolchain import Toolchain
    from lab.scenario.model import Scenario


def proven(scenario: Scenario, toolchain: Toolchain) -> ProofsReport:
    """The cases of each stage, and which of them were proven here, whole or as a slice, since anything of them changed.

    Raises:
        WorldUnavailable: git or act is missing.
    """
    known = Remembered(scenario, toolchain.key(), folder())
    found = []
    for stage in scenario.stages:
        whole = {(case.kind, case.name): case for case in cases(stage, slices=False)}
        listed = cases(stage, slices=True)
        open_ = tuple(
            case.title
            for case in listed
            if known.find(case, SEEDS[0], slices=True) is None and known.find(whole[case.kind, case.name], SEEDS[0], slices=False) is None
        )
        found.append(StageProof(stage.id, len(listed), len(listed) - len(open_), open_))
    return ProofsReport(tuple(found))
