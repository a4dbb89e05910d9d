"""The worked example of the definitions, and the twelve kinds of ledgers in which counting goes wrong."""

from __future__ import annotations

import pytest

from lab.ledger.delivery.history import History, fold
from lab.ledger.delivery.measures import Metrics, measure
from lab.ledger.delivery.model import Window
from tests.lab.ledger.delivery.story import Story


def told(text: str) -> tuple[History, Metrics]:
    story = Story(text)
    history = fold(story.events, now=story.now)
    return history, measure(history, Window(0, history.now))


WORKED = """
0        push A
5        push B
40..42   deploy v1 = A B
50       push C bad chore
70..71   deploy v2 = A B C
73..80   bad
76       page
81       deploy v1
85       push C2 fix of C
95       deploy v3 = A B C C2
100..109 fault infra
100..109 bad
120      push E
1440     end
"""


def test_the_worked_example() -> None:
    history, metrics = told(WORKED)
    first, second = history.incidents
    assert (metrics.lead_time.value, metrics.lead_time.n) == (39.5, 4)
    assert (metrics.frequency.value, metrics.frequency.n) == (2.0, 2)
    assert metrics.fail_rate.value == 0.25
    assert metrics.rework_rate.value == 0.5
    assert (metrics.recovery.value, metrics.detect, metrics.act) == (11, 6, 5)
    assert (metrics.restore_other.value, metrics.restore_other.n) == (10, 1)
    assert (first.opened, first.restored, first.cause, first.kind) == (73, 81, "change", "rollback")
    assert (second.opened, second.restored, second.cause, second.deployment) == (100, 110, "infra", None)
    assert metrics.escape_rate.value == 1.0


def test_an_empty_ledger_has_no_data() -> None:
    _, metrics = told("100 end")
    assert metrics.frequency.value is metrics.lead_time.value is metrics.fail_rate.value is metrics.recovery.value is None
    assert metrics.rework_rate.value is None
    assert metrics.availability.value == 1.0


def test_a_revert_that_is_linked_is_rework() -> None:
    history, metrics = told("""
        0 push A bad
        10 deploy v1 = A
        20..29 bad
        25 push R revert of A
        30 deploy v2 = A R
        200 end
    """)
    assert history.incidents[0].kind == "revert"
    assert (metrics.fail_rate.value, metrics.rework_rate.value) == (0.5, 0.5)


def test_a_hotfix_needs_its_link() -> None:
    text = """
        0 push A bad
        10 deploy v1 = A
        20..29 bad
        25 push F fix {link}
        30 deploy v2 = A F
        200 end
    """
    linked, loose = told(text.format(link="of A")), told(text.format(link=""))
    assert (linked[0].incidents[0].kind, linked[1].rework_rate.value) == ("hotfix", 0.5)
    assert (loose[0].incidents[0].kind, loose[1].rework_rate.value) == ("", 0.0)


def test_a_batch_is_one_deployment_with_a_lead_time_for_each_change() -> None:
    _, metrics = told("""
        0 push A
        10 push B
        20 push C bad
        50..52 deploy v1 = A B C
        200 end
    """)
    assert (metrics.lead_time.value, metrics.lead_time.n) == (47, 2)
    assert metrics.frequency.n == metrics.fail_rate.n == 1


def test_a_redeployment_without_a_change_does_not_count() -> None:
    history, metrics = told("""
        0 push A
        10 deploy v1 = A
        50 deploy v1-again = A
        90 deploy v1-again-again = A +own
        200 end
    """)
    assert len(history.deployments) == 3
    assert metrics.fail_rate.n == metrics.frequency.n == 1
    assert metrics.rework_rate.value == 0.0


def test_an_infrastructure_incident_fails_no_deployment() -> None:
    history, metrics = told("""
        0 push A
        10 deploy v1 = A
        30..40 fault infra
        30..40 bad
        200 end
    """)
    assert [incident.cause for incident in history.incidents] == ["infra"]
    assert (metrics.fail_rate.value, metrics.recovery.value, metrics.restore_other.value) == (0.0, None, 11)


def test_a_known_bug_outweighs_a_fault_that_happens_to_be_there() -> None:
    history, _ = told("""
        0 push A bad breaks totals
        10 deploy v1 = A
        90..140 fault provider
        100..110 bad totals
        200 end
    """)
    assert [(incident.cause, incident.deployment) for incident in history.incidents] == [("change", 1)]


def test_incidents_that_overlap_are_one_and_those_apart_are_two() -> None:
    history, _ = told("""
        0 push A bad
        10 deploy v1 = A
        20..25 bad
        30..35 bad
        60..65 bad
        200 end
    """)
    assert [(incident.opened, incident.restored) for incident in history.incidents] == [(20, 36), (60, 66)]


def test_a_commit_that_is_never_deployed_is_kept_as_a_lower_bound() -> None:
    _, metrics = told("""
        0 push A
        0 push B
        0 push C
        40 deploy v1 = A
        200 end
    """)
    assert (metrics.lead_time.value, metrics.lead_time.n, metrics.lead_time.at_least) == (200, 3, True)


def test_a_good_change_that_was_refused_is_censored_and_one_withdrawn_is_out() -> None:
    _, metrics = told("""
        0 push A
        0 push B
        0 push C
        10 reject B
        10 withdraw C
        40 deploy v1 = A
        100 end
    """)
    assert (metrics.lead_time.value, metrics.lead_time.n) == (70, 2)
    assert (metrics.false_rejects.value, metrics.false_rejects.n) == (1 / 3, 3)


def test_clocks_that_differ_do_not_matter_since_the_forge_tells_the_time() -> None:
    story = Story("""
        50 push A
        60 deploy v1 = A
        200 end
    """)
    skewed = list(story.events)
    for event in skewed:
        if event.type == "change.pushed":
            event.data["authored"] = 5_000.0
    history = fold(reversed(skewed), now=200)
    assert measure(history, Window(0, 200)).lead_time.value == 10


def test_a_second_push_of_a_change_does_not_make_it_younger() -> None:
    _, metrics = told("""
        0 push A
        30 push A
        40 deploy v1 = A
        100 end
    """)
    assert (metrics.lead_time.value, metrics.lead_time.n) == (40, 1)


def test_a_deployment_that_failed_before_customers_saw_it_is_none() -> None:
    story = Story("""
        0 push A bad
        0 push B
        30 deploy v2 = B
        100 end
    """)
    story.add(10, "deploy.started", sha="v1")
    story.add(12, "deploy.aborted", sha="v1")
    history = fold(story.events, now=100)
    metrics = measure(history, Window(0, 100))
    assert (metrics.fail_rate.value, metrics.fail_rate.n, metrics.escape_rate.value) == (0.0, 1, 0.0)


def test_two_incidents_of_one_deployment_count_once() -> None:
    history, metrics = told("""
        0 push A bad
        10 deploy v1 = A
        20..24 bad
        50..54 bad
        200 end
    """)
    assert [incident.deployment for incident in history.incidents] == [1, 1]
    assert (metrics.fail_rate.value, metrics.fail_rate.n, metrics.recovery.value, metrics.recovery.n) == (1.0, 1, 15, 1)


def test_an_incident_that_never_ends_is_censored() -> None:
    _, metrics = told("""
        0 push A bad
        10 deploy v1 = A
        20..99 bad
        100 end
    """)
    assert (metrics.recovery.value, metrics.recovery.at_least) == (90, True)


def test_a_restart_in_place_is_the_deployments_own_outage() -> None:
    history, metrics = told("""
        0 laid v0 = Z
        0 push A
        40..46 out
        47 deploy v1 = A
        200 end
    """)
    assert [(incident.opened, incident.cause, incident.deployment) for incident in history.incidents] == [(40, "change", 1)]
    assert metrics.recovery.value == 0


def test_a_canary_that_is_taken_back_in_time_is_contained() -> None:
    history, metrics = told("""
        0 push Z
        0 show v0 1.0
        20 push A bad
        30 show v0 0.95 v1 0.05
        40 show v0 1.0
        200 end
    """)
    assert [one.state for one in history.deployments] == ["succeeded", "aborted"]
    assert metrics.fail_rate.value is None


def test_what_the_founding_laid_is_no_deployment_before_and_after_a_reset() -> None:
    history, _ = told("""
        0 laid v0 = Z
        0 push A
        30 deploy v1 = Z A
        60 start_over
        61 laid v0 = Z
        100 deploy v1
        200 end
    """)
    assert [(one.exposed, one.payload) for one in history.deployments] == [(30, ("A",)), (100, ())]


def test_going_back_by_hand_to_what_was_laid_is_a_rollback() -> None:
    history, metrics = told("""
        0 laid v0 = Z
        0 push A bad
        30 deploy v1 = Z A
        40..50 bad
        51 deploy v0
        200 end
    """)
    assert (history.incidents[0].kind, history.incidents[0].remediation) == ("rollback", 2)
    assert metrics.rework_rate.value == 0.5


def test_the_hours_in_which_nobody_was_there_are_no_lead_time() -> None:
    history, metrics = told("""
        0 push A
        100..1100 asleep
        1120 deploy v1 = A
        1200 end
    """)
    assert (metrics.lead_time.value, history.now) == (120, 200)


def test_what_was_pushed_before_the_company_opened_is_as_old_as_the_forge_says() -> None:
    story = Story("""
        0 push A received -1440
        0 laid v0 = Z
        20 deploy v1 = Z A
        100 end
    """)
    history = fold(story.events, now=100)
    assert measure(history, Window(-1440, 100)).lead_time.value == 1460


def test_what_the_learner_says_changes_no_number() -> None:
    story = Story(WORKED)
    story.add(60, "page", "learner")
    story.add(60, "change.pushed", "learner", change_id="X", label="good", sha="x")
    story.add(60, "incident.note", "learner", incident=1, text="all is well")
    assert measure(fold(story.events, now=1440), Window(0, 1440)) == measure(fold(Story(WORKED).events, now=1440), Window(0, 1440))


def test_one_violation_is_an_incident_though_all_else_is_well() -> None:
    history, _ = told("""
        10 violation
        100 end
    """)
    assert [(incident.opened, incident.restored) for incident in history.incidents] == [(10, 11)]


def test_too_few_answers_open_nothing() -> None:
    story = Story("100 end")
    thin = [event for event in story.events if event.data["second"] % 30 == 0]
    for event in thin:
        event.data.update(good=2, failed=1)
    assert fold(thin, now=100).incidents == ()


@pytest.mark.parametrize(("label", "counted"), [("feature", 1), ("good", 1)])
def test_a_deployment_counts_for_frequency_when_it_brought_something(label: str, counted: int) -> None:
    _, metrics = told(f"""
        0 push A {label}
        30 deploy v1 = A
        100 end
    """)
    assert metrics.frequency.n == counted
