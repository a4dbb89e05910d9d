"""The content of the stage C7, as far as it can be held against its promises without playing it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from lab.authoring.trees import changed_lines
from lab.company.faults import FAULTS
from lab.gameday.events.watching import WatchEvent
from lab.session.wiring import read_scenario

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = ROOT / "scenarios/company-evolution"
STAGE = SCENARIO / "drafts/eyes"
TRAPS = sorted(path.name for path in STAGE.glob("traps/*/"))
BEFORE = [SCENARIO / "stages" / name / "solutions" for name in ("day-zero", "local-tests", "the-gate")]


@cache
def stage():
    return next((one for one in read_scenario(SCENARIO).stages if one.id == "eyes"), None)


def base_folders(tmp_path):
    """The product and what the first solution of each stage before makes of it, as layers."""
    product = tmp_path / "product"
    product.mkdir()
    (product / "files").symlink_to(ROOT / "sample_app/storefront")
    start = tmp_path / "start"
    start.mkdir()
    (start / "files").symlink_to(STAGE / "start")
    return [product, *(min(folder.iterdir()) for folder in BEFORE), start]


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_a_few_lines_of_a_solution(trap, tmp_path):
    lines = changed_lines(STAGE / "traps" / trap, [*base_folders(tmp_path), STAGE / "solutions/burn-rate"])
    assert lines <= 15


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
