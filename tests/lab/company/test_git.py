"""The door to git runs nothing of a repository, of the person or of the machine, unless it is asked to."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.company.git import MINIMUM, Git, GitFailed, identity, is_bare, plain, version
from lab.errors import WorldUnavailable


@pytest.fixture
def clone(tmp_path):
    git = Git.init(tmp_path / "a clone with spaces", actor="priya")
    (git.directory / "file").write_text("one\n")
    git.run("add", "--all")
    git.run("commit", "--quiet", "-m", "first")
    return git


def _plant(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\ntouch '{target}'\n")
    path.chmod(0o755)


def test_the_installed_git_is_new_enough():
    assert version() >= MINIMUM


def test_a_commit_carries_the_actor_or_the_given_identity(clone):
    assert clone.out("log", "-1", "--format=%an <%ae> %cn") == "priya <priya@harborline.example> priya"
    who = identity("Tom", "tom@harborline.example", date="2026-01-02T03:04:05+00:00")
    clone.run("commit", "--quiet", "--allow-empty", "-m", "second", env=who)
    assert clone.out("log", "-1", "--format=%an %ae %aI %cI") == (
        "Tom tom@harborline.example 2026-01-02T03:04:05+00:00 2026-01-02T03:04:05+00:00"
    )


def test_a_hostile_monitor_does_not_run(clone, tmp_path):
    _plant(tmp_path / "monitor", tmp_path / "pwned")
    clone.run("config", "core.fsmonitor", str(tmp_path / "monitor"))
    clone.run("status")
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("wanted", [False, True])
def test_hooks_run_only_when_they_are_asked_for(clone, tmp_path, wanted):
    _plant(clone.directory / ".git" / "hooks" / "pre-commit", tmp_path / "ran")
    clone.run("commit", "--quiet", "--allow-empty", "-m", "second", hooks=wanted)
    assert (tmp_path / "ran").exists() is wanted


def test_hooks_are_found_where_the_clone_says_they_are(clone, tmp_path):
    _plant(clone.directory / ".githooks" / "pre-commit", tmp_path / "ran")
    clone.run("config", "core.hooksPath", ".githooks")
    clone.run("commit", "--quiet", "--allow-empty", "-m", "second", hooks=True)
    assert (tmp_path / "ran").exists()


def test_the_configuration_of_the_person_is_not_read(clone, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n  name = Somebody Else\n[alias]\n  hello = version\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.name")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "Third Person")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert clone.lines("config", "--get-all", "user.name", check=False) == []


def test_a_committed_link_becomes_a_text_file(clone, tmp_path):
    (clone.directory / "leak").symlink_to("/etc/passwd")
    clone.run("-c", "core.symlinks=true", "add", "leak")
    clone.run("commit", "--quiet", "-m", "a link")
    copy = Git.clone(clone.directory, tmp_path / "copy")
    assert not (copy.directory / "leak").is_symlink()
    assert (copy.directory / "leak").read_text() == "/etc/passwd"
    assert copy.lines("status", "--porcelain") == []


@pytest.mark.parametrize("name", ["a file with spaces", "two\nlines", "--x", "$(touch pwned)", "ümläut", "-", "'\""])
def test_names_of_files_survive(clone, name):
    (clone.directory / name).write_text("x")
    clone.run("add", "--all")
    clone.run("commit", "--quiet", "-m", name)
    assert name in clone.lines("ls-tree", "-z", "--name-only", "HEAD")
    assert clone.out("log", "-1", "--format=%B") == name
    assert not (clone.directory / "pwned").exists()


def test_a_repository_above_the_directory_is_never_taken(clone):
    below = clone.directory / "below"
    below.mkdir()
    with pytest.raises(GitFailed, match=r"^'git status' ended with 128: fatal: not a git repository"):
        Git(below).run("status")


def test_a_failure_says_what_git_said_in_one_sentence(clone):
    with pytest.raises(GitFailed) as caught:
        clone.run("checkout", "no-such-branch")
    assert caught.value.message == "'git checkout' ended with 1: error: pathspec 'no-such-branch' did not match any file(s) known to git."
    assert caught.value.completed.returncode == 1


def test_a_command_that_lasts_too_long_is_stopped(clone):
    with pytest.raises(GitFailed, match=r"^'git clone' was stopped after 0 s\.$"):
        Git.clone("file:///dev/zero", clone.directory.parent / "never", timeout=0.0)


def test_a_missing_directory_is_the_worlds_fault(tmp_path):
    with pytest.raises(WorldUnavailable):
        Git(tmp_path / "gone").run("status")


def test_bare_repositories_and_clones_are_told_apart(clone, tmp_path):
    bare = Git.init(tmp_path / "bare.git", bare=True)
    assert (is_bare(bare.directory), is_bare(clone.directory)) == (True, False)
    clone.run("push", "--quiet", str(bare.directory), "HEAD:refs/heads/main")
    assert bare.out("rev-parse", "refs/heads/main") == clone.out("rev-parse", "HEAD")


def test_a_clone_shares_nothing_with_its_source_unless_told(clone, tmp_path):
    copy = Git.clone(clone.directory, tmp_path / "copy")
    shared = Git.clone(clone.directory, tmp_path / "shared", shared=True)
    assert not (copy.directory / ".git" / "objects" / "info" / "alternates").exists()
    assert (shared.directory / ".git" / "objects" / "info" / "alternates").exists()
    assert {path.stat().st_nlink for path in (copy.directory / ".git" / "objects").rglob("*") if path.is_file()} == {1}


def test_a_missing_branch_is_named(clone, tmp_path):
    with pytest.raises(GitFailed, match=r"'git clone' ended with 128: .*Remote branch nope not found"):
        Git.clone(clone.directory, tmp_path / "copy", branch="nope")


def test_escapes_and_direction_marks_are_not_printed():
    assert plain("a\x1b[2Jb\x1b]0;title\x07c\x9bd\u202ee\tf\ng\rh\x00") == "abcde\tf\ngh"


@given(st.text())
def test_nothing_unprintable_is_left_and_printable_text_is_kept(text):
    cleaned = plain(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", cleaned)
    assert plain(cleaned) == cleaned
    if text.isprintable():
        assert cleaned == text
