"""Programs are started, heard, ended and found again, whatever they do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest

from lab import process
from lab.errors import WorldUnavailable

MEGABYTE = 1_000_000
LEAVES = "import subprocess, sys, time; open('pid', 'w').write(str(subprocess.Popen(sys.argv[1:], start_new_session=True).pid))"


def python(code: str, *words: str) -> list[str]:
    """A Python without the site packages: it starts in a few milliseconds."""
    return [sys.executable, "-I", "-S", "-c", code, *words]


@pytest.fixture
def mark():
    """A mark of this test's own; nothing that carries it is left."""
    made = f"test-{uuid4().hex}"
    yield made
    process.sweep(made)


@pytest.fixture
def run(tmp_path):
    """`process.run` in a folder of the test's, with ten seconds unless told."""

    def call(args, *, timeout=10.0, **options):
        return process.run(args, cwd=tmp_path, timeout=timeout, **options)

    return call


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    shown = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(shown.strip()) and not shown.strip().startswith("Z")


def is_gone_soon(pid: int, seconds: float = 3.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_alive(pid):
            return True
        time.sleep(0.02)
    return False


def wait_for(path: Path, seconds: float = 5.0) -> int:
    """The number that a child writes into `path`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.01)
    raise AssertionError(f"'{path}' was not written in {seconds:g} s")


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


def test_output_is_kept_to_the_limit_and_said_to_be_cut(run):
    done = run(["sh", "-c", "printf 0123456789"], limit=4)

    assert done.output == "0123"
    assert done.cut
    assert done.is_success


def test_output_of_exactly_the_limit_is_whole(run):
    done = run(["sh", "-c", "printf 0123"], limit=4)

    assert done.output == "0123"
    assert not done.cut


def test_each_pipe_has_a_limit_of_its_own(run):
    done = run(["sh", "-c", "printf 012345; printf abcdef >&2"], limit=4, join=False)

    assert (done.output, done.errors, done.cut) == ("0123", "abcd", True)


def test_a_program_that_prints_without_end_is_ended_and_costs_no_memory(run):
    done = run(["sh", "-c", "while :; do echo 'yes, and again, and once more'; done"], timeout=0.5, limit=100_000)

    assert done.timed_out
    assert done.cut
    assert len(done.output) == 100_000


def test_one_line_of_twenty_megabytes_goes_through(run):
    lines = []
    code = f"import sys; w = sys.stdout.write; [w('x' * {MEGABYTE}) for _ in range(20)]; w('\\nlast\\n')"
    done = run(python(code), timeout=30, on_line=lines.append)

    assert done.is_success
    assert done.cut
    assert len(done.output) == process.OUTPUT_LIMIT
    assert lines[-1] == "last"
    assert all(len(line) <= process.OUTPUT_LIMIT for line in lines)


def test_nul_and_bytes_that_are_no_utf_8_are_text_all_the_same(run):
    lines = []
    done = run(python("import sys; sys.stdout.buffer.write(b'a\\0b\\n\\xff\\xfe c\\n\\xe2\\x82')"), on_line=lines.append)

    assert done.output == "a\0b\n\ufffd\ufffd c\n\ufffd"
    assert lines[:2] == ["a\0b", "\ufffd\ufffd c"]


def test_a_character_that_two_reads_cut_apart_stays_whole(run):
    code = "import sys, time; w = sys.stdout.buffer; w.write(b'\\xe2\\x82'); w.flush(); time.sleep(0.1); w.write(b'\\xac\\n'); w.flush()"
    lines = []
    done = run(python(code), on_line=lines.append)

    assert done.output == "€\n"
    assert lines == ["€"]


def test_each_line_is_handed_on_as_it_comes(run, tmp_path):
    """The program goes on only when its line was heard."""
    code = "import os, time\nprint('first', flush=True)\nwhile not os.path.exists('heard'): time.sleep(0.01)\nprint('second')"
    lines = []

    def hear(line: str) -> None:
        lines.append(line)
        (tmp_path / "heard").touch()

    assert run(python(code), on_line=hear).is_success
    assert lines == ["first", "second"]


def test_a_last_line_without_its_end_is_handed_on_too(run):
    lines = []
    run(["sh", "-c", "echo one; printf two"], on_line=lines.append)

    assert lines == ["one", "two"]


def test_lines_of_standard_error_are_not_handed_on_when_it_stands_apart(run):
    lines = []
    run(["sh", "-c", "echo out; echo err >&2"], join=False, on_line=lines.append)

    assert lines == ["out"]


def test_a_listener_that_fails_leaves_no_process(run, tmp_path):
    def fail(line: str) -> None:
        raise ValueError(line)

    with pytest.raises(ValueError, match="go"):
        run(["sh", "-c", "echo $$ > pid; echo go; sleep 60"], on_line=fail)
    assert is_gone_soon(wait_for(tmp_path / "pid"))


def test_megabytes_go_in_and_come_out_at_the_same_time(run):
    given = os.urandom(MEGABYTE).hex().encode() * 2
    done = run(["cat"], stdin=given, timeout=20)

    assert done.output.encode() == given
    assert not done.cut


def test_a_program_that_does_not_read_what_it_is_given_ends_as_it_likes(run):
    done = run(["sh", "-c", "exec <&-; echo enough; exit 5"], stdin=b"x" * (4 * MEGABYTE))

    assert (done.returncode, done.output) == (5, "enough\n")


def test_a_program_that_never_reads_what_it_is_given_meets_the_deadline(run):
    assert run(["sleep", "60"], stdin=b"x" * MEGABYTE, timeout=0.3).timed_out


def test_without_input_a_program_reads_an_end_at_once(run):
    assert run(["cat"]).output == ""


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
