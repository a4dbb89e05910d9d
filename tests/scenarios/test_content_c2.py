"""The content of stage C2 fits together: what no game day is needed for to see."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path

import pytest
import yaml

from lab import process
from lab.company.forge import codeowners, ruleset_files
from lab.company.pipelines import schema, workflow

ROOT = Path(__file__).resolve().parents[2]
STAGE = ROOT / "scenarios/company-evolution/stages/the-gate"
TOLD = yaml.safe_load((STAGE / "stage.yaml").read_text(encoding="utf-8"))
SOLUTIONS = sorted((STAGE / "solutions").iterdir())
TRAPS = sorted([*STAGE.glob("traps/*/"), *STAGE.glob("drafts/*/")])
GUARDED = (
    "tests/unit/test_team_prices.py",
    "tests/conftest.py",
    "conftest.py",
    "pyproject.toml",
    "pytest.ini",
    ".github/workflows/new.yml",
    "harborline.yaml",
)
FREE = ("app/pricing.py", "app/routes/catalog.py", "data/tax.json", "README.md", "requirements.txt")


def files_of(folder: Path) -> dict[str, str]:
    """The files below a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()}


def run(words: list[str | Path], cwd: Path, *, path: str = "") -> process.Completed:
    """Run a program in `cwd`, with `path` before the usual places."""
    return process.run(words, cwd=cwd, env=process.environment({"HOME": str(cwd), "PATH": f"{path}:{os.environ['PATH']}"}), timeout=30)


def trapped(trap: Path, folder: Path) -> dict[str, str]:
    """The files of a trap's base solution, with the trap applied as `prove` does it."""
    told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))
    for name, text in files_of(STAGE / "solutions" / told["base"] / "files").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    done = run(["sh", trap / "solve.sh"], folder)
    assert done.is_success, done.output
    return files_of(folder)


def workflows_in(files: dict[str, str]) -> dict[str, workflow.Document]:
    """The workflows among files."""
    return {name: workflow.read(text, name) for name, text in files.items() if name.startswith(".github/workflows/")}


def changed_lines(before: dict[str, str], after: dict[str, str]) -> int:
    """How many lines were added or removed."""
    names = before.keys() | after.keys()
    lines = [line for name in names for line in difflib.ndiff(before.get(name, "").splitlines(), after.get(name, "").splitlines())]
    return sum(line.startswith(("+ ", "- ")) for line in lines)


# -- the texts ------------------------------------------------------------------------------------------------------------


def test_the_briefing_is_short_and_says_where_to_begin() -> None:
    story, contract = (STAGE / "briefing.md").read_text(encoding="utf-8").split("\n## ")

    assert len(story.strip().splitlines()) <= 25
    assert len(contract.strip().splitlines()) - 1 <= 10
    assert story.count("**Your job:**") == 1
    assert "Type this first: `lab check`" in story


def test_the_debrief_ends_with_other_houses_three_questions_and_a_line_for_the_portfolio() -> None:
    text = (STAGE / "debrief.md").read_text(encoding="utf-8")
    questions = text.split("## Three questions")[1].split("\n## ")[0]

    assert "counts as success for a required check" in text
    assert all(house in text for house in ("Jenkins", "GitLab CI", "Azure Pipelines", "Buildkite"))
    assert len(re.findall(r"^\d\. ", questions, re.MULTILINE)) == 3
    assert "## One line for your portfolio" in text


@pytest.mark.parametrize("check", [check["id"] for check in TOLD["checks"]])
def test_every_check_has_a_question_a_concept_and_a_sketch(check: str) -> None:
    question, concept, sketch = TOLD["hints"][check]

    assert "?" in question
    assert len(question) < len(concept)
    assert sketch.strip()


def test_nothing_names_a_machine_or_a_package_registry() -> None:
    text = "\n".join(files_of(STAGE).values())

    assert not re.search(r"/(?:home|root|work|Users)/|pypi\.org|pythonhosted|registry\.npmjs", text)


# -- the solutions --------------------------------------------------------------------------------------------------------


def test_the_solutions_share_less_than_half_of_their_lines() -> None:
    texts = ["\n".join(files_of(one / "files").values()) for one in SOLUTIONS]
    first, second = ({line.strip() for line in text.splitlines()} for text in texts)

    assert len(first & second) < min(len(first), len(second)) / 2


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.name)
class TestSolution:
    def test_names_its_mechanism_in_a_sentence(self, solution: Path) -> None:
        assert re.fullmatch(r"[^\n]+\.\n", (solution / "mechanism.md").read_text(encoding="utf-8"))

    def test_has_workflows_that_the_runner_takes(self, solution: Path) -> None:
        found = workflows_in(files_of(solution / "files"))

        assert found
        assert [problem for document in found.values() for problem in schema.problems(document)] == []

    def test_requires_checks_that_its_jobs_report(self, solution: Path) -> None:
        files = files_of(solution / "files")
        rulesets, problems = ruleset_files.read_all({name: text for name, text in files.items() if "/rulesets/" in name})
        jobs = {job for document in workflows_in(files).values() for job in document.data["jobs"]}

        assert problems == ()
        assert {context for ruleset in rulesets if ruleset.checks for context in ruleset.checks.contexts} <= jobs
        assert all(ruleset.is_active and ruleset.covers("refs/heads/main") for ruleset in rulesets)

    def test_limits_every_job(self, solution: Path) -> None:
        documents = workflows_in(files_of(solution / "files")).values()

        assert all("timeout-minutes" in job for document in documents for job in document.data["jobs"].values())

    def test_never_puts_a_strangers_text_into_a_script(self, solution: Path) -> None:
        text = "\n".join(text for name, text in files_of(solution / "files").items() if name.endswith(".yml"))

        assert not re.search(r"\$\{\{[^}]*\bgithub\.", text)

    def test_asks_sam_about_what_the_gate_rests_on_and_about_nothing_else(self, solution: Path) -> None:
        owners = codeowners.read("CODEOWNERS", files_of(solution / "files")[".github/CODEOWNERS"])

        assert {path: owners.line_for(path).owners for path in GUARDED if owners.line_for(path)} == dict.fromkeys(GUARDED, ("sam",))
        assert [path for path in FREE if owners.line_for(path)] == []

    def test_locks_versions_that_the_company_has(self, solution: Path) -> None:
        known = set(re.findall(r"^([\w-]+==[\w.]+)", (ROOT / "requirements/company.txt").read_text(encoding="utf-8"), re.MULTILINE))
        locks = [text for name, text in files_of(solution / "files").items() if name.endswith(".txt")]
        pinned = {line for text in locks for line in text.splitlines() if "==" in line}

        assert pinned - known == {"harborline-money==1.4"}


REPORTS = {
    "no report": (None, 1),
    "no tests": ('<testsuites><testsuite tests="0" failures="0" errors="0" skipped="0"/></testsuites>', 1),
    "all skipped": ('<testsuites><testsuite tests="3" failures="0" errors="0" skipped="3"/></testsuites>', 1),
    "nothing imported": ('<testsuites><testsuite tests="1" failures="0" errors="1" skipped="0"/></testsuites>', 1),
    "two passed": ('<testsuites><testsuite tests="3" failures="1" errors="0" skipped="0"/></testsuites>', 0),
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_report_must_hold_a_test_that_passed(name: str, tmp_path: Path) -> None:
    text, expected = REPORTS[name]
    if text:
        (tmp_path / "report.xml").write_text(text, encoding="utf-8")

    done = run(["python3", STAGE / "solutions/junit-and-owners/files/.github/scripts/tests_ran.py", "report.xml"], tmp_path)

    assert done.returncode == expected, done.output


WORDS = {
    "===== 20 passed in 1.77s =====": (0, 0),
    "===== 19 passed, 1 skipped, 2 warnings in 1.77s =====": (0, 0),
    "===== 1 failed, 19 passed in 1.77s =====": (1, 1),
    "===== 20 tests collected in 0.20s =====": (0, 1),
    "===== 3 skipped in 0.20s =====": (0, 1),
    "===== no tests ran in 0.01s =====": (5, 5),
    "collecting ...": (0, 1),
}


@pytest.mark.parametrize("words", WORDS)
def test_pytests_last_words_must_be_that_some_passed(words: str, tmp_path: Path) -> None:
    pytest_says, expected = WORDS[words]
    fake = tmp_path / "bin/python"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho '{words}'\nexit {pytest_says}\n", encoding="utf-8")
    fake.chmod(0o755)

    done = run([STAGE / "solutions/matrix-and-gate/files/ci/test"], tmp_path, path=str(fake.parent))

    assert done.returncode == expected, done.output


# -- the traps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trap", TRAPS, ids=lambda path: path.name)
class TestTrap:
    def test_is_its_base_with_at_most_fifteen_changed_lines(self, trap: Path, tmp_path: Path) -> None:
        told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))

        assert 1 <= changed_lines(files_of(STAGE / "solutions" / told["base"] / "files"), trapped(trap, tmp_path)) <= 15

    def test_is_something_that_the_runner_and_the_forge_take(self, trap: Path, tmp_path: Path) -> None:
        files = trapped(trap, tmp_path)
        rulesets = {name: text for name, text in files.items() if "/rulesets/" in name}

        assert [problem for document in workflows_in(files).values() for problem in schema.problems(document)] == []
        assert ruleset_files.read_all(rulesets)[1] == ()

    def test_is_refused_by_checks_of_this_stage(self, trap: Path) -> None:
        told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))

        assert told.keys() == {"why", "base", "refused_by"}
        assert {refusal["check"] for refusal in told["refused_by"]} <= {check["id"] for check in TOLD["checks"]}
        assert all(refusal["message"] for refusal in told["refused_by"])


def test_every_check_is_refused_by_a_trap() -> None:
    told = [yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8")) for trap in TRAPS]
    refused = {refusal["check"] for trap in told for refusal in trap["refused_by"]}

    assert {check["id"] for check in TOLD["checks"]} == refused
