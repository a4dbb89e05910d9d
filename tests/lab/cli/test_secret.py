"""`lab secret`: the verbs of gh, and nothing that was ever set is printed."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from lab.company.pipelines.vault import Vault
from tests.lab.cli.test_main import Lab

if TYPE_CHECKING:
    from lab.session.session import Session
    from tests.lab.session.fake_house import FakeHouse


@pytest.fixture
def lab(house: FakeHouse, session: Session, capsys: pytest.CaptureFixture[str]) -> Lab:
    return Lab(house, session.workspace.clone, capsys)


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_a_secret_is_set_from_standard_input_listed_and_deleted(lab: Lab, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"hunter2\n")
    code, out, _ = lab("secret", "set", "registry_token")
    assert code == 0
    assert "The secret 'REGISTRY_TOKEN' is set." in out
    assert Vault(session.workspace.company).values() == {"REGISTRY_TOKEN": "hunter2"}
    code, out, _ = lab("secret", "list")
    assert out.startswith("REGISTRY_TOKEN  set at 09:0")
    assert '"name": "REGISTRY_TOKEN"' in lab("secret", "list", "--json")[1]
    assert lab("secret", "delete", "REGISTRY_TOKEN")[0] == 0
    assert lab("secret", "list")[1].startswith("No secret is set.")
    assert not [event for event in session.ledger.events() if "hunter2" in str(event.data)]


def test_the_value_may_stand_in_the_command(lab: Lab, session: Session) -> None:
    assert lab("secret", "set", "A", "--body", "one two")[0] == 0
    assert Vault(session.workspace.company).values() == {"A": "one two"}


@pytest.mark.parametrize("data", [b"", b"\n", b"\xff\xfe"])
def test_nothing_and_bytes_that_are_no_text_are_refused(lab: Lab, session: Session, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    pipe(monkeypatch, data)
    code, out, err = lab("secret", "set", "A")
    assert (code, out) == (2, "")
    assert "lab secret set A" in err
    assert Vault(session.workspace.company).values() == {}


def test_what_is_not_there_can_not_be_deleted(lab: Lab) -> None:
    assert lab("secret", "delete", "none")[0] == 2
