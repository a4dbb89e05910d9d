"""Mutants break one thing each, and what is broken can be laid over its solution."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.authoring.cases import holes
from lab.authoring.mutants import Mutant, chosen, mutants, mutated, write
from lab.authoring.proof_files import Made, written
from lab.authoring.rows import ProofReport, Row
from lab.authoring.survivors import explained
from lab.authoring.table import line
from lab.checks.base import failed, passed
from lab.errors import ScenarioWrong
from lab.gameday.laying import lay
from lab.scenario import library
from lab.session.wiring import read_scenario

DEPLOY = """\
#!/bin/sh
set -eu
sha="$1"
git archive "$sha" |
  ssh web1 'tar -x'
if [ -z "$sha" ]; then
  echo "which?" >&2
  exit 2
fi
ssh web1 './restart'
cat >out <<END
if [ this is text ]; then
END
"""
WORKFLOW = """\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Test
        run: pytest
      - run: |
          one
          two
"""
TESTS = """\
def test_price():
    \"\"\"A price.\"\"\"
    assert price() == 3


def fixture():
    if price() > 3:
        return 1
"""


@pytest.fixture
def solution(tmp_path: Path) -> Path:
    files = tmp_path / "solution" / "files"
    for name, text in (("ops/deploy", DEPLOY), (".github/workflows/ci.yml", WORKFLOW), ("tests/test_a.py", TESTS), ("notes.md", "x\n")):
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text(text)
    (files / "ops" / "deploy").chmod(0o755)
    return tmp_path / "solution"


def changed(solution: Path, name: str) -> str:
    (found,) = (one for one in mutants(solution) if one.name == name)
    assert found.text is not None
    return found.text


def test_each_kind_breaks_its_own_place_and_nothing_else(solution: Path) -> None:
    assert [one.name for one in mutants(solution)] == [
        "drop-file:.github/workflows/ci.yml",
        "drop-step:.github/workflows/ci.yml:6",
        "drop-step:.github/workflows/ci.yml:7",
        "or-true:.github/workflows/ci.yml:8",
        "drop-step:.github/workflows/ci.yml:9",
        "drop-file:notes.md",
        "drop-file:ops/deploy",
        "invert:ops/deploy:6",
        "or-true:ops/deploy:7",
        "or-true:ops/deploy:10",
        "drop-file:tests/test_a.py",
        "empty-test:tests/test_a.py:1",
        "invert:tests/test_a.py:7",
    ]
    assert changed(solution, "invert:ops/deploy:6") == DEPLOY.replace("if [ -z", "if ! [ -z")
    assert changed(solution, "or-true:ops/deploy:10") == DEPLOY.replace("'./restart'", "'./restart' || true")
    assert changed(solution, "drop-step:.github/workflows/ci.yml:7") == WORKFLOW.replace("      - name: Test\n        run: pytest\n", "")
    assert changed(solution, "drop-step:.github/workflows/ci.yml:9") == WORKFLOW.replace(
        "      - run: |\n          one\n          two\n", ""
    )
    assert changed(solution, "or-true:.github/workflows/ci.yml:8") == WORKFLOW.replace("run: pytest", "run: pytest || true")
    assert changed(solution, "invert:tests/test_a.py:7") == TESTS.replace("price() > 3", "not (price() > 3)")
    assert changed(solution, "empty-test:tests/test_a.py:1").startswith("def test_price():\n    pass\n\n\ndef fixture")


def test_a_mutant_is_laid_over_its_solution(solution: Path, tmp_path: Path) -> None:
    for name, is_there in (("drop-file:ops/deploy", False), ("invert:ops/deploy:6", True)):
        tree = tmp_path / f"tree-{is_there}"
        tree.mkdir()
        (mutant,) = (one for one in mutants(solution) if one.name == name)
        lay(solution, tree)
        lay(write(mutant, solution, tmp_path / f"layer-{is_there}"), tree)
        assert (tree / "ops" / "deploy").exists() is is_there
        assert (tree / "notes.md").is_file()
    assert (tmp_path / "tree-True" / "ops" / "deploy").stat().st_mode & 0o100
    assert "if ! [" in (tree / "ops" / "deploy").read_text()


def test_a_sample_is_the_same_for_a_seed() -> None:
    everything = [Mutant(str(number), "a", None) for number in range(50)]
    assert chosen(everything, 5, seed=1) == chosen(everything, 5, seed=1) != chosen(everything, 5, seed=2)
    assert len(chosen(everything, 5, seed=1)) == 5
    assert chosen(everything, None, seed=1) == everything


def test_a_mutant_that_no_check_refuses_is_a_hole(fresh: Path, tmp_path: Path) -> None:
    (stage,) = read_scenario(library.find(fresh)).stages
    first, *_ = mutated(stage, tmp_path / "room", sample=None, seed=1)
    assert first.kind == "mutant"
    assert holes(first, {"a": passed("It does."), "b": failed("It does not.", look_at="")}) == []
    assert holes(first, {"a": passed("It does.")}) == ["it survives: every check passes without it"]


def test_a_survivor_that_is_explained_is_no_hole_until_a_check_refuses_it(solution: Path, tmp_path: Path, fresh: Path) -> None:
    told = "- {why: The server is there or nothing is., kind: or-true, file: ops/deploy, lines: [\"ssh web1 './restart'\"]}\n"
    (solution / "survivors.yaml").write_text(told)
    assert explained(solution, mutants(solution)) == {"or-true:ops/deploy:10": "The server is there or nothing is."}
    (stage,) = read_scenario(library.find(fresh)).stages
    first, *_ = mutated(stage, tmp_path / "room", sample=None, seed=1)
    why = replace(first, explained="Why it does.")
    assert holes(why, {"a": passed("It does.")}) == []
    assert holes(why, {"a": failed("It does not.", look_at="")}) == [
        "survivors.yaml explains why it survives, and 'a' refuses it: It does not."
    ]
    row = Row(stage="first", case=why.title, kind="mutant", seed=1, seconds=1, passed=1, failed=0, holes=(), explained=why.explained)
    assert line(row).endswith("\n    survives: Why it does.")
    assert (
        "- first, mutant" in written(ProofReport((row,)), Made("prove", "abc", 1), ".md").partition("## Mutants that survive, and why")[2]
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (
            "- {why: The server is there or nothing is., kind: invert, file: ops/deploy, lines: [gone]}\n",
            "survivors.yaml:1: there is no mutant",
        ),
        ("- {why: No., kind: invert, file: ops/deploy, lines: [gone]}\n", "survivors.yaml:1: 'why'"),
    ],
)
def test_an_explanation_of_nothing_or_by_nothing_is_a_mistake(solution: Path, told: str, said: str) -> None:
    (solution / "survivors.yaml").write_text(told)
    with pytest.raises(ScenarioWrong, match=said):
        explained(solution, mutants(solution))


def test_every_explanation_of_a_shipped_solution_has_its_mutant() -> None:
    found = {
        solution.name: len(explained(solution.path, mutants(solution.path)))
        for stage in read_scenario(library.find("company-evolution")).stages
        for solution in stage.solutions
    }
    assert found["releases-and-a-symlink"] > 30


def test_every_shipped_solution_has_mutants_of_several_kinds() -> None:
    for stage in read_scenario(library.find("company-evolution")).stages:
        kinds = {one.name.partition(":")[0] for one in mutants(stage.solutions[0].path)}
        assert len(kinds) >= 2, stage.id
