"""The map: it grows by a stage at a time, what is done by hand falls away, and each piece says how it is now."""

from __future__ import annotations

import pytest

from lab.errors import ScenarioWrong
from lab.session import workspace
from lab.session.company_map import company_map
from lab.session.session import Session
from lab.session.start import Wish, start

DRAWN = """
format: 1
pieces:
  - {id: site, title: The site, since: C0, at: [1, 0], page: production, shows: site}
  - {id: customers, title: Customers, since: C0, at: [2, 0], page: production, shows: customers}
  - {id: deploy, title: deploy, since: C0, at: [0, 0], page: stage, shows: stage, own: true}
  - {id: hook, title: A hook, since: C1, at: [0, 1], page: stage, shows: stage, own: true}
  - {id: cloud, title: The cloud, since: C9, at: [0, 2], page: stage, shows: stage, own: true}
links:
  - [deploy, site, ships]
  - [hook, deploy, guards]
  - [cloud, site, carries]
handwork:
  - {id: watch, title: Watch, until: C0, hand: You look., done: A machine looks.}
  - {id: provision, title: Provision, until: C9, hand: You wire., done: It is code.}
"""


@pytest.fixture
def drawn(house, folder):
    """A workspace of two stages, C0 and C1, whose scenario brings a map."""
    house.codes = ("C0", "C1")
    start(Wish("small", folder, seed=7), house, tell=lambda _: None)
    session = Session(workspace.read(folder), house)
    (session.workspace.kept_scenario / "map.yaml").write_text(DRAWN)
    return session


def states(session):
    return {piece.id: piece.state for piece in company_map(session).pieces}


def told(session, name):
    return next(piece.told for piece in company_map(session).pieces if piece.id == name)


def pass_alpha(session):
    session.ledger.append("stage.passed", stage="alpha")
    later = [{"id": name, "title": name, "level": "core"} for name in ("first", "second")]
    session.ledger.append("stage.opened", stage="beta", title="Beta", checks=later, milestones=[])


def test_what_the_next_stage_brings_is_pale_and_what_comes_later_is_not_drawn(drawn):
    found = company_map(drawn)

    assert states(drawn)["hook"] == "planned"
    assert "cloud" not in states(drawn)
    assert found.links == (("deploy", "site", "ships"), ("hook", "deploy", "guards"))


def test_it_grows_and_handwork_falls_away_as_stages_pass(drawn):
    assert [(item.id, item.is_by_hand, item.told) for item in company_map(drawn).handwork] == [
        ("watch", True, "You look."),
        ("provision", True, "You wire."),
    ]
    pass_alpha(drawn)

    assert states(drawn)["hook"] == "working"
    assert [(item.id, item.is_by_hand, item.told) for item in company_map(drawn).handwork] == [
        ("watch", False, "A machine looks."),
        ("provision", True, "You wire."),
    ]


def test_the_learners_own_pieces_say_how_far_they_are(drawn):
    assert (states(drawn)["deploy"], told(drawn, "deploy")) == ("working", "0 of 3 checks pass.")
    finding = {"stage": "alpha", "check": "first", "message": "", "seed_kind": "practice", "evidence": "", "look_at": ""}
    drawn.ledger.append("check.finding", verdict="failed", **finding)

    assert (states(drawn)["deploy"], told(drawn, "deploy")) == ("hurts", "0 of 3 checks pass; not yet: The first thing holds.")
    assert [piece.id for piece in company_map(drawn).pieces if piece.is_own] == ["deploy", "hook"]


def test_customers_are_as_well_as_their_last_answers(drawn):
    assert (states(drawn)["customers"], told(drawn, "customers")) == ("quiet", "Nobody is buying right now.")
    drawn.ledger.append("answers", second=1, good=3, worst_ms=20)
    assert (states(drawn)["customers"], told(drawn, "customers")) == ("fine", "They get right answers.")
    drawn.ledger.append("answers", second=2, good=1, wrong=2, failed=1, worst_ms=20)

    assert (states(drawn)["customers"], told(drawn, "customers")) == ("hurts", "In the last seconds: 2 wrong and 1 turned away.")


def test_a_scenario_without_a_drawing_has_an_empty_map(session):
    assert company_map(session).pieces == ()


def test_a_link_to_a_piece_that_is_not_there_is_named(drawn):
    (drawn.workspace.kept_scenario / "map.yaml").write_text("format: 1\nlinks:\n  - [here, there, goes]\n")

    with pytest.raises(ScenarioWrong, match="a link names 'here'"):
        company_map(drawn)
