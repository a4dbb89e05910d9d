"""`lab list`: the scenarios that can be started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.report.facts import ListReport, ScenarioLine
from lab.report.standing import StageLine

if TYPE_CHECKING:
    from lab.session.parts import Parts


def scenarios(parts: Parts) -> ListReport:
    """Every installed scenario with its stages.

    Raises:
        ScenarioWrong: one of them has mistakes.
    """
    found = []
    for name in parts.names():
        scenario = parts.read(parts.find(name))
        stages = tuple(StageLine(stage.id, stage.title, "later", stage.code, stage.minutes) for stage in scenario.stages)
        found.append(ScenarioLine(name, scenario.title, stages))
    return ListReport(tuple(found))
