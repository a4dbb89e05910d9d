"""Progress, folded from events: what stands, what a reset forgets, what it does not."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lab.ledger.progress import StageProgress, fold
from lab.ledger.store import Event

OPENED = {
    "stage": "alpha",
    "title": "Alpha",
    "milestones": [
        {"id": "m1", "title": "One", "minutes": 10, "checks": ["a"]},
        {"id": "m2", "title": "Two", "minutes": 10, "checks": ["b"]},
    ],
    "checks": [{"id": name, "title": name.upper(), "level": "core", "on": on} for name, on in (("a", "live"), ("b", "game_day"))],
}


def tell(*steps: tuple[str, dict[str, Any]]) -> StageProgress:
    events = [Event(seq, 1000.0 + seq, float(seq), type_, "lab", "engine", data) for seq, (type_, data) in enumerate(steps, start=1)]
    stage = fold(events).current
    assert stage is not None
    return stage


def found(check: str, verdict: str, kind: str = "practice") -> tuple[str, dict[str, Any]]:
    return "check.finding", {"stage": "alpha", "check": check, "verdict": verdict, "message": f"{check} {verdict}", "seed_kind": kind}


OPEN = ("stage.opened", OPENED)


def test_nothing_happened_yet() -> None:
    assert fold([]).current is None


def test_the_first_milestone_not_reached_is_the_current_one() -> None:
    stage = tell(OPEN, found("a", "passed", "live"))
    assert stage.milestone is not None
    assert stage.milestone.id == "m2"
    assert stage.reached_minute(stage.milestones[0]) == 2.0


def test_a_game_day_check_can_fail_again_and_a_live_one_is_judged_once() -> None:
    stage = tell(OPEN, found("a", "passed", "live"), found("b", "passed"), found("a", "failed", "live"), found("b", "failed"))
    assert [item.verdict for item in stage.checks] == ["passed", "failed"]


def test_blocked_never_overwrites_a_pass_and_overwrites_all_else() -> None:
    assert [item.verdict for item in tell(OPEN, found("b", "passed"), found("b", "blocked")).checks] == ["", "passed"]
    assert [item.verdict for item in tell(OPEN, found("b", "failed"), found("b", "blocked")).checks] == ["", "blocked"]


def test_only_both_grading_seeds_grade_a_stage() -> None:
    practised = (OPEN, found("a", "passed", "live"), found("b", "passed"))
    assert tell(*practised).is_practised
    assert not tell(*practised, found("b", "passed", "grading-1")).is_graded
    assert tell(*practised, found("b", "passed", "grading-1"), found("b", "passed", "grading-2")).is_graded
    refused = tell(*practised, found("b", "failed", "grading-1"))
    assert (refused.is_practised, refused.is_graded) == (True, False)


def test_a_reset_forgets_findings_and_remembers_hints() -> None:
    stage = tell(
        OPEN, found("b", "passed"), ("hint.given", {"stage": "alpha", "check": "b", "step": 2}), ("stage.reset", {"stage": "alpha"})
    )
    check = stage.check("b")
    assert check is not None
    assert (check.verdict, check.hints, check.unaided, stage.resets, stage.opened_minute) == ("", 2, False, 1, 4.0)


def test_opening_again_after_a_reset_keeps_the_count_of_resets() -> None:
    assert tell(OPEN, ("stage.reset", {"stage": "alpha"}), OPEN).resets == 1


def test_a_skipped_stage_is_known_even_if_it_never_opened() -> None:
    state = fold([Event(1, 0.0, 0.0, "stage.skipped", "lab", "engine", {"stage": "beta", "title": "Beta"})])
    assert [(stage.id, stage.state) for stage in state.stages] == [("beta", "skipped")]
    assert state.current is None


_STEPS = st.one_of(
    st.just(OPEN),
    st.sampled_from([("stage.reset", {"stage": "alpha"}), ("stage.passed", {"stage": "alpha"}), ("stage.skipped", {"stage": "zeta"})]),
    st.builds(
        found,
        st.sampled_from(["a", "b", "unknown"]),
        st.sampled_from(["passed", "failed", "waiting", "blocked"]),
        st.sampled_from(["practice", "live", "grading-1", "grading-2"]),
    ),
    st.builds(lambda step: ("hint.given", {"stage": "alpha", "check": "a", "step": step}), st.integers(1, 3)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_STEPS, max_size=25))
def test_any_order_of_events_folds_and_folding_in_two_parts_is_the_same(steps: list[tuple[str, dict[str, Any]]]) -> None:
    events = [Event(seq, float(seq), float(seq), type_, "lab", "engine", data) for seq, (type_, data) in enumerate(steps, start=1)]
    state = fold(events)
    assert fold(events) == state
    for stage in state.stages:
        assert all(check.hints <= 3 for check in stage.checks)
        assert not stage.is_practised or stage.milestone is None
