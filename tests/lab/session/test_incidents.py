"""`lab incident`: customers open and end incidents; what the learner says of them is kept beside that, and changes no metric."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lab.errors import UsageProblem, WrongState
from lab.ledger.delivery import history, measures
from lab.ledger.delivery.model import Window
from lab.ledger.store import Event
from lab.report.incidents import incidents as shown
from lab.report.paper import PLAIN
from lab.session import incidents
from tests.lab.ledger.delivery.story import Story

STORY = """
0        laid v0 = Z
1        push B bad
30..32   deploy v1 = Z B
40..60   bad
50       page
61       deploy v0
200      end
"""


class Kept:
    """A ledger of a story's events, to which what the learner says is added."""

    def __init__(self, events: list[Event], now: float) -> None:
        self.kept, self.now = list(events), now

    def events(self, *types: str) -> list[Event]:
        return [event for event in self.kept if not types or event.type in types]

    def minute(self) -> float:
        return self.now

    def append(self, type_: str, *, actor: str, source: str, **data: Any) -> None:
        last = self.kept[-1]
        self.kept.append(replace(last, seq=last.seq + 1, minute=self.now, type=type_, actor=actor, source=source, data=data))


class Told:
    """What the use cases need of a session."""

    def __init__(self, now: float = 200.0) -> None:
        self.ledger = Kept([event for event in Story(STORY).events if event.minute <= now], now)


def clock(minute: int) -> str:
    return f"{9 + minute // 60:02}:{minute % 60:02}"


def test_an_incident_is_acknowledged_noted_resolved_and_reviewed() -> None:
    session: Any = Told()
    (line,) = incidents.incidents(session).incidents
    assert (line.number, line.state, line.paged, line.acked) == (1, "restored", 50, None)
    before = measures.measure(history.fold(session.ledger.kept, now=200), Window(0, 200))
    assert "Incident #1 is yours." in incidents.acknowledge(session, 1).sentences[0]
    incidents.note(session, 1, "totals are a cent off since v1")
    assert "Incident #1 is resolved." in incidents.resolve(session, 1).sentences[0]
    told = {"detected": clock(50), "mitigated": clock(61), "resolved": clock(61), "cause": "change"}
    assert incidents.review(session, 1, told).sentences == ("The post-mortem of incident #1 says what the ledger says.",)
    (line,) = incidents.incidents(session).incidents
    assert (line.state, line.acked, line.reviewed, [note.text for note in line.notes]) == (
        "resolved",
        200,
        "true",
        ["totals are a cent off since v1"],
    )
    assert measures.measure(history.fold(session.ledger.kept, now=200), Window(0, 200)) == before
    text = shown(incidents.incidents(session), PLAIN)
    assert "#1" in text
    assert "post-mortem is true" in text
    assert "totals are a cent off since v1" in text


def test_a_wrong_post_mortem_is_kept_and_says_which_field_is_not_so() -> None:
    session: Any = Told()
    report = incidents.review(session, 1, {"detected": clock(41), "mitigated": clock(61), "resolved": clock(61), "cause": "infra"})
    assert report.sentences[0] == "The post-mortem of incident #1 is kept, and it is not true yet."
    words = ("'detected'", "cause", "'mitigated'")
    assert [word for sentence in report.sentences[1:] for word in words if word in sentence] == ["'detected'", "cause"]
    assert incidents.incidents(session).incidents[0].reviewed == "not true"


def test_what_is_not_over_can_be_neither_resolved_nor_reviewed() -> None:
    session: Any = Told(now=55)
    for act in (lambda: incidents.resolve(session, 1), lambda: incidents.review(session, 1, {})):
        with pytest.raises(WrongState, match="Incident #1 is not over"):
            act()


def test_bad_input_names_what_there_is() -> None:
    session: Any = Told()
    with pytest.raises(UsageProblem, match="There is no incident #7") as refused:
        incidents.acknowledge(session, 7)
    assert "#1" in refused.value.remedy
    with pytest.raises(UsageProblem, match="note is empty"):
        incidents.note(session, 1, "  ")
    with pytest.raises(UsageProblem, match="'detected' is 'noon'"):
        incidents.review(session, 1, {"detected": "noon", "mitigated": "10:01", "resolved": "10:01", "cause": "change"})
    with pytest.raises(UsageProblem, match="cause is 'Tom'"):
        incidents.review(session, 1, {"cause": "Tom"})
    with pytest.raises(UsageProblem, match="not YAML"):
        incidents.from_file("a: [")
    with pytest.raises(UsageProblem, match="should be a mapping"):
        incidents.from_file("- 1")
    assert incidents.from_file("detected: '12:04'") == {"detected": "12:04"}
