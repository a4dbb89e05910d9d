"""What is remembered of a proof is what nothing has changed; anything else is played again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from lab.authoring.cases import Case, cases
from lab.authoring.proof_files import Made, written
from lab.authoring.prove import SEEDS, unsteady
from lab.authoring.proven import proven
from lab.authoring.remembered import Remembered, folder
from lab.authoring.rows import ProofReport, Row
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import UsageProblem
from lab.report.sights import StageProof
from lab.scenario import library
from lab.session.wiring import read_scenario

PROVEN = Row("first", "trap greets-nobody", "trap", 1, 2.0, 1, 1, (), ("refuses-nobody",), "abc1234", "2026-11-25")


def found(fresh: Path) -> dict[str, tuple[Case, str]]:
    """The key of each case of the new scenario, as it is on disk now."""
    scenario = read_scenario(library.find(fresh))
    known = Remembered(scenario, "tools 1")
    return {case.title: (case, known.key(case, 1, slices=False)) for case in cases(scenario.stages[0], slices=False)}


def changed(fresh: Path, path: str, text: str = "\n# more\n") -> set[str]:
    """Which cases have another key once something is added to a file."""
    before = {name: key for name, (_, key) in found(fresh).items()}
    with (fresh / path).open("a", encoding="utf-8") as file:
        file.write(text)
    after = {name: key for name, (_, key) in found(fresh).items()}
    return {name for name in before if before[name] != after[name]}


ALL = {"start", "solution in-python", "solution in-shell", "trap greets-nobody", "trap one-name-only"}


def test_a_row_rests_on_its_stage_its_own_files_and_those_it_is_built_upon_alone(fresh: Path) -> None:
    stage = "stages/first"
    assert set(found(fresh)) == ALL
    assert changed(fresh, f"{stage}/stage.yaml") == ALL
    assert changed(fresh, f"{stage}/checks/greets.sh") == ALL
    assert changed(fresh, f"{stage}/traps/greets-nobody/solve.sh") == {"trap greets-nobody"}
    assert changed(fresh, f"{stage}/briefing.md") == set()
    base = next(case for case, _ in found(fresh).values() if case.title == "trap greets-nobody").layers[0]
    upon = {case.title for case, _ in found(fresh).values() if base in case.layers}
    assert changed(fresh, f"{stage}/solutions/{base.name}/files/ops/greet") == upon
    assert "trap greets-nobody" in upon


def test_seed_slices_and_tools_are_part_of_it(fresh: Path) -> None:
    scenario = read_scenario(library.find(fresh))
    case = cases(scenario.stages[0], slices=False)[0]
    keys = [
        Remembered(scenario, versions).key(case, seed, slices=slices)
        for versions in ("tools 1", "tools 2")
        for seed in (1, 2)
        for slices in (True, False)
    ]
    assert len(set(keys)) == 8


def test_a_proven_row_is_found_again_and_a_hole_is_not_kept(fresh: Path, tmp_path: Path) -> None:
    scenario = read_scenario(library.find(fresh))
    case = next(one for one in cases(scenario.stages[0], slices=False) if one.title == "trap greets-nobody")
    known = Remembered(scenario, "tools", tmp_path / "proofs")
    assert known.find(case, 1, slices=False) is None
    known.keep(case, Row("first", case.title, "trap", 1, 2.0, 1, 1, ("a hole",)), slices=False)
    assert known.find(case, 1, slices=False) is None
    known.keep(case, PROVEN, slices=False)
    again = known.find(case, 1, slices=False)
    assert again is not None
    assert (again.is_remembered, again.refused, again.commit, again.date) == (True, ("refuses-nobody",), "abc1234", "2026-11-25")
    assert known.find(case, 2, slices=False) is None
    (kept,) = (tmp_path / "proofs").iterdir()
    kept.write_text("{", encoding="utf-8")
    assert known.find(case, 1, slices=False) is None
    assert Remembered(scenario, "tools").find(case, 1, slices=False) is None


def test_who_only_looks_is_told_which_cases_were_proven_whole_or_as_a_slice(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_CACHE", str(tmp_path / "cache"))
    scenario, tools = read_scenario(library.find(fresh)), Toolchain.find()
    assert proven(scenario, tools).stages == (
        StageProof("first", 5, 0, tuple(case.title for case in cases(scenario.stages[0], slices=True))),
    )
    known = Remembered(scenario, tools.key(), folder())
    for title, slices in (("trap greets-nobody", False), ("solution in-shell", True)):
        case = next(one for one in cases(scenario.stages[0], slices=slices) if one.title == title)
        known.keep(case, replace(PROVEN, case=title, seed=SEEDS[0]), slices=slices)

    assert proven(scenario, tools).stages == (StageProof("first", 5, 2, ("start", "solution in-python", "trap one-name-only")),)


def test_a_case_that_does_not_always_say_the_same_is_named() -> None:
    other = Row("first", "trap greets-nobody", "trap", 1, 2.5, 2, 0, ("'x' should refuse it, and passed",))
    assert unsteady([PROVEN, PROVEN]) == []
    assert unsteady([PROVEN, other, PROVEN]) == ["'first', trap greets-nobody, seed 1: 3 plays said 2 different things"]


def test_a_proof_is_written_for_people_and_for_programs() -> None:
    broken = Row("first", "start", "start", 1, 60.0, 2, 0, ("the untouched start fails <no> check\x1b",))
    report, made = ProofReport((PROVEN, broken), ("two are asked for",)), Made("lab author prove x", "abc1234", 3.2)
    assert "| first | trap greets-nobody | 1 | 1 | refuses-nobody | 0.0 | abc1234 | 2026-11-25 | yes |" in written(report, made, ".md")
    told = json.loads(written(report, made, ".json"))
    assert [row["holes"] for row in told["rows"]] == [[], list(broken.holes)]
    suite = ET.fromstring(written(report, made, ".xml"))  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures"), len(suite.findall(".//failure"))) == ("3", "2", 2)
    page = written(report, made, ".html")
    assert "the untouched start fails &lt;no&gt; check" in page
    assert "<no>" not in page
    with pytest.raises(UsageProblem, match="is not written as '.pdf'"):
        written(report, made, ".pdf")
