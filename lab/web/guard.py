"""The outermost layer: no request and no websocket passes it without the right Host, the right Origin and the token.

It is plain ASGI and stands outside everything else, error pages and static files included, so that nothing escapes it.
The attacks it is for: DNS rebinding (a foreign name that resolves to this machine), cross-site requests, websockets opened
by another page, other servers on this machine (their pages are "same site" to a browser, but not the same origin).
"""

from __future__ import annotations

from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from lab.web.keys import COOKIE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from typing import Any

    from lab.web.keys import Keys

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

SAFE: Final = frozenset({"GET", "HEAD"})
TOKEN_HEADER: Final = "x-lab-token"  # noqa: S105 - the header's name
TERMINAL: Final = "/terminal"
_FETCHED_BY_US: Final = frozenset({"", "none", "same-origin"})
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self' ws://{host}; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_CLOSED: Final = "Open the dashboard with the address that `lab serve` prints: it holds a code that works once."


@dataclass(frozen=True)
class _Asked:
    """What the guard looks at of a request."""

    kind: str
    method: str
    path: str
    query: str
    headers: dict[str, list[str]]

    @classmethod
    def of(cls, scope: Scope) -> _Asked:
        headers: dict[str, list[str]] = {}
        for name, value in scope.get("headers", ()):
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        query = scope.get("query_string", b"").decode("latin-1")
        return cls(scope["type"], scope.get("method", "GET"), scope.get("path", "/"), query, headers)

    def header(self, name: str) -> str:
        """The header's one value; empty when it is missing or came twice."""
        values = self.headers.get(name, [])
        return values[0] if len(values) == 1 else ""

    @property
    def is_socket(self) -> bool:
        return self.kind == "websocket"

    @property
    def is_change(self) -> bool:
        return not self.is_socket and self.method not in SAFE


class Guard:
    """The layer. `port` is the dashboard's own: other Hosts than the loopback's names with it are refused."""

    def __init__(self, app: App, keys: Keys, *, port: int) -> None:
        self.app = app
        self.keys = keys
        self.hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
        self.cookie = f"lab-{port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, exchange a code for a cookie, or pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        asked = _Asked.of(scope)
        status, sentence = self._objection(asked)
        if status:
            await _refuse(asked, receive, send, status, sentence, self._headers(asked))
        elif code := self._code(asked):
            await self._exchange(asked, code, send)
        else:
            scope["lab.page_token"] = self.keys.page_token(self._cookie(asked))
            await self.app(scope, receive, self._with_headers(asked, send))

    def _objection(self, asked: _Asked) -> tuple[int, str]:
        """The status and the sentence of a refusal; 0 when there is nothing against it."""
        if asked.header("host") not in self.hosts:
            return 400, "This is not an address of the dashboard."
        if self._is_foreign(asked):
            return 403, "Another page asked for this, and only the dashboard's own may."
        if self._is_program(asked) or self._code(asked):
            return 0, ""
        cookie = self._cookie(asked)
        if not self.keys.is_cookie(cookie):
            return 401, _CLOSED
        if asked.is_change and not self.keys.is_page_token(cookie, asked.header(TOKEN_HEADER)):
            return 403, "This call changes something and lacks the page's token. Reload the page."
        return 0, ""

    def _is_foreign(self, asked: _Asked) -> bool:
        """Whether a page that is not ours asks; a websocket that names no page is taken for one."""
        if (asked.is_socket or "origin" in asked.headers) and asked.header("origin") != f"http://{asked.header('host')}":
            return True
        return asked.header("sec-fetch-site") not in _FETCHED_BY_US and not self._is_navigation(asked)

    def _is_program(self, asked: _Asked) -> bool:
        """Whether it shows the secret of the file: a program of the same person, no page."""
        kind, _, told = asked.header("authorization").partition(" ")
        return kind.lower() == "bearer" and self.keys.is_secret(told)

    def _is_navigation(self, asked: _Asked) -> bool:
        """Whether somebody follows a link to a page: nothing is changed by it, and a Strict cookie does not come along."""
        return asked.method in SAFE and not asked.is_socket and asked.header("sec-fetch-mode") == "navigate" and "/api/" not in asked.path

    def _code(self, asked: _Asked) -> str:
        if asked.is_socket or asked.method != "GET" or asked.path != "/":
            return ""
        return (parse_qs(asked.query).get("code") or [""])[0]

    def _cookie(self, asked: _Asked) -> str:
        try:
            found = SimpleCookie(asked.header("cookie")).get(self.cookie)
        except CookieError:
            return ""
        return found.value if found else ""

    async def _exchange(self, asked: _Asked, code: str, send: Send) -> None:
        """A code becomes a cookie and leaves the address; one that was used opens nothing, but does not close what is open."""
        made = self.keys.redeem(code)
        if made is None and not self.keys.is_cookie(self._cookie(asked)):
            await _answer(send, 401, f"This code was used already, or is too old. {_CLOSED}", self._headers(asked))
            return
        headers = [(b"location", b"/"), *self._headers(asked)]
        if made:
            words = f"{self.cookie}={made}; Path=/; HttpOnly; SameSite=Strict; Max-Age={COOKIE_SECONDS}"
            headers.append((b"set-cookie", words.encode()))
        await send({"type": "http.response.start", "status": 303, "headers": [*headers, (b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    def _with_headers(self, asked: _Asked, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message.get("headers", ())}
                more = [pair for pair in self._headers(asked) if pair[0] not in given]
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        return sending

    def _headers(self, asked: _Asked) -> list[tuple[bytes, bytes]]:
        """The headers of every answer. The terminal alone may have inline styles: xterm.js writes its own."""
        host = asked.header("host") if asked.header("host") in self.hosts else "127.0.0.1"
        policy = _POLICY.format(host=host, styles=" 'unsafe-inline'" if asked.path == TERMINAL else "")
        return [
            (b"content-security-policy", policy.encode()),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-frame-options", b"DENY"),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"cache-control", b"no-store"),
        ]


async def _refuse(asked: _Asked, receive: Receive, send: Send, status: int, sentence: str, headers: list[tuple[bytes, bytes]]) -> None:
    if not asked.is_socket:
        await _answer(send, status, sentence, headers)
        return
    await receive()  # websocket.connect; closed before it is accepted, a server answers 403
    await send({"type": "websocket.close", "code": 1008, "reason": sentence})


async def _answer(send: Send, status: int, sentence: str, headers: list[tuple[bytes, bytes]]) -> None:
    body = f"{sentence}\n".encode()
    told = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
