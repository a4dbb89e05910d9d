"""A dashboard over a workspace of fakes, and what a browser would send to it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from lab.session import workspace
from lab.session.session import Session
from lab.session.start import Wish, start
from lab.web.app import create
from lab.web.guard import Guard
from lab.web.keys import Keys
from tests.lab.session.conftest import folder, house, own_machine, session
from tests.lab.session.fake_house import FakeHouse

__all__ = ["folder", "house", "own_machine", "session"]
PORT = 4321
HERE = f"http://127.0.0.1:{PORT}"


class Browser:
    """A browser that has opened the dashboard."""

    def __init__(self, app: Guard, keys: Keys) -> None:
        self.client = TestClient(app, base_url=HERE, raise_server_exceptions=False)
        self.keys = keys

    def open(self) -> Browser:
        self.client.get("/", params={"code": self.keys.code()})
        return self

    @property
    def token(self) -> str:
        return self.keys.page_token(self.client.cookies[f"lab-{PORT}"])

    def get(self, path: str, **headers: str):
        return self.client.get(path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str):
        return self.client.post(path, json=body or {}, headers={"X-Lab-Token": self.token, "Origin": HERE} | headers)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory):
    """A workspace for tests that change nothing in it: making one takes a second."""
    room = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(room))
        patch.setenv("LAB_RUNTIME", str(room / "runtime"))
        made = FakeHouse(room / "scenarios")
        start(Wish("small", room / "harborline", seed=7), made, tell=lambda _: None)
        yield Session(workspace.read(room / "harborline"), made)


@pytest.fixture
def keys() -> Keys:
    return Keys("s" * 43)


@pytest.fixture
def app(session: Session, keys: Keys) -> Guard:
    return create(session, keys, port=PORT)


@pytest.fixture
def stranger(app: Guard, keys: Keys) -> Browser:
    return Browser(app, keys)


@pytest.fixture
def browser(stranger: Browser) -> Browser:
    return stranger.open()
