"""The one top handler: exit codes, sentences, JSON, crash logs, closed pipes; and what `lab` must not import."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from lab import errors
from lab.cli import console
from lab.cli.desk import Desk
from lab.cli.main import cli, run
from lab.cli.table import COMMANDS
from lab.company.git import Git
from lab.session import grading
from tests.lab.session.fake_house import FakeHouse, blocked, refused

if TYPE_CHECKING:
    from lab.session.session import Session

HEAVY = ("docker", "git", "fastapi", "httpx", "pydantic", "rich", "asyncssh", "yaml", "psutil")


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


class Lab:
    """`lab` in this process, on the fake house."""

    def __init__(self, house: FakeHouse, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.house, self.directory, self.capsys = house, directory, capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = run(words, Desk(directory=self.directory, make_parts=lambda: self.house))
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def lab(house: FakeHouse, session: Session, capsys: pytest.CaptureFixture[str]) -> Lab:
    return Lab(house, session.workspace.clone, capsys)


def real(*words: str, cwd: Path | str = "/", **env: str) -> subprocess.CompletedProcess[str]:
    """`lab` as a process of its own."""
    full = {**os.environ, **env}
    code = "from lab.cli.main import main; main()"
    return subprocess.run(
        [sys.executable, "-I", "-c", code, *words], cwd=cwd, env=full, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there_and_says_what_it_does(name: str) -> None:
    row = COMMANDS[name]
    command = getattr(importlib.import_module(row.module), row.attribute)
    assert isinstance(command, click.Command)
    assert command.help
    assert row.help.endswith(".")
    assert len(row.help) <= 64


def test_commands_that_are_not_built_are_not_listed() -> None:
    text = real("--help").stdout
    assert not any(f"  {name} " in text for name in ("approve",))


@pytest.mark.parametrize("words", [["--help"], ["status"], ["--version"], ["completion", "zsh"]])
def test_light_commands_import_nothing_heavy(session: Session, words: list[str]) -> None:
    code = f"import sys; from lab.cli.main import run; run({words!r}); print(sorted(set(sys.modules) & set({HEAVY!r})), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=session.workspace.root, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"
    assert done.stdout


def test_bare_lab_says_where_you_are(lab: Lab) -> None:
    code, out, err = lab()
    assert (code, err) == (0, "")
    assert out.startswith("Harborline · Alpha · milestone 1 of 2: Begin")


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (errors.UsageProblem("A word is off.", remedy="Use another."), 2),
        (errors.WorldUnavailable("The disk is full.", remedy="Free some."), 4),
        (errors.WrongState("Not now.", remedy="Later."), 5),
        (errors.Refused("No.", remedy="Ask."), 1),
        (errors.ScenarioWrong([errors.Problem("stage.yaml", 3, "'checks' is missing")]), 3),
        (errors.LabError("Ours."), 70),
    ],
)
def test_expected_errors_are_a_sentence_a_remedy_and_an_exit_code(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, problem: errors.LabError, code: int
) -> None:
    def break_off(*_: object) -> None:
        raise problem

    monkeypatch.setattr(lab.house, "wake", break_off)
    found, out, err = lab()
    assert (found, out) == (code, "")
    told = f"{problem.message}\n{problem.remedy}".strip() if problem.message else str(problem)
    assert err == told + "\n"


def test_an_unexpected_error_is_kept_in_a_file_ready_to_paste(lab: Lab, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> None:
        raise ZeroDivisionError("a bug [/b] \x1b[2J")

    monkeypatch.setattr(lab.house, "wake", break_off)
    code, _, err = lab()
    assert code == 70
    (kept,) = (session.workspace.lab / "crashes").iterdir()
    assert err == (
        f"This is a fault of the lab's own, not of yours: ZeroDivisionError: a bug [/b] .\nWhat happened is in '{kept}', ready to paste.\n"
    )
    text = kept.read_text(encoding="utf-8")
    assert "command: lab " in text
    assert "ZeroDivisionError" in text


def test_ctrl_c_is_130(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lab.house, "wake", break_off)
    assert lab()[0] == 130


def test_words_that_are_off_are_exit_2_with_a_guess(lab: Lab) -> None:
    assert lab("chek") == (2, "", "There is no command 'chek'. Did you mean 'check'?\n`lab --help` says how it is called.\n")
    code, _, err = lab("check", "--everything")
    assert code == 2
    assert err.endswith("`lab check --help` says how it is called.\n")
    assert lab("export", "--format", "pdf")[0] == 2


def test_outside_of_a_workspace_it_is_exit_5_with_the_remedy(tmp_path: Path) -> None:
    done = real("status", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr == f"There is no workspace in '{tmp_path}' or above it.\nOpen one with `lab start`, or name one with `-C DIR`.\n"


@pytest.mark.parametrize("words", [("status",), ("check",), ("score",), ("score", "--skills"), ("journal",), ("log",), ("log", "--all")])
def test_json_is_one_document_and_nothing_else(lab: Lab, words: tuple[str, ...]) -> None:
    code, out, err = lab(*words, "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["format"] == 1


def test_json_of_an_error_is_one_document_too(tmp_path: Path) -> None:
    done = real("status", "--json", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert (told["kind"], told["exit_code"]) == ("error", done.returncode)
    assert told["exit_code"] == 5


def test_check_tells_passed_failed_and_blocked_apart(lab: Lab) -> None:
    assert lab("check", "first")[0] == 0
    lab.house.say["second"] = blocked()
    assert lab("check", "second")[0] == 4
    lab.house.say["second"] = refused()
    code, out, _ = lab("check", "--json")
    assert code == 1
    assert json.loads(out)["outcome"] == 1


def test_check_streams_and_then_says_what_it_led_to(lab: Lab) -> None:
    lab.house.say["second"] = refused()
    lab("check")
    code, out, _ = lab("check")
    assert code == 1
    assert [line for line in out.splitlines() if line.startswith(("✓", "✗", "…", "⊘"))] == [
        "✗ failed  The second thing holds",
        "… waiting The third thing holds",
    ]
    assert out.endswith("Next: A hint, if you want one:\n      lab hint\n")


def test_the_other_commands_run(lab: Lab) -> None:
    assert lab("brief")[1] == "# Alpha\n\nThe job is told here.\n"
    assert "Hint 1 of 3." in lab("hint")[1]
    assert "0 of 3 checks passed" in lab("score")[1]
    assert lab("team")[1].startswith("Lena Fischer  product\nTom Becker    intern\n")
    assert lab("team", "next")[1] == "When 'The first thing holds' has passed, you will hear from tom.\n"
    assert lab("log")[1].startswith("No pipeline has run yet.")
    assert lab("log", "-f")[0] == 5
    assert lab("pr", "list")[1] == "There is no such pull request.\n"
    assert lab("list")[1] == "small  A small scenario\n  C0  alpha  Alpha  20 min\n  C0  beta   Beta   20 min\n"
    assert lab("reset")[0] == 2
    assert lab("reset", "--yes")[1].startswith("'Alpha' is as it was when it opened.")
    assert lab("goto", "beta")[0] == 5
    assert lab("goto", "beta", "--catch-up", "--yes")[0] == 0
    assert lab("down")[1].startswith("Everything is ended; nothing is lost.")
    assert lab("ssh", "web9") == (2, "", "There is no server 'web9'.\nThere are: web1.\n")


@pytest.mark.parametrize("form", ["json", "junit", "csv"])
def test_export_writes_what_a_teacher_s_tool_reads(lab: Lab, form: str) -> None:
    code, out, _ = lab("export", "--format", form)
    assert code == 0
    assert "first" in out


def test_pull_requests_have_the_verbs_of_gh(lab: Lab, session: Session) -> None:
    git = Git(session.workspace.clone, actor="learner")
    git.run("switch", "--quiet", "-c", "idea")
    (git.directory / "idea.txt").write_text("x\n", encoding="utf-8")
    git.run("add", "--all")
    git.run("commit", "--quiet", "-m", "Have an idea [/b]")
    code, _, err = lab("pr", "create")
    assert (code, err) == (1, "'idea' has commits that are not on the forge.\nPush them first: git push -u origin 'idea'.\n")
    git.run("push", "--quiet", "-o", "nowait", "origin", "idea")
    assert lab("pr", "create")[1] == "Opened pull request #1: Have an idea [/b]\nSee it: lab pr view 1\n"
    assert lab("pr", "list")[1] == "#1  Have an idea [/b]  idea  learner  open\n"
    assert "wants to merge 'idea'" in lab("pr", "view", "1")[1]
    assert lab("pr", "review", "1")[0] == 2
    assert lab("pr", "review", "1", "--approve")[0] == 1
    assert lab("pr", "merge", "1")[1].startswith("Pull request #1 is merged into 'main' as ")
    assert lab("pr", "view", "9")[0] == 5


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_and_completes_names(shell: str) -> None:
    assert "_LAB_COMPLETE" in real("completion", shell).stdout


def test_completion_reads_the_table_alone() -> None:
    found = cli.shell_complete(click.Context(cli), "st")
    assert [item.value for item in found] == ["status", "start"]


@pytest.mark.parametrize(
    "env",
    [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"TERM": "dumb"}, {"NO_COLOR": "1"}],
)
def test_any_terminal_is_good_enough(session: Session, env: dict[str, str]) -> None:
    code = "from lab.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "status"],
        cwd=session.workspace.root,
        env={**os.environ, **env},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    if "PYTHONIOENCODING" in env or "LC_ALL" in env:
        assert done.stdout.isascii()


def test_a_reader_that_goes_away_is_no_crash(session: Session) -> None:
    code = f"{sys.executable} -I -c 'from lab.cli.main import main; main()' status | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", f"sleep 0; {code}"], cwd=session.workspace.root, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    assert done.returncode in {0, 141}


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_closed_streams_are_no_crash(session: Session, redirection: str) -> None:
    code = f"{sys.executable} -I -c 'from lab.cli.main import main; main()' status {redirection}"
    done = subprocess.run(["sh", "-c", code], cwd=session.workspace.root, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_the_output_is_one_sentence(session: Session) -> None:
    code = f"{sys.executable} -I -c 'from lab.cli.main import main; main()' status > /dev/full"
    done = subprocess.run(["sh", "-c", code], cwd=session.workspace.root, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == "The output could not be written: No space left on device.\n"
    assert done.returncode == 4


def test_progress_shows_on_standard_error_once_a_command_lasts(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lab("check")[2] == ""
    monkeypatch.setattr(console, "PATIENCE", 0.0)
    assert lab("check", "--fresh")[2] == "Playing two.\n"
