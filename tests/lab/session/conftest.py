"""A workspace on fakes, and nothing of the machine: no real home, no real git configuration, no real runtime directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.session import workspace
from lab.session.session import Session
from lab.session.start import Wish, start
from tests.lab.session.fake_house import FakeHouse

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home of somebody"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LAB_RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "LAB_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def house(tmp_path: Path) -> FakeHouse:
    return FakeHouse(tmp_path / "scenarios")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my work" / "harborline"


@pytest.fixture
def session(house: FakeHouse, folder: Path) -> Session:
    """A workspace whose first stage is open."""
    start(Wish("small", folder, seed=7), house, tell=lambda _: None)
    return Session(workspace.read(folder), house)
