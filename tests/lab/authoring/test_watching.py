"""What a save means: which part is proven again."""

from __future__ import annotations

from pathlib import Path

from lab.authoring.prove import Wish
from lab.authoring.watching import slices_of, touched
from lab.scenario import library
from lab.session.wiring import read_scenario


def test_what_nobody_wrote_is_no_save(tmp_path: Path) -> None:
    names = ["stages/first/stage.yaml", "stages/first/.stage.yaml.swp", "stages/first/stage.yaml~", ".schema/stage.schema.json", "4913"]
    assert touched(tmp_path, [*(tmp_path / name for name in names), Path("/elsewhere/file")]) == ("stages/first/stage.yaml",)


def test_a_trap_is_proven_alone_and_a_stage_by_its_start_and_first_solution(fresh: Path) -> None:
    told = read_scenario(library.find(fresh))
    (stage,) = told.stages
    trap, solution = stage.traps[0].name, stage.solutions[0].name
    assert slices_of([f"stages/first/traps/{trap}/trap.yaml"], told) == (Wish("first", (trap,), slices=True, seeds=1),)
    assert slices_of(["stages/first/stage.yaml"], told) == (Wish("first", tuple(sorted({"start", solution})), slices=True, seeds=1),)


def test_a_text_and_a_file_outside_the_stages_prove_nothing(fresh: Path) -> None:
    told = read_scenario(library.find(fresh))
    assert slices_of(["stages/first/briefing.md", "scenario.yaml", "stages/nowhere/stage.yaml"], told) == ()
