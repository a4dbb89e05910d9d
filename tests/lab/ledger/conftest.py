"""A ledger of the test's own."""

import pytest

from lab.ledger.store import Ledger


@pytest.fixture
def ledger(tmp_path):
    return Ledger.create(tmp_path / "ledger.db")
