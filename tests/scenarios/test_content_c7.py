"""The content of the stage C7, as far as it can be held against its promises without playing it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lab.company.faults import FAULTS
from lab.gameday.events.watching import WatchEvent
from lab.session.wiring import read_scenario

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "scenarios/company-evolution"
STAGE = next(path for path in (SCENARIO / "stages/eyes", SCENARIO / "drafts/eyes") if path.is_dir())
TRAPS = sorted(path.name for path in STAGE.glob("traps/*/"))


@cache
def stage():
    return next((one for one in read_scenario(SCENARIO).stages if one.id == "eyes"), None)


def test_the_briefing_is_read_in_a_minute():
    assert len((STAGE / "briefing.md").read_text().splitlines()) <= 26


def test_every_kind_of_fault_is_played_by_one_of_two_neighbouring_seeds():
    every = tuple(FAULTS)[:7]
    event = WatchEvent(faults=every, draw=4)
    assert {*event.drawn(10), *event.drawn(11)} == {*every}
    assert len(event.drawn(10)) == 4


def test_every_fault_says_in_words_what_happened():
    assert all(fault.says and fault.cause for fault in FAULTS.values())
    assert {fault.wanted for fault in FAULTS.values()} == {"page", "ticket", "quiet"}
