"""Programs are started, heard, ended and found again, whatever they do."""

import os
import signal
import sys
import time

import pytest

from lab import process
from lab.errors import WorldUnavailable
from tests.lab.process.kit import is_alive, is_gone_soon, python, wait_for

MEGABYTE = 1_000_000


LEAVES = "import subprocess, sys, time; open('pid', 'w').write(str(subprocess.Popen(sys.argv[1:], start_new_session=True).pid))"


def test_a_program_that_ends_is_told_as_it_ended(run):
    done = run(["sh", "-c", "echo said; exit 3"])

    assert (done.returncode, done.output, done.errors) == (3, "said\n", "")
    assert done.args == ("sh", "-c", "echo said; exit 3")
    assert not done.is_success
    assert not done.timed_out
    assert not done.cut
    assert 0 < done.seconds < 5


def test_a_program_that_ends_with_0_is_a_success(run):
    assert run(["true"]).is_success


def test_a_program_that_a_signal_ended_has_the_negative_number(run):
    assert run(["sh", "-c", "kill -9 $$"]).returncode == -signal.SIGKILL


def test_standard_error_is_joined_in_the_order_it_was_written(run):
    done = run(["sh", "-c", "echo one; echo two >&2; echo three"])

    assert (done.output, done.errors) == ("one\ntwo\nthree\n", "")


def test_standard_error_stands_apart_when_it_is_not_joined(run):
    done = run(["sh", "-c", "echo one; echo two >&2; echo three"], join=False)

    assert (done.output, done.errors) == ("one\nthree\n", "two\n")


def test_a_deadline_ends_a_program_that_ends_politely(run):
    done = run(["sleep", "60"], timeout=0.2)

    assert done.timed_out
    assert not done.is_success
    assert done.returncode == -signal.SIGTERM
    assert done.seconds < 2


def test_a_deadline_kills_a_program_that_refuses_to_end(run, monkeypatch):
    monkeypatch.setattr(process, "GRACE", 0.2)
    done = run(python("import time; from signal import *; signal(SIGTERM, SIG_IGN); print('on', flush=True); time.sleep(60)"), timeout=0.5)

    assert done.output == "on\n"
    assert done.timed_out
    assert done.returncode == -signal.SIGKILL
    assert done.seconds < 3


def test_a_deadline_ends_the_whole_tree(run, tmp_path):
    done = run(["sh", "-c", "sleep 61 & echo $! > pid; sh -c 'sleep 62 & echo $! > other; wait' & wait"], timeout=0.5)

    assert done.timed_out
    assert is_gone_soon(wait_for(tmp_path / "pid"))
    assert is_gone_soon(wait_for(tmp_path / "other"))


def test_what_a_program_leaves_in_the_background_ends_with_it(run, tmp_path):
    done = run(["sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $! > pid"])

    assert done.is_success
    assert is_gone_soon(wait_for(tmp_path / "pid"))


def test_a_grandchild_with_a_session_of_its_own_is_found_by_the_mark(run, tmp_path, mark):
    done = run(python(f"{LEAVES}; time.sleep(60)", "sleep", "60"), timeout=1.5, mark=mark)

    assert done.timed_out
    assert is_gone_soon(wait_for(tmp_path / "pid"))


def test_without_a_mark_a_grandchild_with_a_session_of_its_own_goes_on(run, tmp_path, mark):
    """It shows that the mark is what finds it, not the group."""
    run(python(LEAVES, "sleep", "60"), env={**process.environment(), process.MARK: mark})
    pid = wait_for(tmp_path / "pid")

    assert is_alive(pid)
    assert list(process.marked(mark)) == [pid]
    assert process.sweep(mark) == 1
    assert is_gone_soon(pid)
    assert process.sweep(mark) == 0


def test_a_mark_is_compared_whole(run, tmp_path, mark):
    pid = process.start(["sleep", "60"], cwd=tmp_path, env=process.environment(), log=tmp_path / "log", mark=f"{mark}-longer")
    try:
        assert list(process.marked(mark)) == []
        assert list(process.marked(f"{mark}-longer")) == [pid]
    finally:
        process.sweep(f"{mark}-longer")


def test_the_asking_process_never_sweeps_itself(monkeypatch, mark, tmp_path):
    code = "import os, sys; from lab import process; print(process.sweep(sys.argv[1]), os.getpid() in set(process.marked(sys.argv[1])))"
    done = process.run([sys.executable, "-c", code, mark], cwd=tmp_path, timeout=20, env={**process.environment(), process.MARK: mark})

    assert done.output == "0 False\n"


def test_a_grandchild_that_holds_the_pipe_does_not_hold_us(run, tmp_path, mark):
    done = run(python(f"{LEAVES}; print('done')", "sleep", "60"), timeout=20, mark=mark)

    assert done.is_success
    assert done.output == "done\n"
    assert done.seconds < 5
    assert is_gone_soon(wait_for(tmp_path / "pid"))


def test_a_program_that_closes_its_output_and_goes_on_meets_the_deadline(run):
    done = run(["sh", "-c", "exec >&- 2>&-; sleep 60"], timeout=0.4)

    assert done.timed_out
    assert done.seconds < 3


def test_a_missing_program_is_the_world_s_fault(run):
    with pytest.raises(WorldUnavailable) as told:
        run(["no-such-program-anywhere", "--help"])

    assert told.value.message == "'no-such-program-anywhere' could not be started: No such file or directory."
    assert told.value.exit_code == 4


def test_a_file_that_may_not_be_run_is_the_world_s_fault(run, tmp_path):
    (tmp_path / "script").write_text("#!/bin/sh\n")

    with pytest.raises(WorldUnavailable, match="could not be started: Permission denied"):
        run([tmp_path / "script"])


def test_a_folder_that_is_gone_is_the_world_s_fault(tmp_path):
    with pytest.raises(WorldUnavailable, match="could not be started"):
        process.run(["true"], cwd=tmp_path / "gone", timeout=5)


def test_a_program_sees_a_cleared_environment(run, monkeypatch):
    monkeypatch.setenv("GIT_DIR", "/somewhere")
    monkeypatch.setenv("SECRET_TOKEN", "of the learner's own")
    names = {line.partition("=")[0] for line in run(["env"]).output.splitlines()}

    assert names <= {*process.KEPT, "PWD", "SHLVL", "_", "OLDPWD"}


def test_a_given_environment_is_the_whole_environment(run, mark):
    program = python("import os; print(sorted(os.environ))")

    assert run(program, env={}, mark=mark).output in {"['LAB_RUN']\n", "['LAB_RUN', 'LC_CTYPE']\n"}


def test_an_environment_is_the_kept_names_then_the_extra_then_the_mark(monkeypatch):
    for name in process.KEPT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/bin")
    monkeypatch.setenv("OTHER", "x")

    assert process.environment({"PATH": "/mine", "A": "1"}, mark="m") == {"PATH": "/mine", "A": "1", "LAB_RUN": "m"}
    assert process.environment() == {"PATH": "/bin"}


def test_a_started_program_outlives_the_call_and_writes_its_log(tmp_path, mark):
    log = tmp_path / "log"
    pid = process.start(["sh", "-c", "echo out; echo err >&2; sleep 60"], cwd=tmp_path, env=process.environment(), log=log, mark=mark)
    deadline = time.monotonic() + 5
    while log.read_text() != "out\nerr\n" and time.monotonic() < deadline:
        time.sleep(0.01)

    assert log.read_text() == "out\nerr\n"
    assert pid in set(process.marked(mark))
    assert os.getsid(pid) == pid
    process.sweep(mark)
    assert is_gone_soon(pid)


def test_starting_a_missing_program_is_the_world_s_fault(tmp_path, mark):
    with pytest.raises(WorldUnavailable, match="'no-such-program-anywhere' could not be started"):
        process.start(["no-such-program-anywhere"], cwd=tmp_path, env={}, log=tmp_path / "log", mark=mark)


def test_a_sweep_ends_programs_that_start_others_of_their_kind(run, tmp_path, mark):
    """Each one that dies has started the next, in a session of its own."""
    code = (
        "import os, subprocess, sys, time\n"
        "left = int(sys.argv[1])\n"
        "if left: subprocess.Popen([*sys.orig_argv[:-1], str(left - 1)], start_new_session=True)\n"
        "time.sleep(60)\n"
    )
    process.start(python(code, "6"), cwd=tmp_path, env=process.environment(), log=tmp_path / "log", mark=mark)
    deadline = time.monotonic() + 5
    while len(list(process.marked(mark))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.sweep(mark, rounds=20)
    time.sleep(0.1)

    assert list(process.marked(mark)) == []
