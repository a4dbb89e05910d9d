"""What stands on the time axis of production beside customers' answers."""

from __future__ import annotations

from lab.ledger.store import Ledger
from lab.session.production import _arrivals


def shown(tmp_path, pictures):
    """The versions that are marked when the door sees these pictures, one a second."""
    ledger = Ledger.create(tmp_path / "ledger.db")
    for second, picture in enumerate(pictures):
        ledger.append_many(
            [("version.seen", "customers", "door", {"sha": sha, "share": share, "second": second}) for sha, share in picture.items()]
        )
    return [event.data["sha"] for event in _arrivals(ledger.events("version.seen"))]


def test_a_version_is_marked_when_it_comes_and_not_when_its_share_moves(tmp_path):
    assert shown(tmp_path, [{"old": 1.0}, {"new": 0.2, "old": 0.8}, {"new": 0.9, "old": 0.1}, {"new": 1.0}]) == ["old", "new"]


def test_a_version_that_comes_back_is_marked_again(tmp_path):
    assert shown(tmp_path, [{"old": 1.0}, {"new": 1.0}, {"old": 1.0}]) == ["old", "new", "old"]
