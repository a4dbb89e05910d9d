"""`lab author try` opens a stage as a student sees it; a draft says that it is one and owes less of a proof."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.authoring.cases import cases
from lab.authoring.trying import Try, layers_of, try_stage
from lab.company.forge.forge import Forge
from lab.errors import UsageProblem
from lab.ledger.store import Ledger
from lab.scenario import library
from lab.scenario.model import DRAFT
from lab.session import workspace
from lab.session.wiring import House, read_scenario


def test_a_trap_lies_upon_its_solution_and_an_unknown_name_is_refused(fresh: Path) -> None:
    (stage,) = read_scenario(library.find(fresh)).stages
    trap = stage.traps[0]
    assert layers_of(stage, "") == ()
    assert layers_of(stage, f"trap/{trap.name}")[1] == trap.path
    with pytest.raises(UsageProblem, match="has no 'nothing'") as refused:
        layers_of(stage, "nothing")
    assert stage.solutions[0].name in refused.value.remedy


def test_a_draft_is_proven_by_one_solution_and_one_trap_and_says_that_it_is_one(fresh: Path) -> None:
    (stage,) = read_scenario(library.find(fresh)).stages
    trap = stage.traps[0].model_copy(update={"base": stage.solutions[0].name})
    more = (trap, trap.model_copy(update={"name": "another"}))
    whole = stage.model_copy(update={"traps": more})
    draft = whole.model_copy(update={"status": "draft"})
    kinds = [case.kind for case in cases(draft, slices=True)]
    assert kinds == ["start", "solution", "trap"]
    assert len(cases(whole, slices=True)) > len(kinds)
    assert draft.brief.startswith(DRAFT)
    assert whole.brief == whole.briefing


@pytest.mark.slow
def test_the_solution_is_on_main_and_in_the_clone(fresh: Path, tmp_path: Path) -> None:
    parts, folder = House(), tmp_path / "tried"
    told = read_scenario(library.find(fresh))
    solution = told.stages[0].solutions[0]
    try:
        report = try_stage(Try(str(fresh), "first", folder, solution.name, 7), parts, lambda _: None)
        space = workspace.read(folder.resolve())
        forge = Forge(space.company / "forge", Ledger(space.ledger), company=space.company)
        files = [path.relative_to(solution.path / "files") for path in (solution.path / "files").rglob("*") if path.is_file()]
        assert files
        for path in files:
            assert forge.read(space.repository, "refs/heads/main", path.as_posix()) is not None
            assert (space.clone / path).is_file()
        assert report.laid == solution.name
    finally:
        parts.sleep(workspace.read(folder.resolve()))
