"""What a person reads of scores, runs, pull requests, the doctor; and what a teacher's tools read."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

from lab.ledger.progress import CheckProgress, StageProgress
from lab.report import as_table, prose, runs, tables
from lab.report.as_json import document, problem
from lab.report.facts import (
    Ailment,
    DoctorReport,
    JobLine,
    LogReport,
    MilestoneScore,
    PullLine,
    PullsReport,
    RunLine,
    ScoreReport,
    StageScore,
    StepLine,
)
from lab.report.model import CheckReport, CustomersLine
from lab.report.paper import PLAIN, Paper
from lab.report.standing import CheckLine

RUN = RunLine(
    id="run-1",
    number=3,
    workflow="ci",
    event="pull_request",
    branch="feat/$(touch pwned)",
    sha="a" * 40,
    state="finished",
    result="failure",
    seconds=3.25,
    pr=7,
    actor="tom",
    jobs=(JobLine("test", "failure", 3.1, (StepLine("checkout", "success", 0.2), StepLine("pytest\x1b[2J", "failure", 2.9))),),
)


def test_a_run_is_shown_with_its_steps_and_the_failing_step_s_last_lines() -> None:
    assert runs.log(LogReport((RUN,), is_one=True, failing="pytest", tail="E  assert 11 == 10\n"), PLAIN) == (
        "Run 3: ci on pull request #7 at aaaaaaa · failure, 3.2 s\n"
        "✗ test 3.1s\n"
        "    ✓ checkout 0.2s\n"
        "    ✗ pytest 2.9s\n"
        "\n"
        "The last lines of 'pytest':\n"
        "  │ E  assert 11 == 10\n"
    )


def test_runs_are_listed_in_columns() -> None:
    assert runs.log(LogReport((RUN,)), PLAIN) == ("3  failure  ci  pull_request  #7  aaaaaaa  tom  3.2 s\n\n`lab log RUN` shows one.\n")
    assert runs.log(LogReport(()), PLAIN).startswith("No pipeline has run yet.")


def test_a_pull_request_names_everything_that_stands_in_its_way() -> None:
    pull = PullLine(
        7, "Add a discount", "discount", "tom", "open", "b" * 40, "Because.", {"test": "failure", "lint": "success"},
        ("priya refuses: why?",),
        ("The required check 'test' has not passed.",),
    )  # fmt: skip
    assert runs.pulls(PullsReport((pull,), is_one=True), PLAIN) == (
        "Add a discount #7\n"
        "open · tom wants to merge 'discount' at bbbbbbb into 'main'\n"
        "  ✗ failure  test\n"
        "  ✓ success  lint\n"
        "  priya refuses: why?\n"
        "\n"
        "Because.\n"
        "\n"
        "It can't merge yet:\n"
        "  - The required check 'test' has not passed.\n"
    )


def test_a_score_has_times_and_what_customers_got() -> None:
    got = CustomersLine(good=100, wrong=41, failed=7, outage_minutes=130, recent="gw")
    stage = StageScore(
        "alpha", "Alpha", "passed", 3, 3, 2, 1, 0, 2, 1, 60.0, (MilestoneScore("m", "Begin", 9.0), MilestoneScore("n", "Go on", None)), got
    )
    assert tables.score(ScoreReport("Harborline", (stage,), got), PLAIN) == (
        "Harborline\n"
        "\n"
        "Alpha (passed, 1 h of company time, 1 reset)\n"
        "  3 of 3 checks passed, 2 unaided\n"
        "  0 of 1 stretch checks passed\n"
        "    Begin  after 9 min\n"
        "    Go on  not yet\n"
        "  Customers ✓✗ 100 right, 41 wrong totals, 7 turned away, out for 2 h 10 min.\n"
        "\n"
        "In all: Customers ✓✗ 100 right, 41 wrong totals, 7 turned away, out for 2 h 10 min.\n"
    )


def test_the_doctor_says_what_to_do() -> None:
    report = DoctorReport((Ailment("git", "missing", "not installed", "Install git 2.34 or newer."), Ailment("disk", "ok", "80 GB free")))
    assert tables.doctor(report, PLAIN) == (
        "✗ missing git   not installed\n                Install git 2.34 or newer.\n✓ ok      disk  80 GB free\n"
    )
    assert report.outcome == 4
    assert tables.doctor(report, Paper(unicode=False)).isascii()


def test_markdown_is_left_as_it_is_in_a_pipe_and_has_no_live_links_on_a_screen() -> None:
    text = "# Title\n\nSee [this](http://evil.example) and [b]not markup[/b].\x1b[2J\n"
    assert prose.markdown(text, PLAIN) == "# Title\n\nSee [this](http://evil.example) and [b]not markup[/b].\n"
    shown = prose.markdown(text, Paper(width=80, colour=True))
    assert "\x1b]8" not in shown
    assert "[b]not markup[/b]" in shown


def test_json_is_one_document_with_its_kind() -> None:
    report = CheckReport("Alpha", "Begin", "a" * 40, (CheckLine("x", "X", "failed", "Caf\u00e9 \x1b[2J"),))
    text = document("check", report, outcome=report.outcome)
    told = json.loads(text)
    assert text.isascii()
    assert (told["format"], told["kind"], told["outcome"], told["lines"][0]["verdict"]) == (1, "check", 1, "failed")
    assert json.loads(problem("No.", "Do.", 5)) == {"format": 1, "kind": "error", "message": "No.", "remedy": "Do.", "exit_code": 5}


STAGE = StageProgress(
    "alpha", "Alpha", "open", 0.0, 0.0, 1,
    checks=(
        CheckProgress("a", "A", verdict="passed", minute=3.0, passed_minute=3.0),
        CheckProgress("b", "=cmd()", verdict="failed", message='B, "quoted"\nand more', evidence="<xml> & \x00\x1b[31mred"),
        CheckProgress("c", "C", verdict="blocked", message="No disk."),
        CheckProgress("d", "D"),
    ),
)  # fmt: skip


def test_junit_tells_failures_errors_and_what_is_open_apart() -> None:
    root = ET.fromstring(as_table.as_junit([STAGE]))  # noqa: S314 - our own text
    suite = root[0]
    assert suite.attrib == {"name": "alpha", "tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    assert [[note.tag for note in case] for case in suite] == [[], ["failure"], ["error"], ["skipped"]]
    assert suite[1][0].text == "<xml> & red"


def test_csv_has_a_row_a_check_and_no_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(as_table.as_csv([STAGE]))))
    assert [row["check"] for row in rows] == ["a", "b", "c", "d"]
    assert rows[1]["title"] == "'=cmd()"
    assert rows[1]["message"] == 'B, "quoted" and more'
