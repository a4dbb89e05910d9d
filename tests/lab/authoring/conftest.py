"""A scenario as `lab author new` writes it, and what reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.authoring.new import new
from lab.session.wiring import kinds


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new scenario, and a cache of its own for what stands on another."""
    monkeypatch.setattr("lab.scenario.overlay._cache", lambda: tmp_path / "cache")
    return new(tmp_path / "my-workshop", kinds())
