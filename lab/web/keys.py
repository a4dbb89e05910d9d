"""Who may look: a one-time code in the first address, then a signed cookie; and a second token for whatever changes something.

The secret stands in a file that only its owner reads, so that a restarted dashboard knows its browsers again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
import time
from typing import TYPE_CHECKING, Final

from itsdangerous import BadSignature, TimestampSigner

from lab.session import durable

if TYPE_CHECKING:
    from pathlib import Path

    from lab.session.workspace import Workspace

FILE: Final = "dashboard.json"
CODE_SECONDS: Final = 600.0
COOKIE_SECONDS: Final = 14 * 24 * 3600
_PRIVATE: Final = 0o600


class Keys:
    """The tokens of one dashboard. Safe to use from several threads."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._signer = TimestampSigner(secret, salt="lab-dashboard")
        self._codes: dict[str, float] = {}
        self._lock = threading.Lock()

    def code(self) -> str:
        """A new code that opens the dashboard once, within `CODE_SECONDS`."""
        made = secrets.token_urlsafe(24)
        with self._lock:
            now = time.monotonic()
            self._codes = {code: until for code, until in self._codes.items() if until > now}
            self._codes[made] = now + CODE_SECONDS
        return made

    def redeem(self, code: str) -> str | None:
        """A new cookie's value for a code; None when it was used, is too old, or never was one."""
        with self._lock:
            until = self._codes.pop(code, 0.0)
        return self.cookie() if until > time.monotonic() else None

    def cookie(self) -> str:
        """A new cookie's value."""
        return self._signer.sign(secrets.token_urlsafe(18)).decode()

    def is_cookie(self, value: str) -> bool:
        """Whether this dashboard made the cookie, and it is not too old."""
        try:
            self._signer.unsign(value, max_age=COOKIE_SECONDS)
        except BadSignature:
            return False
        return True

    def page_token(self, cookie: str) -> str:
        """What a page of the browser with this cookie sends in a header with every call that changes something."""
        return hmac.new(self.secret.encode(), f"page:{cookie}".encode(), hashlib.sha256).hexdigest()

    def is_page_token(self, cookie: str, token: str) -> bool:
        """Whether `token` belongs to the cookie."""
        return hmac.compare_digest(self.page_token(cookie).encode(), token.encode("utf-8", "replace"))

    def is_secret(self, told: str) -> bool:
        """Whether a program of this person's shows the secret of the file."""
        return hmac.compare_digest(self.secret.encode(), told.encode("utf-8", "replace"))


def file(workspace: Workspace) -> Path:
    """Where a workspace's dashboard keeps its port and its secret."""
    return workspace.lab / FILE


def load(workspace: Workspace) -> tuple[str, int]:
    """The secret (made at the first time) and the port of the last time; 0 when there was none."""
    told = durable.read_json(file(workspace))
    if isinstance(told, dict) and isinstance(told.get("secret"), str) and len(told["secret"]) >= 32:  # noqa: PLR2004 - a whole one
        port = told.get("port")
        return told["secret"], port if isinstance(port, int) else 0
    return secrets.token_urlsafe(32), 0


def save(workspace: Workspace, *, secret: str, port: int) -> None:
    """Keep them, for the owner's eyes only.

    Raises:
        WorldUnavailable: the disk is full or read-only.
    """
    durable.write(file(workspace), json.dumps({"port": port, "secret": secret}) + "\n", mode=_PRIVATE)
