"""Any ledger: the lab's metrics are those of the slow, independent reading of the definitions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.ledger.delivery.history import fold
from lab.ledger.delivery.measures import measure
from lab.ledger.delivery.model import Window
from tests.lab.ledger.delivery import slow
from tests.lab.ledger.delivery.story import Story

NAMES = ("A", "B", "C", "D", "E")
MINUTES = st.integers(0, 220)
FIELDS = ("lead_time", "recovery", "restore_other")
RATES = ("frequency", "fail_rate", "rework_rate", "availability", "escape_rate", "false_rejects")


@st.composite
def ledgers(draw: st.DrawFn) -> str:
    """The lines of a story in which much goes wrong at once."""
    lines = []
    for name in NAMES[: draw(st.integers(0, 5))]:
        label, kind = draw(st.sampled_from(["good", "bad"])), draw(st.sampled_from(["feature", "chore", "fix", "revert"]))
        link = draw(st.sampled_from(["", "of A", "of B", "of #1", "of #2"]))
        broken = draw(st.sampled_from(["", "breaks x", "breaks y"]))
        lines.append(f"{draw(MINUTES)} push {name} {label} {kind} {link} {broken}")
        what = draw(st.sampled_from(["", "", "", "withdraw", "reject"]))
        lines += [f"{draw(st.integers(221, 260))} {what} {name}"] if what else []
    versions: list[str] = []
    for number in range(draw(st.integers(0, 5))):
        start = draw(MINUTES)
        if versions and draw(st.booleans()):
            lines.append(f"{start} deploy {draw(st.sampled_from(versions))}")
            continue
        holds = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
        more = draw(st.sampled_from(["", "+own", "-A", "-B +own"]))
        verb = "laid" if not versions and draw(st.booleans()) else "deploy"
        length = draw(st.integers(0, 14)) if verb == "deploy" else 0
        lines.append(f"{0 if verb == 'laid' else start}..{start + length} {verb} v{number} = {' '.join(holds)} {more}")
        versions.append(f"v{number}")
    for _ in range(draw(st.integers(0, 3))):
        shares = draw(st.sampled_from(["0.95 {} 0.05", "0.5 {} 0.5", "0.995 {} 0.005"]))
        if len(versions) > 1:
            lines.append(f"{draw(MINUTES)} show {versions[0]} {shares.format(versions[1])}")
    for _ in range(draw(st.integers(0, 4))):
        start, length = draw(MINUTES), draw(st.integers(0, 30))
        lines.append(f"{start}..{start + length} {draw(st.sampled_from(['bad', 'bad x', 'bad y', 'out', 'slight', 'slight x']))}")
    for _ in range(draw(st.integers(0, 2))):
        start = draw(MINUTES)
        lines.append(f"{start}..{start + draw(st.integers(0, 40))} fault {draw(st.sampled_from(['infra', 'provider']))}")
    lines += [f"{draw(MINUTES)} page" for _ in range(draw(st.integers(0, 2)))]
    lines += [f"{draw(MINUTES)} violation" for _ in range(draw(st.integers(0, 1)))]
    return "\n".join([*lines, f"{draw(st.integers(261, 300))} end"])


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers())
def test_the_metrics_are_those_of_the_definitions(text: str) -> None:
    story = Story(text)
    end = int(story.now)
    history = fold(story.events, now=end)
    got = measure(history, Window(0, end))
    want: dict[str, Any] = slow.everything([(event.seq, event.minute, event.type, event.source, event.data) for event in story.events], end)
    deployments = [(one.exposed, one.full, one.ended, one.state, one.payload) for one in history.deployments]
    assert deployments == want["deployments"]
    assert [
        (one.opened, one.restored, one.harmed, one.deployment, one.cause, one.remediation, one.kind, one.paged) for one in history.incidents
    ] == want["incidents"]
    assert {name: (getattr(got, name).value, getattr(got, name).at_least) for name in FIELDS} == {name: want[name] for name in FIELDS}
    assert {name: getattr(got, name).value for name in RATES} == {name: want[name] for name in RATES}
    assert got.contained == want["contained"]
