"""What the clone holds that the forge does not, seen without running anything of the learner's."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from lab.company.git import Git
from lab.session import clone, keeping

if TYPE_CHECKING:
    from pathlib import Path

    from lab.session.session import Session


def look(session: Session) -> clone.Work:
    space = session.workspace
    return clone.look(space.clone, forge=session.parts.forge(space).path(space.repository), heads=session.heads())


@pytest.fixture
def git(session: Session) -> Git:
    return Git(session.workspace.clone, actor="learner")


def commit(git: Git, name: str, text: str = "x\n", *, message: str = "Change something") -> None:
    (git.directory / name).write_text(text, encoding="utf-8")
    git.run("add", "--all")
    git.run("commit", "--quiet", "-m", message)


def test_a_fresh_clone_has_nothing_to_say(session: Session) -> None:
    found = look(session)
    assert found.is_clean
    assert found.sentences() == ()
    assert found.branch == "main"


def test_changed_and_new_files_are_named_first(session: Session, git: Git) -> None:
    (git.directory / "app.py").write_text("print('bye')\n", encoding="utf-8")
    (git.directory / "new\nfile with a break.py").write_text("x\n", encoding="utf-8")
    assert look(session).sentences() == ("Not committed, so not graded: 2 files ('app.py', 'new file with a break.py').",)


def test_commits_that_are_not_pushed_are_named(session: Session, git: Git) -> None:
    for number in range(5):
        commit(git, "app.py", f"{number}\n", message=f"Change {number}")
    assert look(session).sentences() == ("Not pushed, so not graded: 5 commits ('Change 4', 'Change 3', 'Change 2', …) on 'main'.",)


def test_a_pushed_branch_that_is_not_merged_is_named(session: Session, git: Git) -> None:
    git.run("switch", "--quiet", "-c", "ci")
    commit(git, "ci.txt", message="Add the pipeline")
    git.run("push", "--quiet", "-o", "nowait", "origin", "ci")
    assert look(session).sentences() == ("Pushed but not on 'main', so not graded: 1 commit ('Add the pipeline') on 'ci'.",)


def test_a_detached_head_is_said_to_be_one(session: Session, git: Git) -> None:
    git.run("checkout", "--quiet", "--detach")
    commit(git, "x.txt")
    assert look(session).sentences() == ("Not pushed, so not graded: 1 commit ('Change something') on a detached HEAD.",)


def test_a_half_done_merge_comes_first(session: Session, git: Git) -> None:
    git.run("switch", "--quiet", "-c", "side")
    commit(git, "app.py", "side\n")
    git.run("switch", "--quiet", "main")
    commit(git, "app.py", "main\n")
    git.run("merge", "side", check=False)
    assert look(session).sentences()[0] == "A merge is half done in your clone: finish it, or `git merge --abort`."


def test_a_clone_without_commits_is_no_trouble(session: Session, git: Git) -> None:
    git.run("switch", "--quiet", "--orphan", "empty")
    (git.directory / "x").write_text("x", encoding="utf-8")
    found = look(session)
    assert (found.head, found.problem) == ("", "")
    assert found.sentences()


def test_a_clone_made_anew_without_commits_is_one_sentence(session: Session) -> None:
    shutil.rmtree(session.workspace.clone)
    Git.init(session.workspace.clone)
    assert "has no commits, so nothing of it is graded" in look(session).sentences()[0]


def test_a_clone_that_is_gone_is_one_sentence(session: Session) -> None:
    shutil.rmtree(session.workspace.clone)
    assert "is gone; what is on the forge is graded" in look(session).sentences()[0]


def test_a_clone_that_is_no_repository_is_one_sentence(session: Session) -> None:
    shutil.rmtree(session.workspace.clone / ".git")
    assert "is no git repository any more" in look(session).sentences()[0]


def test_nothing_of_the_learner_s_configuration_runs(session: Session, git: Git, tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch '{witness}'\ncat\n", encoding="utf-8")
    evil.chmod(0o755)
    for name in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "diff.external", "core.pager"):
        git.run("config", "--local", name, str(evil))
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit"):
        shutil.copy(evil, git.directory / ".git" / "hooks" / hook) if (git.directory / ".git" / "hooks").is_dir() else None
    (git.directory / ".gitattributes").write_text("* filter=evil diff=evil\n", encoding="utf-8")
    (git.directory / "app.py").write_text("print('changed')\n", encoding="utf-8")
    space = session.workspace
    forge = session.parts.forge(space).path(space.repository)
    assert look(session).changed == ("app.py",)
    keeping.keep(space.clone, forge=forge, why="All of it")
    keeping.follow(space.clone, forge=forge)
    assert not witness.exists()
    assert (git.directory / "app.py").read_text(encoding="utf-8") == "print('hello')\n"


def test_all_work_is_kept_on_a_tag_and_the_clone_follows_the_forge(session: Session, git: Git) -> None:
    space = session.workspace
    forge = session.parts.forge(space).path(space.repository)
    commit(git, "mine.txt", message="Mine")
    (git.directory / "app.py").write_text("half done\n", encoding="utf-8")
    (git.directory / "folder with space").mkdir()
    (git.directory / "folder with space" / "new.txt").write_text("new\n", encoding="utf-8")
    (git.directory / "link").symlink_to("app.py")
    (git.directory / ".gitignore").write_text("ignored\n", encoding="utf-8")
    (git.directory / "ignored").write_text("stays\n", encoding="utf-8")
    tag = keeping.keep(space.clone, forge=forge, why="Before the reset")
    keeping.follow(space.clone, forge=forge)
    assert tag == "before-reset-1"
    assert sorted(path.name for path in git.directory.iterdir()) == [".git", "app.py", "ignored"]
    assert git.out("status", "--porcelain") == "?? ignored"
    assert git.out("show", f"{tag}:app.py") == "half done"
    assert git.out("show", f"{tag}:folder with space/new.txt") == "new"
    assert git.out("ls-tree", tag, "link").startswith("120000 ")
    assert git.out("log", "-2", "--format=%s", tag) == "Before the reset\nMine"
    assert git.out("symbolic-ref", "HEAD") == "refs/heads/main"
    assert keeping.keep(space.clone, forge=forge, why="Again") == "before-reset-2"


def test_a_half_done_merge_is_kept_and_ended(session: Session, git: Git) -> None:
    space = session.workspace
    forge = session.parts.forge(space).path(space.repository)
    git.run("switch", "--quiet", "-c", "side")
    commit(git, "app.py", "side\n")
    git.run("switch", "--quiet", "main")
    commit(git, "app.py", "main\n")
    git.run("merge", "side", check=False)
    tag = keeping.keep(space.clone, forge=forge, why="Before")
    keeping.follow(space.clone, forge=forge)
    assert "<<<<<<<" in git.out("show", f"{tag}:app.py")
    assert look(session).sentences() == ()


def test_a_clone_that_is_gone_is_made_again(session: Session) -> None:
    space = session.workspace
    forge = session.parts.forge(space).path(space.repository)
    shutil.rmtree(space.clone)
    assert keeping.keep(space.clone, forge=forge, why="Before") == ""
    keeping.follow(space.clone, forge=forge)
    assert (space.clone / "app.py").is_file()
