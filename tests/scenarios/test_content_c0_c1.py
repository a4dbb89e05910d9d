"""The content of the stages C0 and C1, as far as it can be held against its promises without playing it."""

from __future__ import annotations

import os
import py_compile
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from lab.session.solutions import lay

ROOT: Final = Path(__file__).resolve().parents[2]
STAGES: Final = ROOT / "scenarios" / "company-evolution" / "stages"
NAMES: Final = ("day-zero", "local-tests")
HINT_STEPS: Final = 3
BRIEFING_LINES: Final = 25
CONTRACT_LINES: Final = 10
SHELL_HEAD: Final = "#!/bin/sh"
VERBS: Final = {"day-zero": {"deploy", "rollback"}, "local-tests": {"deploy", "rollback", "setup", "test"}}


def stage(name: str) -> dict[str, Any]:
    """What a stage.yaml tells."""
    told: dict[str, Any] = yaml.safe_load((STAGES / name / "stage.yaml").read_text(encoding="utf-8"))
    return told


def folders(kind: str) -> list[Path]:
    """The solutions, or the traps, of both stages."""
    return [path for name in NAMES for path in sorted((STAGES / name / kind).iterdir()) if path.is_dir()]


def written(*patterns: str) -> list[Path]:
    """Files of our solutions and traps by patterns, without what tools leave behind."""
    found = {path for name in NAMES for pattern in patterns for path in (STAGES / name).rglob(pattern) if path.is_file()}
    return sorted(path for path in found if "__pycache__" not in path.parts)


def shell_scripts() -> list[Path]:
    """Every file that `sh` reads: those that are named so, and those whose first line says so."""
    named = set(written("*.sh"))
    return sorted(named | {path for path in written("*") if path.read_bytes().startswith(SHELL_HEAD.encode())})


def short(path: Path) -> str:
    """A path as a test's name shows it."""
    return path.relative_to(STAGES).as_posix()


@pytest.mark.parametrize("script", shell_scripts(), ids=short)
def test_sh_can_read_every_shell_script(script: Path) -> None:
    for shell in filter(shutil.which, ("sh", "dash")):
        done = subprocess.run([shell, "-n", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{shell}: {done.stderr}"


@pytest.mark.parametrize("script", shell_scripts(), ids=short)
def test_a_shell_script_uses_nothing_that_only_gnu_or_bash_has(script: Path) -> None:
    text = "\n".join(line for line in script.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#"))

    assert not re.search(r"sed -i|mv -T|ln -sfn|readlink -f|\[\[ |pipefail|\blocal \w|grep -P|mktemp --|sort -V|\bflock \S", text)


@pytest.mark.parametrize("program", written("*.py", "ask"), ids=short)
def test_python_can_read_every_program(program: Path, tmp_path: Path) -> None:
    py_compile.compile(str(program), cfile=str(tmp_path / "compiled"), doraise=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_check_has_three_hints_that_are_not_empty(name: str) -> None:
    told = stage(name)

    assert set(told["hints"]) == {check["id"] for check in told["checks"]}
    for steps in told["hints"].values():
        assert len(steps) == HINT_STEPS
        assert all(len(step) > len("Look.") for step in steps)


@pytest.mark.parametrize("name", NAMES)
def test_a_first_hint_asks_and_does_not_answer(name: str) -> None:
    for check, steps in stage(name)["hints"].items():
        assert "?" in steps[0], check
        assert "`" not in steps[0], f"{check}: a command in the first step is half the answer"


@pytest.mark.parametrize("name", NAMES)
def test_a_briefing_is_read_in_a_minute(name: str) -> None:
    text = (STAGES / name / "briefing.md").read_text(encoding="utf-8")
    story, contract = re.split(r"^## .*\n", text, maxsplit=1, flags=re.MULTILINE)

    assert len(story.strip().splitlines()) <= BRIEFING_LINES
    assert len(contract.strip().splitlines()) <= CONTRACT_LINES
    assert "**Your job:**" in story
    assert "Type this first:" in story


@pytest.mark.parametrize("name", NAMES)
def test_a_debrief_ends_with_the_same_job_elsewhere_three_questions_and_a_line(name: str) -> None:
    text = (STAGES / name / "debrief.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)

    assert heads[-3:] == ["The same job elsewhere", "Three interview questions", "One line for your portfolio"]
    assert all(tool in text for tool in ("Jenkins", "GitLab CI", "GitHub Actions", "Azure"))
    assert re.findall(r"^(\d)\. .*\?", text.split("## Three interview questions")[1], flags=re.MULTILINE) == ["1", "2", "3"]


@pytest.mark.parametrize("solution", folders("solutions"), ids=short)
def test_a_solution_says_in_one_sentence_what_it_is_built_on_and_names_its_verbs(solution: Path) -> None:
    verbs = yaml.safe_load((solution / "files" / "harborline.yaml").read_text(encoding="utf-8"))

    assert len((solution / "mechanism.md").read_text(encoding="utf-8").strip().splitlines()) == 1
    assert set(verbs) == VERBS[solution.parents[1].name]


@pytest.mark.parametrize("name", NAMES)
def test_the_second_solution_shares_less_than_half_of_its_lines_with_the_first(name: str) -> None:
    first, second = (_lines(path) for path in sorted((STAGES / name / "solutions").iterdir()))

    assert len(first & second) < min(len(first), len(second)) / 2


@pytest.mark.parametrize("trap", folders("traps"), ids=short)
def test_a_trap_names_its_base_and_the_checks_that_refuse_it(trap: Path) -> None:
    told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))
    checks = {check["id"] for check in stage(trap.parents[1].name)["checks"]}

    assert (trap.parents[1] / "solutions" / told["base"]).is_dir()
    assert told["why"].strip().endswith(".")
    assert {refusal["check"] for refusal in told["refused_by"]} <= checks


@pytest.mark.parametrize("trap", folders("traps"), ids=short)
def test_a_trap_can_be_laid_over_its_base_and_changes_something(trap: Path, tmp_path: Path) -> None:
    told = yaml.safe_load((trap / "trap.yaml").read_text(encoding="utf-8"))
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "sample_app" / "storefront", tree, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    lay(trap.parents[1] / "solutions" / told["base"], tree)
    before = _tree(tree)
    lay(trap, tree)

    assert _tree(tree) != before or list(trap.glob("live/*.sh"))


def test_what_is_run_may_be_run() -> None:
    programs = [path for path in written("*") if path.read_bytes().startswith(b"#!")]

    assert programs
    assert [short(path) for path in programs if not os.access(path, os.X_OK)] == []


def _lines(solution: Path) -> set[str]:
    files = [path for path in solution.rglob("*") if path.is_file() and "__pycache__" not in path.parts and path.name != "harborline.yaml"]
    lines = {line.strip() for path in files for line in path.read_text(encoding="utf-8").splitlines()}
    return {line for line in lines if line and not line.startswith(("#", '"""', "import ", "from "))}


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
