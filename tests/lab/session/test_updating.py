"""`lab update`: a workspace moves on to another version of its scenario, and nothing of the learner's is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.checks.base import failed
from lab.errors import ScenarioWrong, UsageProblem, WorldUnavailable, WrongState
from lab.ledger.progress import UPDATED
from lab.scenario.model import Scenario
from lab.session import grading, workspace
from lab.session.check import Heard, Wanted, check
from lab.session.handin.claims import claims
from lab.session.handin.packing import pack
from lab.session.handin.roster import Inquiry, verify
from lab.session.hints import hint
from lab.session.moving import go_next
from lab.session.session import Session
from lab.session.start import Wish, start
from lab.session.updating import restore, update
from tests.lab.session.fake_house import FakeHouse, a_scenario


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


def quiet(_: str) -> None:
    return None


def changed(house: FakeHouse, monkeypatch: pytest.MonkeyPatch, **by_stage: dict[str, Any]) -> None:
    """From now on the installed version is another one, whose stages differ by these fields; the kept one is as it was."""

    def read(path: Path) -> Scenario:
        told = a_scenario(path, live=house.live, chained=house.chained)
        if not (path / "new").is_file():
            return told
        stages = tuple(
            stage.model_copy(update=by_stage.get(stage.id, {})) for stage in told.stages if by_stage.get(stage.id, {}) is not None
        )
        return told.model_copy(update={"digest": "e" * 64, "stages": stages})

    (house.folder / "small" / "new").touch()  # comes along into the workspace
    monkeypatch.setattr(house, "read", read)


def again(session: Session) -> Session:
    """The workspace as the next command finds it."""
    return Session(workspace.read(session.workspace.root), session.parts)


def fewer(house: FakeHouse) -> dict[str, Any]:
    """A version of a stage with a check less, one that is called otherwise, and the milestones that belong to it."""
    stage = a_scenario(house.folder / "small").stages[0]
    checks = tuple(one.model_copy(update={"title": "The first thing holds well"}) if one.id == "first" else one for one in stage.checks[:3])
    return {"checks": checks, "milestones": stage.milestones}


def test_what_is_up_to_date_stays_as_it_is(session: Session, house: FakeHouse) -> None:
    report = update(session, "", quiet)
    assert report.sentences == ("'small' is played here in the version that is installed: there is nothing to move on to.",)
    assert house.slept == 0


def test_another_version_takes_the_old_one_s_place_and_what_passed_stays_passed(
    session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(session, Wanted(everything=True), Heard())
    go_next(session, Heard())
    changed(house, monkeypatch, alpha=fewer(house))
    report = update(session, "", quiet)
    assert report.sentences == ("'A small scenario' is played in its new version. What you passed stays passed.",)
    now = again(session)
    assert now.workspace.digest == "e" * 64
    assert (now.workspace.kept_scenario / "new").is_file()
    assert [path.name for path in now.workspace.kept_scenario.parent.iterdir()] == ["small"]
    assert [(stage.id, stage.state) for stage in now.progress().stages] == [("alpha", "passed"), ("beta", "open")]
    assert (house.slept, house.woken > 0) == (1, True)
    assert update(now, "", quiet).sentences[0].endswith("there is nothing to move on to.")


def test_the_open_stage_has_the_new_checks_and_they_are_found_anew(
    session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    hint(session, "second")
    check(session, Wanted(everything=True), Heard())
    before = session.main()
    changed(house, monkeypatch, alpha=fewer(house))
    report = update(session, "", quiet)
    assert report.sentences[1] == "'Alpha' has changed: `lab check` finds anew what it asks for. Hints stay given, your work is untouched."
    assert len(report.sentences) == 2
    now = again(session)
    stage = now.current()
    assert [(one.id, one.title, one.verdict, one.hints) for one in stage.checks] == [
        ("first", "The first thing holds well", "", 0),
        ("second", "The second thing holds", "", 1),
        ("third", "The third thing holds", "", 0),
    ]
    assert now.main() == before
    assert claims(now.ledger.events()) == ()  # what was found before was asked by another version
    assert check(now, Wanted(everything=True), Heard()).stage_state == "practised"


def test_a_live_check_that_passed_stays_passed_since_it_is_judged_once(
    house: FakeHouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.live = True
    start(Wish("small", folder, seed=7), house, tell=quiet)
    session = Session(workspace.read(folder), house)
    check(session, Wanted(everything=True), Heard())
    stage = a_scenario(house.folder / "small", live=True).stages[0]
    changed(house, monkeypatch, alpha={"checks": stage.checks[:3], "milestones": stage.milestones})
    update(session, "", quiet)
    assert [(one.id, one.verdict) for one in again(session).current().checks] == [("first", "passed"), ("second", ""), ("third", "")]


def test_a_start_that_has_changed_is_said_with_what_puts_it_in_place(
    session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(house, monkeypatch, alpha={"customers": 9.0})
    (told, begins) = update(session, "", quiet).sentences
    assert told.endswith("What you passed stays passed.")
    assert begins.startswith("How 'Alpha' starts has changed as well: `lab reset` puts its new start in place")
    assert again(session).ledger.events(UPDATED)[0].data == {"before": "d" * 64, "digest": "e" * 64, "version": session.workspace.version}


def test_a_version_that_lacks_an_opened_stage_or_has_mistakes_changes_nothing(
    session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(house, monkeypatch, alpha=None)  # type: ignore[arg-type]
    with pytest.raises(WrongState, match="has no 'Alpha', which you have opened"):
        update(session, "", quiet)

    def wrong(_: Path) -> Scenario:
        raise ScenarioWrong([])

    monkeypatch.setattr(house, "read", wrong)
    with pytest.raises(ScenarioWrong):
        update(session, "", quiet)
    assert again(session).workspace == session.workspace
    assert house.slept == 0


def test_another_scenario_is_no_version(session: Session, house: FakeHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    monkeypatch.setattr(house, "find", lambda _: other)
    monkeypatch.setattr(house, "read", lambda path: a_scenario(path).model_copy(update={"digest": "f" * 64}))
    with pytest.raises(UsageProblem, match="'small' is played here, and 'other' is another scenario"):
        update(session, str(other), quiet)


@pytest.mark.parametrize("place", ["copytree", "rename"])
def test_a_full_disk_leaves_the_old_version(session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    changed(house, monkeypatch, alpha={})
    rename = Path.rename

    def full(path: Path, *others: Any, **_: Any) -> Path:
        if place == "rename" and not path.name.endswith(".new"):
            return rename(path, *others)
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*(("shutil.copytree", full) if place == "copytree" else (Path, "rename", full)))
        with pytest.raises(WorldUnavailable, match="No space left on device"):
            update(session, "", quiet)
    kept = session.workspace.kept_scenario
    assert [path.name for path in kept.parent.iterdir()] == ["small"]
    assert not (kept / "new").exists()


def test_an_update_that_was_killed_between_is_put_back_by_the_next_command(session: Session, house: FakeHouse) -> None:
    kept = session.workspace.kept_scenario
    kept.rename(kept.with_name(".small.old"))
    assert again(session).scenario.title == "A small scenario"
    assert [path.name for path in kept.parent.iterdir()] == ["small"]
    restore(session.workspace)
    assert kept.is_dir()


def test_a_roster_says_what_was_passed_in_an_earlier_version(session: Session, house: FakeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    check(session, Wanted(everything=True), Heard())
    go_next(session, Heard())
    changed(house, monkeypatch, alpha={})
    update(session, "", quiet)
    target = session.workspace.root / "me.lab.zip"
    pack(again(session), target)
    (line,) = verify(Inquiry(target, sample=0), lambda *_: {"first": failed("unused", look_at="")}).lines
    assert "passed in an earlier version of the scenario: alpha" in line.notes
