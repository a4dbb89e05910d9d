"""The page for whoever teaches: everything they need stands on it, and nothing in it runs."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from lab.authoring.handout import page
from lab.cli.main import run
from lab.report.page import rendered
from lab.scenario import library
from lab.session.wiring import read_scenario


def test_it_has_the_plan_the_texts_the_hints_and_the_traps(fresh: Path) -> None:
    told = read_scenario(library.find(fresh))
    (stage,) = told.stages
    made = page(told, told.stages)
    said = rendered(stage.instructor.splitlines()[-1])
    for wanted in (stage.title, stage.job, stage.milestones[0].title, stage.traps[0].name.replace("-", " "), said, "<h2>The plan</h2>"):
        assert wanted in made, wanted
    for check in stage.checks:
        assert check.title in made


def test_the_command_writes_one_file(fresh: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    with CliRunner().isolation():
        assert run(["author", "handout", str(fresh), "--write", str(target)]) == 0
        assert run(["author", "handout", str(fresh), "--stage", "nowhere"]) == 2
    assert target.read_text(encoding="utf-8").startswith("<!doctype html>")
