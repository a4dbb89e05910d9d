"""`lab verify`: the roster of what was handed in, with a re-play on fakes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab.checks.base import passed
from lab.company.git import Git
from lab.errors import UsageProblem, WorldUnavailable
from lab.report.paper import PLAIN
from lab.report.roster import as_csv, roster
from lab.session import grading, naming, workspace
from lab.session.check import Heard, Wanted, check
from lab.session.handin.packing import pack
from lab.session.handin.roster import Inquiry, verify
from lab.session.hints import hint
from lab.session.moving import go_next
from lab.session.session import Session
from lab.session.start import Wish, start
from tests.lab.session.fake_house import FakeHouse, blocked, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.checks.base import Finding
    from lab.session.handin.claims import Claim
    from lab.session.handin.receiving import Received


def agrees(_: Received, claim: Claim, room: Path) -> Mapping[str, Finding]:
    return {name: passed("So it is.") if verdict == "passed" else refused() for name, verdict in claim.verdicts.items()}


def play(house: FakeHouse, folder: Path, who: str, target: Path, *, files: Mapping[str, str]) -> None:
    """A learner who writes some files, passes the first stage and hands in."""
    start(Wish("small", folder, who=who, key="2026"), house, tell=lambda _: None)
    session = Session(workspace.read(folder), house)
    clone = Git(session.workspace.clone)
    for name, text in files.items():
        (session.workspace.clone / name).write_text(text, encoding="utf-8")
    clone.run("add", "--all")
    clone.run("commit", "--quiet", "-m", "Work")
    clone.run("push", "--quiet", "origin", "HEAD:main")
    hint(session, "second")
    check(session, Wanted(everything=True), Heard())
    go_next(session, Heard())
    pack(session, target)


FILES = {f"deploy-{number}": f"text {number}\n" for number in range(4)}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three learners who handed in; they play once for all tests."""
    room = tmp_path_factory.mktemp("class")
    house, desk = FakeHouse(room / "scenarios"), room / "desk"
    desk.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grading, "begin", lambda _: None)
        patch.setenv("HOME", str(room))
        patch.setenv("LAB_RUNTIME", str(room / "runtime"))
        play(house, room / "a" / "harborline", "Ada", desk / "ada.lab.zip", files=FILES)
        play(house, room / "b" / "harborline", "Bo", desk / "bo.lab.zip", files={**FILES, "own": "own\n"})
        play(house, room / "c" / "harborline", "Cy", desk / "cy.lab.zip", files={"deploy-0": "another\n"})
    return desk


@pytest.fixture
def handed_in(bundles: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundles, tmp_path / "desk"))


def test_each_line_tells_what_was_done_and_who_has_the_same_files(handed_in: Path) -> None:
    ada, bo, cy = verify(Inquiry(handed_in, key="2026"), agrees).lines
    assert (ada.name, ada.stages, ada.milestones, ada.hints, ada.verdict) == ("Ada", ("alpha",), 2, 1, "same")
    assert (ada.same, ada.different) == (6, 0)  # three core checks with both grading seeds
    assert ada.alike == ("Bo (4 of 4 files)",)
    assert bo.alike == ("Ada (4 of 5 files)",)
    assert cy.alike == ()
    assert ada.tree != bo.tree


def test_a_re_play_that_finds_otherwise_is_named_with_its_check(handed_in: Path) -> None:
    def differs(received: Received, claim: Claim, room: Path) -> Mapping[str, Finding]:
        told = dict(agrees(received, claim, room))
        return {**told, "second": refused()} if received.manifest.who == "Bo" else told

    report = verify(Inquiry(handed_in), differs)
    assert [line.verdict for line in report.lines] == ["same", "differs", "same"]
    assert report.lines[1].said.startswith("alpha/second was passed, and is failed here: It should hold")
    assert report.outcome == 1
    assert "✗" in roster(report, PLAIN)


def test_what_cannot_be_played_here_is_blocked_and_no_fault_of_the_learner(handed_in: Path) -> None:
    def dead(*_: object) -> Mapping[str, Finding]:
        raise WorldUnavailable("There is no Docker engine.")

    def full(_: Received, claim: Claim, room: Path) -> Mapping[str, Finding]:
        return dict.fromkeys(claim.verdicts, blocked())

    for replay in (dead, full):
        report = verify(Inquiry(handed_in), replay)
        assert {line.verdict for line in report.lines} == {"blocked"}
        assert report.outcome == 4


def test_a_sample_is_played_again_and_the_rest_only_read(handed_in: Path) -> None:
    first, again = (verify(Inquiry(handed_in, sample=1), agrees).lines for _ in range(2))
    assert [line.verdict for line in first].count("same") == 1
    assert [line.verdict for line in first] == [line.verdict for line in again]
    assert {line.verdict for line in verify(Inquiry(handed_in, sample=0), agrees).lines} == {""}


def test_a_seed_of_another_name_or_class_is_noted(handed_in: Path) -> None:
    lines = verify(Inquiry(handed_in, sample=0, key="2027"), agrees).lines
    assert all(line.notes == ("its seed is not the one of this name and class",) for line in lines)


def test_one_that_is_refused_does_not_keep_the_others_from_being_read(handed_in: Path) -> None:
    shutil.copyfile(handed_in / "ada.lab.zip", handed_in / "b.lab.zip")
    (handed_in / "b.lab.zip").write_bytes((handed_in / "ada.lab.zip").read_bytes()[:500])
    lines = {line.file: line.verdict for line in verify(Inquiry(handed_in, sample=0), agrees).lines}
    assert lines == {"ada.lab.zip": "", "b.lab.zip": "refused", "bo.lab.zip": "", "cy.lab.zip": ""}
    with pytest.raises(UsageProblem, match="There is no bundle in"):
        verify(Inquiry(handed_in.parent), agrees)


def test_the_table_has_a_row_each_and_no_formula(handed_in: Path) -> None:
    report = verify(Inquiry(handed_in, sample=0), agrees)
    evil = replace(report, lines=(replace(report.lines[0], name="=cmd|' /C calc'!A0"), *report.lines[1:]))
    head, first, *rest = as_csv(evil).splitlines()
    assert head.startswith("file,name,stages,milestones,hints,minutes,verdict,same,different,alike")
    assert first.startswith("ada.lab.zip,'=cmd|' /C calc'!A0,alpha,2,1,0,not played,0,0,Bo (4 of 4 files),no,")
    assert len(rest) == 2


def test_a_name_has_one_seed_in_a_class_however_it_is_typed() -> None:
    assert naming.seed("Ada  Lovelace ", "k") == naming.seed("ada lovelace", "k")
    assert len({naming.seed(name, key) for name in ("ada", "bo") for key in ("k", "l")}) == 4
    with pytest.raises(UsageProblem, match="A name has 1 to 80 characters"):
        naming.normal(" \n ")


def test_name_and_class_go_together_and_not_with_a_seed(tmp_path: Path, house: FakeHouse) -> None:
    for wish in (Wish("small", tmp_path / "x", who="Ada"), Wish("small", tmp_path / "x", who="Ada", key="k", seed=3)):
        with pytest.raises(UsageProblem):
            start(wish, house, tell=lambda _: None)
    assert not (tmp_path / "x" / ".lab" / "workspace.json").exists()
