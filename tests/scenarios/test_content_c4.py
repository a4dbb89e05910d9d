"""The content of stage C4 fits together: what no engine is needed for to see."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

import pytest
import yaml

from lab import process
from lab.company import verbs
from lab.company.pipelines import schema, workflow

ROOT = Path(__file__).resolve().parents[2]
STAGES = ROOT / "scenarios/company-evolution/stages"
STAGE = STAGES / "works-on-my-machine"
BELOW = (ROOT / "sample_app/storefront", STAGES / "the-gate/solutions/junit-and-owners/files")
TOLD = yaml.safe_load((STAGE / "stage.yaml").read_text(encoding="utf-8"))
SOLUTIONS = sorted((STAGE / "solutions").iterdir())
TRAPS = sorted(STAGE.glob("traps/*/"))


def files_of(folder: Path) -> dict[str, str]:
    """The files below a folder, by path."""
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in found}


def based_on(trap: Path) -> dict[str, str]:
    """The learner's tree that a trap is laid over: the product, the gate, the trap's solution."""
    told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))
    layers = (*BELOW, STAGE / "solutions" / told["base"] / "files")
    return {name: text for layer in layers for name, text in files_of(layer).items()}


def trapped(trap: Path, folder: Path) -> dict[str, str]:
    """The same tree with the trap applied as `prove` does it."""
    for name, text in based_on(trap).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    env = process.environment({"HOME": str(folder), "PATH": os.environ["PATH"]})
    done = process.run(["sh", trap / "solve.sh"], cwd=folder, env=env, timeout=30)
    assert done.is_success, done.output
    return files_of(folder)


def changed_lines(before: dict[str, str], after: dict[str, str]) -> int:
    """How many lines were added."""
    lines = [line for name in after for line in difflib.ndiff(before.get(name, "").splitlines(), after[name].splitlines())]
    return sum(line.startswith("+ ") for line in lines)


def test_the_briefing_is_short_and_says_where_to_begin() -> None:
    story, contract = (STAGE / "briefing.md").read_text(encoding="utf-8").split("\n## ")

    assert len(story.strip().splitlines()) <= 25
    assert len(contract.strip().splitlines()) - 1 <= 10
    assert story.count("**Your job:**") == 1
    assert "Type this first: `lab check`" in story


def test_the_debrief_ends_with_other_houses_three_questions_and_a_line_for_the_portfolio() -> None:
    text = (STAGE / "debrief.md").read_text(encoding="utf-8")
    questions = text.split("## Three questions")[1].split("\n## ")[0]

    assert all(house in text for house in ("GitLab CI", "Google Cloud", "AWS", "Red Hat"))
    assert len(re.findall(r"^\d\. ", questions, re.MULTILINE)) == 3
    assert "## One line for your portfolio" in text


@pytest.mark.parametrize("check", [check["id"] for check in TOLD["checks"]])
def test_every_check_has_a_question_a_concept_and_a_sketch(check: str) -> None:
    question, concept, sketch = TOLD["hints"][check]

    assert "?" in question
    assert len(question) < len(concept)
    assert sketch.strip()


def test_the_stage_says_that_it_needs_an_engine() -> None:
    assert TOLD["needs"] == {"docker": True}


def test_the_solutions_share_less_than_half_of_their_lines() -> None:
    names = ("Dockerfile", "storefront.Dockerfile", "try-image", "try.py", "image.yml", "action.yml", "Makefile", "harborline.yaml")
    first, second = (
        {line.strip() for name, text in files_of(one / "files").items() if name.rpartition("/")[2] in names for line in text.splitlines()}
        for one in SOLUTIONS
    )

    assert len(first & second) < min(len(first), len(second)) / 2


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.name)
class TestSolution:
    def test_names_its_mechanism_in_a_sentence(self, solution: Path) -> None:
        assert re.fullmatch(r"[^\n]+\.\n", (solution / "mechanism.md").read_text(encoding="utf-8"))

    def test_has_a_build_verb_that_names_image_and_commit(self, solution: Path) -> None:
        told = verbs.read_verbs((solution / "files/harborline.yaml").read_text(encoding="utf-8"))

        assert {"setup", "test", "deploy", "rollback"} <= told.keys()
        assert all(any(word in part for part in told["build"]) for word in ("{image}", "{sha}"))

    def test_has_workflows_that_the_runner_takes(self, solution: Path) -> None:
        texts = {name: text for name, text in files_of(solution / "files").items() if name.startswith(".github/workflows/")}
        found = [workflow.read(text, name) for name, text in texts.items()]

        assert found
        assert [problem for document in found for problem in schema.problems(document)] == []


@pytest.mark.parametrize("trap", TRAPS, ids=lambda path: path.name)
class TestTrap:
    def test_is_its_base_with_at_most_fifteen_changed_lines(self, trap: Path, tmp_path: Path) -> None:
        before, after = based_on(trap), trapped(trap, tmp_path)

        assert before != after
        assert changed_lines(before, after) <= 15

    def test_is_refused_by_checks_of_this_stage(self, trap: Path) -> None:
        told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))

        assert {refusal["check"] for refusal in told["refused_by"]} <= {check["id"] for check in TOLD["checks"]}
        assert all(refusal["message"] for refusal in told["refused_by"])


def test_every_check_is_refused_by_a_trap() -> None:
    told = [yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8")) for trap in TRAPS]

    assert {check["id"] for check in TOLD["checks"]} == {refusal["check"] for trap in told for refusal in trap["refused_by"]}
