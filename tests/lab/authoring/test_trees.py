"""How far each shipped trap is from its solution, told as `lab author prove` tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.authoring.cases import CHANGED_LINES
from lab.authoring.ground import Ground
from lab.authoring.trees import changed_lines
from lab.session.wiring import read_scenario

SCENARIO = read_scenario(Path(__file__).resolve().parents[3] / "scenarios/company-evolution")


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    return Ground(SCENARIO, tmp_path_factory.mktemp("ground"))


@pytest.mark.parametrize("stage", SCENARIO.stages, ids=lambda stage: stage.id)
def test_a_trap_is_a_few_lines_of_the_solution_it_is_built_upon(ground, stage, tmp_path):
    company = ground.company(stage, 7, tmp_path / "company")
    solutions = {solution.name: solution.path for solution in stage.solutions}
    lines = {trap.name: changed_lines(company, trap.path, solutions[trap.base]) for trap in stage.traps}
    assert {name: count for name, count in lines.items() if count > CHANGED_LINES} == {}
