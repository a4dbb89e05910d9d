"""The attacks that a dashboard on the loopback must stand (robustness S26 to S29)."""

from __future__ import annotations

import re

import pytest
from starlette.websockets import WebSocketDisconnect

from lab import process
from lab.session.session import Session
from lab.web.keys import Keys
from tests.lab.web.conftest import HERE, PORT, Browser

EVIL = "https://evil.example"


@pytest.fixture
def session(shared: Session) -> Session:
    return shared


EVERYTHING = ("/", "/stage", "/api/status", "/api/openapi.json", "/api/stream", "/static/x/app.js", "/nowhere")


@pytest.mark.parametrize("path", EVERYTHING)
def test_nothing_is_shown_without_the_token(stranger: Browser, path: str):
    answer = stranger.get(path)

    assert answer.status_code == 401
    assert "lab serve" in answer.text


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:1", "", f"127.0.0.1:{PORT}.evil.example"])
@pytest.mark.parametrize("path", ["/", "/api/status", "/static/x/app.js"])
def test_a_foreign_name_that_resolves_to_this_machine_is_refused(browser: Browser, host: str, path: str):
    assert browser.get(path, host=host).status_code == 400


def test_a_code_works_once_and_leaves_the_address(stranger: Browser):
    code = stranger.keys.code()
    first = stranger.client.get("/", params={"code": code}, follow_redirects=False)

    assert first.status_code == 303
    assert first.headers["location"] == "/"
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    stranger.client.cookies.clear()
    second = stranger.client.get("/", params={"code": code}, follow_redirects=False)
    assert second.status_code == 401
    assert "set-cookie" not in second.headers


@pytest.mark.parametrize("code", ["", "x", "a" * 5000, "%00"])
def test_a_guessed_code_opens_nothing(stranger: Browser, code: str):
    assert stranger.client.get(f"/?code={code}", follow_redirects=False).status_code == 401


def test_a_forged_cookie_opens_nothing(stranger: Browser):
    for value in ("", "x", "x.y.z", "a" * 3000, stranger.keys.cookie()[:-1]):
        stranger.client.cookies.clear()
        assert stranger.get("/api/status", cookie=f"lab-{PORT}={value}").status_code == 401


def test_the_cookie_of_another_dashboard_opens_nothing(browser: Browser, stranger: Browser):
    foreign = Keys("t" * 43).cookie()
    stranger.client.cookies.clear()
    assert stranger.get("/api/status", cookie=f"lab-{PORT}={foreign}").status_code == 401


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:1", f"http://localhost:{PORT}", f"https://127.0.0.1:{PORT}"])
def test_another_page_can_neither_read_nor_change(browser: Browser, origin: str):
    assert browser.get("/api/status", origin=origin).status_code == 403
    assert browser.post("/api/check", Origin=origin).status_code == 403


def test_a_form_of_another_page_changes_nothing(browser: Browser, session):
    before = session.ledger.seq()
    plain = {"Content-Type": "text/plain"}
    assert browser.client.post("/api/hints", content="{}", headers=plain | {"Origin": EVIL}).status_code == 403
    assert browser.client.post("/api/hints", content="{}", headers=plain).status_code == 403
    assert browser.client.post("/api/hints", content="{}", headers=plain | {"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert session.ledger.seq() == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_whatever_is_no_question_needs_the_pages_token(browser: Browser, method: str):
    assert browser.client.request(method, "/api/hints", headers={"Origin": HERE}).status_code == 403
    assert browser.client.request(method, "/api/hints", headers={"Origin": HERE, "X-Lab-Token": "0" * 64}).status_code == 403


def test_a_page_of_another_server_on_this_machine_reads_nothing(browser: Browser):
    """To a browser it is the same site, so the cookie comes along."""
    assert browser.get("/api/status", **{"sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"}).status_code == 403
    assert browser.get("/api/status", **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 403
    assert browser.get("/stage", **{"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200


@pytest.mark.parametrize("origin", ["", EVIL, "null", "http://127.0.0.1:1"])
def test_a_websocket_of_another_page_is_closed_before_it_is_accepted(browser: Browser, origin: str):
    headers = {"host": f"127.0.0.1:{PORT}"} | ({"origin": origin} if origin else {})
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        browser.client.websocket_connect(f"ws://127.0.0.1:{PORT}/api/terminal", headers=headers),
    ):
        pass
    assert closed.value.code == 1008


def test_a_websocket_without_the_cookie_is_closed_before_it_is_accepted(stranger: Browser):
    headers = {"origin": HERE, "host": f"127.0.0.1:{PORT}"}
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        stranger.client.websocket_connect(f"ws://127.0.0.1:{PORT}/api/terminal", headers=headers),
    ):
        pass
    assert closed.value.code == 1008


def test_a_terminal_starts_nothing_before_the_pages_token_came(browser: Browser, monkeypatch):
    monkeypatch.setattr(process, "attach", lambda *_, **__: pytest.fail("it was started"))
    headers = {"origin": HERE, "host": f"127.0.0.1:{PORT}"}
    for hello in ('{"token": "wrong", "place": "clone"}', "{}", "[]", "nonsense"):
        with browser.client.websocket_connect(f"ws://127.0.0.1:{PORT}/api/terminal", headers=headers) as socket:
            socket.send_text(hello)
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_bytes()
        assert closed.value.code == 1008


def test_no_answer_lets_another_page_read_it(browser: Browser):
    answer = browser.get("/api/status")

    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/stage", "/api/status", "/nowhere"])
def test_every_answer_is_told_what_a_page_may_do(browser: Browser, path: str):
    headers = browser.get(path).headers
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_the_terminal_alone_may_style_itself(browser: Browser):
    policy = browser.get("/terminal").headers["content-security-policy"]

    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe-eval" not in policy


def test_a_program_of_the_same_person_shows_the_secret_of_the_file(stranger: Browser):
    bearer = {"Authorization": f"Bearer {stranger.keys.secret}"}
    told = stranger.client.post("/api/code", headers=bearer)

    assert re.fullmatch(rf"{HERE}/\?code=\S+", told.json()["address"])
    assert stranger.client.post("/api/code", headers={"Authorization": "Bearer x"}).status_code == 401
    assert stranger.client.post("/api/code", headers=bearer | {"Origin": EVIL}).status_code == 403
    assert stranger.client.post("/api/code", headers=bearer | {"Host": "evil.example"}).status_code == 400
