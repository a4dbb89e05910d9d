"""`lab check`: what is played, what is said of it, and what it leads to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from lab.company.git import Git
from lab.errors import UsageProblem, WrongState
from lab.report.checking import check as render
from lab.report.paper import PLAIN
from lab.session import graded, grading, locks, workspace
from lab.session.check import Heard, Wanted, check
from lab.session.session import Session, seed_of
from lab.session.start import Wish, start
from tests.lab.session.fake_house import FakeHouse, blocked, refused

if TYPE_CHECKING:
    from pathlib import Path

    from lab.report.standing import CheckLine


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Grading is started in a process of its own: here it is only noted that it would be."""
    begun: list[str] = []
    monkeypatch.setattr(grading, "begin", lambda session: begun.append(session.current().id))
    return begun


def play(session: Session, *, only: str = "", everything: bool = False) -> str:
    report = check(session, Wanted(only, everything), Heard())
    return render(report, PLAIN, unfold=everything)


def test_the_first_failing_check_is_told_in_full_and_later_milestones_are_folded(session: Session, house: FakeHouse) -> None:
    house.say["first"] = refused()
    sha = session.main()[:7]
    assert play(session) == (
        f"Alpha · Begin  main at {sha}\n"
        "✗ failed  The first thing holds\n"
        "          It should hold, and it does not.\n"
        "          │ line one\n"
        "          │ line two\n"
        "          Look at: `app.py`\n"
        "\n"
        "0 of 1 check passed.\n"
        "Later: Go on (2 checks). `lab check --all` plays them too.\n"
        "Next: A hint, if you want one:\n"
        "      lab hint\n"
    )


def test_only_the_first_failing_check_is_in_full(session: Session, house: FakeHouse) -> None:
    house.say |= {"second": refused("Two is off."), "extra": refused("Extra is off.")}
    text = play(session, everything=False)
    assert "Milestone reached: Begin." in text
    text = play(session)
    assert "Two is off." in text
    assert "waiting The third thing holds" in text.replace("… ", "")
    assert "This is judged once 'second' has passed." in text


def test_all_plays_everything_and_tells_each_failure_in_full(session: Session, house: FakeHouse) -> None:
    house.say |= {"first": refused("One is off."), "extra": refused("Extra is off.")}
    text = play(session, everything=True)
    assert "One is off." in text
    assert "Extra is off." in text
    assert "2 of 4 checks passed" in text


def test_one_check_plays_what_it_requires_and_shows_it_only_when_it_fails(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(only="third"), Heard())
    assert house.played[-1][0] == ("second", "third")
    assert [line.id for line in check(session, Wanted(only="third"), Heard()).lines] == ["third"]
    house.say["second"] = refused()
    session.ledger.append("stage.reset", stage="alpha")
    lines = check(session, Wanted(only="third"), Heard()).lines
    assert [(line.id, line.verdict) for line in lines] == [("second", "failed"), ("third", "waiting")]


def test_an_unknown_check_is_named_with_those_there_are(session: Session) -> None:
    with pytest.raises(UsageProblem) as told:
        check(session, Wanted(only="secnd"), Heard())
    assert str(told.value) == ("The stage 'Alpha' has no check 'secnd'. Did you mean 'second'? It has: first, second, third, extra.")


def test_exit_codes_tell_passed_failed_and_blocked_apart(session: Session, house: FakeHouse) -> None:
    assert check(session, Wanted(only="first"), Heard()).outcome == 0
    house.say["second"] = blocked()
    assert check(session, Wanted(only="second"), Heard()).outcome == 4
    house.say["second"] = refused()
    assert check(session, Wanted(only="second"), Heard()).outcome == 1
    house.say["extra"] = refused()
    assert check(session, Wanted(only="extra"), Heard()).outcome == 1


def test_blocked_never_overwrites_a_pass(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(), Heard())
    house.say["first"] = blocked()
    check(session, Wanted(only="first"), Heard())
    found = session.current().check("first")
    assert found is not None
    assert found.verdict == "passed"


def test_what_is_not_on_the_forge_is_named_first(session: Session) -> None:
    (session.workspace.clone / "app.py").write_text("changed\n", encoding="utf-8")
    assert play(session).startswith("Not committed, so not graded: 1 file ('app.py').\n\nAlpha · Begin  main at ")


def test_findings_are_told_as_scenes_end_and_recorded_at_once(session: Session, house: FakeHouse) -> None:
    told: list[str] = []
    seen_when_second_scene_began: list[int] = []

    def before(scene: str) -> None:
        if scene == "two":
            seen_when_second_scene_began.append(len(session.ledger.events("check.finding")))

    house.before_scene = before
    check(session, Wanted(everything=True), Heard(finding=lambda line: told.append(line.id)))
    assert told == ["first", "second", "third", "extra"]
    assert seen_when_second_scene_began == [1]


def test_a_check_that_breaks_off_keeps_what_it_found(session: Session, house: FakeHouse) -> None:
    def break_off(scene: str) -> None:
        if scene == "two":
            raise KeyboardInterrupt

    house.before_scene = break_off
    with pytest.raises(KeyboardInterrupt):
        check(session, Wanted(everything=True), Heard())
    found = session.current().check("first")
    assert found is not None
    assert found.has_passed
    house.before_scene = lambda _: None
    assert check(session, Wanted(everything=True), Heard()).outcome == 0


def test_what_nothing_has_changed_is_answered_from_the_cache_with_the_time(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(only="first"), Heard())
    minute = session.ledger.events("check.finding")[0].minute
    house.cached = {"one"}
    report = check(session, Wanted(only="first"), Heard())
    assert report.cached_since == minute
    assert "answered from cache: nothing has changed since 09:0" in render(report, PLAIN)
    assert session.ledger.events("check.finding")[-1].data["cached"] is True


def test_when_all_core_checks_pass_the_debrief_comes_and_grading_begins(session: Session, no_process: list[str]) -> None:
    check(session, Wanted(), Heard())
    assert no_process == []
    report = check(session, Wanted(), Heard())
    assert report.stage_state == "practised"
    assert report.debrief is not None
    assert report.debrief.startswith("# Alpha, afterwards\n\nWhy it works.\n")
    assert no_process == ["alpha"]
    assert "Milestone reached: Go on." in render(report, PLAIN)


def test_grading_plays_two_other_seeds_and_passes_the_stage(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(everything=True), Heard())
    house.played.clear()
    assert grading.grade(session, Heard())
    seeds = [seed for _, seed in house.played]
    assert seeds == [seed_of(7, "grading-1"), seed_of(7, "grading-2")]
    assert seed_of(7, "practice") not in seeds
    assert session.current().state == "passed"
    assert len(session.ledger.events("stage.passed")) == 1


def test_a_refused_grading_seed_keeps_the_stage_open_and_is_shown(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(everything=True), Heard())
    house.by_seed["second", seed_of(7, "grading-1")] = refused("It is 11 there.")
    assert not grading.grade(session, Heard())
    stage = session.current()
    assert stage.state == "open"
    assert graded.refusals(stage) == ("'The second thing holds': It is 11 there.",)
    assert stage.is_practised


def test_a_main_that_moved_while_it_was_graded_is_not_passed(session: Session, house: FakeHouse) -> None:
    check(session, Wanted(everything=True), Heard())
    git = Git(session.workspace.clone, actor="learner")

    def move(_: str) -> None:
        git.run("commit", "--quiet", "--allow-empty", "-m", "Move")
        git.run("push", "--quiet", "-o", "nowait", "origin", "main")

    house.before_scene = move
    assert not grading.grade(session, Heard())
    assert session.current().state == "open"


def test_a_deleted_main_is_one_sentence(session: Session) -> None:
    space = session.workspace
    Git(session.parts.forge(space).path(space.repository)).run("update-ref", "-d", "refs/heads/main")
    with pytest.raises(WrongState) as told:
        check(session, Wanted(), Heard())
    assert str(told.value) == (
        "The forge's 'storefront' has no branch 'main', and 'main' is what is graded. "
        "Push yours again: git push origin HEAD:main; or `lab reset`."
    )


def test_a_second_check_says_who_plays_and_since_when(session: Session) -> None:
    with locks.hold(session.workspace.id, locks.CHECK, command="lab check"), pytest.raises(WrongState) as told:
        check(session, Wanted(), Heard())
    assert told.value.message.startswith(f"Just now another check is being played: 'lab check' (process {os.getpid()}) since ")


def test_a_holder_that_was_killed_holds_nothing(session: Session) -> None:
    code = (
        "import sys, time; from lab.session import locks\n"
        "with locks.hold(sys.argv[1], 'check', command='lab check'):\n"
        "    print('held', flush=True); time.sleep(60)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code, session.workspace.id], stdout=subprocess.PIPE, env=dict(os.environ))
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    assert locks.is_held(session.workspace.id, "check")
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    time.sleep(0.05)
    assert check(session, Wanted(only="first"), Heard()).outcome == 0


def test_a_live_check_is_judged_once_and_wakes_what_waited_for_it(house: FakeHouse, folder: Path) -> None:
    house.live = True
    start(Wish("small", folder, seed=7), house, tell=lambda _: None)
    session = Session(workspace.read(folder), house)
    lines: list[CheckLine] = []
    check(session, Wanted(), Heard(finding=lines.append))
    assert house.passed_live == ["first"]
    house.say["first"] = refused()
    check(session, Wanted(only="first"), Heard(finding=lines.append))
    assert [line.verdict for line in lines] == ["passed", "passed"]
    assert house.passed_live == ["first"]
    assert house.played == []


def test_what_only_begins_with_a_pass_is_not_judged_in_the_same_look(house: FakeHouse, folder: Path) -> None:
    house.live = house.chained = True
    start(Wish("small", folder, seed=7), house, tell=lambda _: None)
    session = Session(workspace.read(folder), house)
    report = check(session, Wanted(everything=True), Heard())
    assert [(line.id, line.verdict) for line in report.lines][:2] == [("first", "passed"), ("after", "waiting")]
    assert [news.text for news in report.said] == ["Thank you!"]
    assert [line.verdict for line in check(session, Wanted(only="after"), Heard()).lines] == ["passed"]


def test_an_event_that_waits_for_a_check_of_the_game_day_happens_at_its_first_pass(session: Session, house: FakeHouse) -> None:
    house.say["first"] = refused()
    check(session, Wanted(only="first"), Heard())
    assert house.passed_live == []
    del house.say["first"]
    for _ in range(2):
        check(session, Wanted(only="first"), Heard())
    assert house.passed_live == ["first"]
