"""With a hook removed, or act unplugged, the day fails: nothing of the forge or the runner is imitated in process."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lab.checks.day import Day
from lab.company.company import Company
from lab.company.pipelines.toolchain import Toolchain
from lab.gameday import opening
from lab.gameday.laying import commit_layers
from lab.scenario import library
from lab.session.wiring import read_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from lab.checks.base import Finding
    from lab.scenario.model import Scenario

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    Toolchain.find().prepare()
    return read_scenario(library.find("company-evolution"))


def solved(scenario: Scenario, folder: Path, stage_id: str) -> Company:
    """The company at a stage, with the first reference solution of it and of every stage before."""
    company = opening.found_company(folder / "company", scenario, seed=5)
    for stage in scenario.stages:
        opening.lay_start(company, stage)
        commit_layers(company, [stage.solutions[0].path], folder / stage.id, message=f"Solve '{stage.title}'")
        if stage.id == stage_id:
            break
    return company


def played(company: Company, scenario: Scenario, stage_id: str, *names: str) -> dict[str, Finding]:
    stage = scenario.stage(stage_id)
    return Day(company, stage, 3, scenario.digest, "test").play([stage.check(name) for name in names])


class WithoutForgeHooks(Company):
    """A company whose copies lose the forge's hooks."""

    def copy(self, *args: object, **words: object) -> Company:
        made = super().copy(*args, **words)  # type: ignore[arg-type]
        shutil.rmtree(made.forge.path(made.repository) / "hooks")
        return made


def test_without_the_forges_hooks_nobody_guards_main(scenario: Scenario, tmp_path: Path) -> None:
    company = solved(scenario, tmp_path, "the-gate")
    company.__class__ = WithoutForgeHooks
    findings = played(company, scenario, "the-gate", "main-is-guarded")
    assert findings["main-is-guarded"].verdict == "failed"
    assert "and the forge took it" in findings["main-is-guarded"].message


def test_without_act_no_pipeline_is_green(scenario: Scenario, tmp_path: Path) -> None:
    class Unplugged(Toolchain):
        @property
        def act(self) -> Path:
            return tmp_path / "no-act"

    company = solved(scenario, tmp_path, "the-gate")
    company.parts = replace(company.parts, toolchain=Unplugged(Toolchain.find().cache))
    findings = played(company, scenario, "the-gate", "good-goes-green", "bad-goes-red")
    assert findings["good-goes-green"].verdict == "blocked"
    assert "no-act" in findings["good-goes-green"].message
    assert findings["bad-goes-red"].verdict == "waiting"


def test_without_the_learners_hook_bad_commits_go_through(scenario: Scenario, tmp_path: Path) -> None:
    company = solved(scenario, tmp_path, "local-tests")
    nothing = {"harborline.yaml": (b'setup: ["true"]\ntest: [python, -m, pytest, -q]\ndeploy: [ops/deploy, "{sha}"]\n', False)}
    opening.commit_files(company, nothing, message="Nobody sets the hook up", by="tom")
    findings = played(company, scenario, "local-tests", "bad-commit-is-refused", "good-commits-get-through")
    assert findings["bad-commit-is-refused"].verdict == "failed"
    assert "and it went through" in findings["bad-commit-is-refused"].message
    assert findings["good-commits-get-through"].verdict == "passed"
