"""What goes in and what comes out: limits, lines, bytes that are no text, megabytes both ways."""

import os

import pytest

from lab import process
from tests.lab.process.kit import is_gone_soon, python, wait_for

MEGABYTE = 1_000_000


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
