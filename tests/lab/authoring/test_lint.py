"""Every rule refuses its bad example and takes its good one; what is shipped has no mistake; the page about rules is the newest."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest
import yaml

from lab.authoring import check_docs
from lab.authoring.lint import document
from lab.authoring.lint.base import Example, Rule
from lab.authoring.lint.catalogue import RULES
from lab.authoring.lint.judging import can_fail
from lab.authoring.lint.run import lint
from lab.cli.main import run
from lab.scenario import library
from lab.session.wiring import kinds, read_scenario

ROOT = Path(__file__).parents[3]


def broken(folder: Path) -> list[str]:
    """The rules that the scenario breaks."""
    return [found.rule for found in lint(folder, read_scenario).found]


def put(folder: Path, example: Example, text: str | None) -> None:
    path = folder / example.file
    if text is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".yaml" and path.is_file():
        text = yaml.safe_dump(yaml.safe_load(path.read_text(encoding="utf-8")) | yaml.safe_load(text), sort_keys=False)
    path.write_text(text, encoding="utf-8")


def test_what_lab_author_new_writes_breaks_no_rule(fresh: Path) -> None:
    assert broken(fresh) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_refuses_its_bad_example_and_takes_its_good_one(fresh: Path, rule: type[Rule]) -> None:
    put(fresh, rule.example, rule.example.good)
    if rule.id == "ready-too-soon":  # its example is a stage with one solution less
        shutil.rmtree(fresh / "stages/first/solutions/in-python")
        assert broken(fresh) == ["ready-too-soon"]
        return
    assert rule.id not in broken(fresh)
    put(fresh, rule.example, rule.example.bad)
    assert rule.id in broken(fresh)


def test_rules_have_names_of_their_own_and_reasons() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.why and rule.__doc__ and rule.__doc__.endswith(".") for rule in RULES)


def test_what_cannot_be_read_is_told_with_its_line(fresh: Path) -> None:
    stage = fresh / "stages/first/stage.yaml"
    stage.write_text(stage.read_text(encoding="utf-8").replace("of: greets", "of: greet", 1), encoding="utf-8")
    (found,) = lint(fresh, read_scenario).found
    assert (found.rule, found.file) == ("unreadable", "stages/first/stage.yaml")
    assert "did you mean 'greets'?" in found.message
    assert found.line > 1


def test_a_stage_that_nobody_lists_is_unreachable(fresh: Path) -> None:
    shutil.copytree(fresh / "stages/first", fresh / "stages/frist")
    (found,) = lint(fresh, read_scenario).found
    assert found.rule == "unreachable-stage"
    assert "(is it 'first'?)" in found.message


def test_what_is_shipped_has_no_mistake_and_is_read_within_a_second() -> None:
    reports = []
    best = 9.0
    for _ in range(3):
        began = time.process_time()
        reports = [lint(name, read_scenario) for name in library.names()]
        best = min(best, time.process_time() - began)
    assert [found for report in reports for found in report.mistakes] == []
    assert best < 1


def test_the_command_says_it_in_words_and_as_json(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (fresh / "stages/first/notes.txt").write_text("?")
    assert run(["author", "lint", str(fresh)]) == 1
    assert "stages/first/notes.txt: nothing reads this file [unused-file, mistake]" in capsys.readouterr().out
    assert run(["author", "lint", str(fresh), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["mistakes"], told["scenarios"][0]["found"][0]["rule"]) == ("lint", 1, "unused-file")


@pytest.mark.parametrize(
    ("script", "fails"),
    [
        ("#!/bin/sh\necho hello\n", False),
        ("#!/bin/sh\n", False),
        ("#!/bin/sh\ncurl -s localhost || true\nexit 0\n", False),
        ("#!/bin/sh\ntest -f x\n", True),
        ("#!/bin/sh\n[ -f x ] || exit 1\necho ok\n", True),
        ("#!/bin/sh\nset -e\ngrep -q x y\necho ok\n", True),
        ("grep -q nginx /etc/passwd && echo done\n", False),
    ],
)
def test_a_script_that_always_ends_with_0_is_seen(script: str, *, fails: bool) -> None:
    assert can_fail(script) is fails


@pytest.mark.parametrize(("name", "text"), [("lint.md", document.document()), ("checks.md", check_docs.document(kinds()))])
def test_the_generated_pages_are_the_newest(name: str, text: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, "run: lab author docs"


def test_every_type_and_event_stands_in_the_page_with_an_example() -> None:
    checks, events = check_docs.examples()
    told = kinds()
    assert sorted(set(told.checks) - set(checks)) == []
    assert sorted(set(told.events) - set(events)) == []
