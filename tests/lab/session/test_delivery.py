"""The delivery metrics of stages, what a reset takes back, and the sentence on what moved."""

from __future__ import annotations

from lab.ledger import progress
from lab.ledger.store import Event
from lab.report import delivery as shown
from lab.report.paper import PLAIN, Paper
from lab.session import delivery
from tests.lab.ledger.delivery.story import Story

TWO_STAGES = """
0        laid v0 = Z
1        push A received -14400
1        push B bad received -7200
30..32   deploy v1 = Z A B
40..60   bad
50       page
61       deploy v0
1000     push C
1000     push D
1010     deploy v2 = Z C D
1100     deploy v3 = Z C D A
2000     end
"""


def opened(story: Story, *stages: tuple[float, str]) -> list[Event]:
    for minute, stage in stages:
        story.add(minute, "stage.opened", stage=stage, title=stage.title())
    return story.events


def of(events: list[Event], now: float) -> tuple[shown.DeliveryLine, ...]:
    return delivery.of_stages(progress.fold(events).stages, events, now=now)


def test_each_stage_has_its_own_metrics_and_the_first_begins_with_what_waited() -> None:
    first, second = of(opened(Story(TWO_STAGES), (0.5, "alpha"), (900, "beta")), 2000)
    assert (first.fail_rate, first.fail_rate_n, first.lead_time_n) == (0.5, 2, 1)
    assert first.lead_time == 14_432
    assert first.frequency is not None
    assert round(first.frequency * 10.625, 3) == 1
    assert (first.detect, first.act, first.recovery) == (20, 11, 31)
    assert (second.fail_rate, second.fail_rate_n, second.lead_time) == (0, 2, 10)
    assert second.bands["lead_time"] == "elite"
    assert second.moved == "The change fail rate fell from 50 % to 0 %: 0 of 2 deployments let customers down."
    assert first.moved == "Where it starts: most of a change's way is waiting to be deployed, 10 d."


def test_the_tries_that_a_reset_took_back_do_not_count() -> None:
    story = Story(TWO_STAGES)
    story.add(900, "stage.reset", stage="alpha")
    (line,) = of(opened(story, (0.5, "alpha")), 2000)
    assert (line.fail_rate, line.fail_rate_n, line.incidents) == (0, 2, 0)


def test_nothing_that_reached_customers_is_no_data_and_says_so() -> None:
    (line,) = of(opened(Story("100 end"), (0.5, "alpha")), 100)
    assert line.frequency is line.lead_time is line.recovery is None
    assert shown.lines(line, PLAIN) == ["  No new version has reached customers, so there is nothing to measure yet."]


def test_the_metrics_are_a_line_each_with_a_plot_and_a_sentence() -> None:
    first, _ = of(opened(Story(TWO_STAGES), (0.5, "alpha"), (900, "beta")), 2000)
    assert shown.lines(first, PLAIN) == [
        "    deployments       2.82 a month  medium 1 that brought something",
        "    lead time         10 d          low    1 change; waiting 10 d, rollout 2 min",
        "    change fail rate  50 %          low    2 deployments",
        "    recovery          31 min        elite  20 min to notice, 11 min to act",
        "    rework rate       50 %          low",
        "    availability      98.8 %        █▁██████████████████████",
        "    1 incident, 105 bad answers; 100 % of bad changes escaped",
        "    Where it starts: most of a change's way is waiting to be deployed, 10 d.",
    ]
    assert "".join(shown.lines(first, Paper(unicode=False))[5:6]).isascii()


def test_stages_stand_side_by_side() -> None:
    lines = of(opened(Story(TWO_STAGES), (0.5, "alpha"), (900, "beta")), 2000)
    _, alpha, beta = shown.table(list(zip(("Alpha", "Beta"), lines, strict=True)))
    assert alpha[2:6] == ("10 d", "50 %", "31 min", "50 %")
    assert beta[3:6] == ("0 %", "no data", "0 %")
