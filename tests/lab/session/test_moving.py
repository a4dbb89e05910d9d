"""`lab next`, `lab reset`, `lab goto`, `lab down`."""

from __future__ import annotations

import shutil

import pytest

from lab.company.git import Git
from lab.errors import LabError, Refused, UsageProblem, WrongState
from lab.report.model import DoneReport, OpenedReport
from lab.session import grading, locks, snapshots
from lab.session.check import Heard, Wanted, check
from lab.session.moving import JOURNAL, down, go_next, go_to, reset, skipped_by
from lab.session.session import Session, seed_of
from tests.lab.session.fake_house import FakeHouse, refused


def quiet(_: str) -> None:
    return None


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


def forge_refs(session: Session) -> dict[str, str]:
    git = Git(session.parts.forge(session.workspace).path(session.workspace.repository))
    return dict(line.split(" ")[::-1] for line in git.lines("for-each-ref", "--format=%(objectname) %(refname)"))


def work(session: Session, name: str, text: str) -> None:
    git = Git(session.workspace.clone, actor="learner")
    (git.directory / name).write_text(text, encoding="utf-8")
    git.run("add", "--all")
    git.run("commit", "--quiet", "-m", f"Change {name}")
    git.run("push", "--quiet", "-o", "nowait", "origin", "HEAD:main")


def test_next_waits_for_every_core_check(session: Session) -> None:
    with pytest.raises(WrongState) as told:
        go_next(session, Heard())
    assert str(told.value) == ("'Alpha' is not done: 'The first thing holds' has not passed yet, and 2 more. `lab check` plays it.")


def test_next_plays_the_grading_that_was_never_done_and_opens_the_next_stage(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(everything=True), Heard())
    report = go_next(session, Heard())
    assert isinstance(report, OpenedReport)
    assert (report.stage, report.sentences) == ("beta", ("'Alpha' is passed. 'Beta' is open.", JOURNAL))
    assert session.current().id == "beta"
    assert house.opened == ["alpha", "beta"]


def test_next_says_what_a_grading_seed_refused(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(everything=True), Heard())
    house.by_seed["third", seed_of(7, "grading-2")] = refused()
    with pytest.raises(Refused, match="A grading seed refuses 'The third thing holds': It should hold, and it does not."):
        go_next(session, Heard())


def test_after_the_last_stage_there_is_the_score(session: Session) -> None:
    for _ in range(2):
        check(session, Wanted(everything=True), Heard())
        report = go_next(session, Heard())
    assert isinstance(report, DoneReport)
    assert report.sentences == ("'Beta' was the last stage there is.", JOURNAL)


def test_an_opening_that_was_interrupted_begins_again_from_the_same_forge(
    session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(session, Wanted(everything=True), Heard())
    before = forge_refs(session)

    def half(workspace: object, scenario: object, stage: object, tell: object) -> None:
        git = Git(session.parts.forge(session.workspace).path("storefront"))
        git.run("update-ref", "refs/heads/left-over", before["refs/heads/main"])
        raise LabError("A port was taken.")

    with monkeypatch.context() as patch:
        patch.setattr(house, "open_stage", half)
        with pytest.raises(LabError):
            go_next(session, Heard())
    assert "refs/heads/left-over" in forge_refs(session)
    go_next(session, Heard())
    assert forge_refs(session) == before
    assert session.current().id == "beta"


def test_reset_puts_every_ref_of_the_forge_back_and_keeps_the_work_on_a_tag(session: Session, house: FakeHouse) -> None:
    before = forge_refs(session)
    work(session, "mine.txt", "mine\n")
    git = Git(session.workspace.clone, actor="learner")
    git.run("push", "--quiet", "-o", "nowait", "origin", "HEAD:refs/heads/side")
    (git.directory / "half.txt").write_text("half\n", encoding="utf-8")
    check(session, Wanted(), Heard())
    report = reset(session, "", quiet)
    assert forge_refs(session) == before
    assert sorted(path.name for path in git.directory.iterdir()) == [".git", "app.py"]
    assert git.out("show", "before-reset-1:half.txt") == "half"
    assert report.sentences == ("'Alpha' is as it was when it opened. Your work is kept in your clone: git show before-reset-1.",)
    stage = session.current()
    assert (stage.resets, [item.verdict for item in stage.checks]) == (1, ["", "", "", ""])
    assert house.rebuilt == 1
    assert "before-reset-1" not in "".join(forge_refs(session))


def test_reset_is_recorded_so_that_projections_need_no_git(session: Session) -> None:
    start = forge_refs(session)["refs/heads/main"]
    work(session, "mine.txt", "mine\n")
    reset(session, "", quiet)
    event = session.ledger.events("ref.updated")[-1]
    assert (event.data["ref"], event.data["new"], event.data["options"]) == ("refs/heads/main", start, ["reset"])


def test_reset_works_on_a_clone_that_is_gone(session: Session) -> None:
    shutil.rmtree(session.workspace.clone)
    assert reset(session, "", quiet).sentences == ("'Alpha' is as it was when it opened. Your clone was gone, and is there again.",)
    assert (session.workspace.clone / "app.py").is_file()


def test_reset_of_an_earlier_stage_goes_back_to_it(session: Session) -> None:
    check(session, Wanted(everything=True), Heard())
    go_next(session, Heard())
    work(session, "beta.txt", "beta\n")
    reset(session, "alpha", quiet)
    assert session.current().id == "alpha"
    assert not (session.workspace.clone / "beta.txt").exists()


def test_reset_names_the_stages_there_are(session: Session) -> None:
    with pytest.raises(UsageProblem) as told:
        reset(session, "gamma", quiet)
    assert str(told.value) == "There is no stage 'gamma'. There are: alpha, beta."
    with pytest.raises(WrongState, match="was never opened"):
        reset(session, "beta", quiet)


def test_hints_stay_given_after_a_reset(session: Session) -> None:
    session.ledger.append("hint.given", stage="alpha", check="first", step=1)
    reset(session, "", quiet)
    found = session.current().check("first")
    assert found is not None
    assert (found.hints, found.unaided) == (1, False)


def test_goto_without_catching_up_says_what_would_be_skipped(session: Session) -> None:
    with pytest.raises(WrongState) as told:
        go_to(session, "beta", quiet, catch_up=False)
    assert str(told.value) == (
        "'Alpha' would be skipped, and 'Beta' builds on what they leave. "
        "Take their reference solutions over: lab goto beta --catch-up. Your own tree is kept on a tag."
    )


def test_catching_up_merges_the_reference_solution_and_keeps_the_own_tree(session: Session) -> None:
    work(session, "mine.txt", "mine\n")
    (session.workspace.clone / "half.txt").write_text("half\n", encoding="utf-8")
    assert skipped_by(session, "beta") == ("Alpha",)
    report = go_to(session, "beta", quiet, catch_up=True)
    clone = session.workspace.clone
    assert (clone / "alpha.txt").read_text(encoding="utf-8") == "solved alpha\n"
    assert (clone / "mine.txt").is_file()
    assert not (clone / "half.txt").exists()
    assert Git(clone).out("show", "before-reset-1:half.txt") == "half"
    assert session.current().id == "beta"
    skipped = session.progress().stage("alpha")
    assert skipped is not None
    assert skipped.state == "skipped"
    assert report.sentences == (
        "Your own tree is kept in your clone: git show before-reset-1.",
        "'Alpha' is skipped; its reference solution is on 'main'.",
    )


def test_a_stage_that_was_opened_is_no_place_to_jump_to(session: Session) -> None:
    with pytest.raises(WrongState, match=r"'Alpha' was opened already."):
        go_to(session, "alpha", quiet, catch_up=True)


def test_down_ends_the_company(session: Session, house: FakeHouse) -> None:
    before = house.slept
    assert down(session, quiet).sentences == ("Everything is ended; nothing is lost. Any command wakes it again.",)
    assert house.slept == before + 1


def test_two_changes_at_once_are_refused(session: Session) -> None:
    with locks.hold(session.workspace.id, locks.CHANGE, command="lab reset"), pytest.raises(WrongState, match="is being changed"):
        down(session, quiet)


def test_a_snapshot_that_is_gone_is_one_sentence(session: Session) -> None:
    shutil.rmtree(snapshots.folder(session, "alpha"))
    with pytest.raises(WrongState, match="was not kept"):
        reset(session, "", quiet)


def test_a_tag_that_was_published_since_is_hidden_again_in_the_clone_too(session: Session) -> None:
    git = Git(session.parts.forge(session.workspace).path("storefront"))
    clone = Git(session.workspace.clone, actor="learner")
    head = forge_refs(session)["refs/heads/main"]
    git.run("update-ref", "refs/lab/tags/later", head)
    shutil.rmtree(snapshots.folder(session, "alpha"))
    snapshots.take(session, "alpha")
    git.run("update-ref", "refs/tags/later", head)
    clone.run("fetch", "--quiet", "--tags")
    clone.run("tag", "own")
    reset(session, "", quiet)
    assert clone.out("tag", "--list") == "before-reset-1\nown"
