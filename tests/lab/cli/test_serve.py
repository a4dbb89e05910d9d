"""`lab serve` where the extra is not installed: a sentence, the exact way to get it, exit 4, and nothing begun."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from lab.cli.commands import serving
from lab.session.session import Session
from tests.lab.cli.test_main import Lab
from tests.lab.session.fake_house import FakeHouse


@pytest.fixture
def lab(house: FakeHouse, session: Session, capsys: pytest.CaptureFixture[str]) -> Lab:
    return Lab(house, session.workspace.clone, capsys)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that cannot import what the dashboard needs."""
    for name in ("fastapi", "uvicorn", "itsdangerous", "nicegui"):
        monkeypatch.setitem(sys.modules, name, None)


def test_without_the_extra_a_sentence_says_how_to_get_it(lab: Lab, house: FakeHouse, bare: None):
    woken = house.woken
    code, out, err = lab("serve", "--no-open")

    assert (code, out, house.woken) == (4, "", woken)
    assert "The dashboard needs fastapi, uvicorn, itsdangerous, nicegui, which are not installed." in err
    assert "lab serve --install" in err
    assert "Traceback" not in err


def test_one_that_is_missing_is_named_alone(lab: Lab, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "itsdangerous", None)
    code, _, err = lab("serve", "--no-open")

    assert code == 4
    assert "The dashboard needs itsdangerous, which is not installed." in err


def test_an_installation_that_fails_is_said_and_not_served(lab: Lab, bare: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "command", lambda: [sys.executable, "-c", "print('no index answers'); raise SystemExit(1)"])
    code, _, err = lab("serve", "--no-open", "--install")

    assert code == 4
    assert "It could not be installed: no index answers" in err
    assert "Is the package index reachable?" in err


def test_what_is_installed_is_the_labs_own_hashed_list(bare: None):
    words = serving.command()

    assert words[:4] == [sys.executable, "-m", "pip", "install"]
    assert {"--no-deps", "--require-hashes"} <= set(words)
    listed = Path(words[-1]).read_text(encoding="utf-8")
    assert all(f"\n{name}==" in f"\n{listed}" for name in serving.missing())
    assert "--hash=sha256:" in listed


def test_nothing_is_missing_here():
    assert serving.missing() == ()
