"""The pager: an inbox for whatever watches the shop.

It has three addresses: `/page` wakes somebody, `/ticket` waits for the morning, `/heartbeat` is the dead man's switch:
when it has beaten and then falls silent, the pager raises a page by itself.

It takes Alertmanager's webhook (version 4; a group is one page, known by its `groupKey`) and a plain form:
`{"summary": "…", "key": "…", "status": "firing" or "resolved", "severity": "…", "runbook": "…"}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from lab.company.monitoring.durations import MINUTE
from lab.company.servers.ports import LOOPBACK
from lab.errors import LabError, WorldUnavailable

if TYPE_CHECKING:
    from lab.company.loop import Loop
    from lab.ledger.store import Ledger

CHANNELS: Final = ("page", "ticket")
HEARTBEAT: Final = "heartbeat"
SILENCE: Final = 3 * MINUTE
"""Seconds without a heartbeat after which the pager raises a page by itself: three company minutes."""
LOST: Final = "the heartbeat of your monitoring stopped"
_LONGEST: Final = 1_000_000
_TEXT: Final = 4_000


@dataclass(frozen=True)
class Page:
    """A page or a ticket, from the moment it came. Times are of the monotonic clock, in seconds; `resolved` None: still open.

    `text` is all its words (labels and annotations), `again` how often it came back within the same minute's thread.
    """

    channel: str
    key: str
    at: float
    title: str
    text: str
    severity: str = ""
    runbook: str = ""
    resolved: float | None = None


@dataclass
class Pager:
    """Listens on `port` and keeps what comes in the ledger (`page`, `page.resolved`, `ticket`, `ticket.resolved`)."""

    loop: Loop
    port: int
    ledger: Ledger
    is_ill: bool = False
    pages: list[Page] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    _notes: set[asyncio.Task[None]] = field(default_factory=set)
    _beat: float | None = None
    _server: asyncio.Server | None = None
    _watching: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The address; `/page`, `/ticket` and `/heartbeat` are below it."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def has_heartbeat(self) -> bool:
        """Whether a heartbeat was ever heard."""
        return self._beat is not None

    def start(self) -> None:
        """Listen.

        Raises:
            WorldUnavailable: the port is taken.
        """
        self.loop.call(self._open(), timeout=10)

    def stop(self) -> None:
        """Listen no more."""
        with contextlib.suppress(TimeoutError):
            self.loop.call(self._close(), timeout=5)

    async def _open(self) -> None:
        try:
            self._server = await asyncio.start_server(self._guest, LOOPBACK, self.port)
        except OSError as problem:
            raise WorldUnavailable(f"The pager could not listen on port {self.port}: {problem.strerror or problem}.") from problem
        self._watching = asyncio.create_task(self._watch())

    async def _close(self) -> None:
        if self._watching:
            self._watching.cancel()
        if self._server:
            self._server.close()

    async def _watch(self) -> None:
        """Raise a page when the heartbeat falls silent; it is resolved when it beats again."""
        while True:
            await asyncio.sleep(0.1)
            if self._beat is not None and time.monotonic() - self._beat > SILENCE and not self._open_page("page", HEARTBEAT):
                self._firing("page", HEARTBEAT, LOST, LOST, {"severity": "page"})

    async def _guest(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            status = await asyncio.wait_for(self._answer(reader), 10)
            writer.write(f"HTTP/1.1 {status} {'OK' if status < 300 else 'No'}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())  # noqa: PLR2004
            await writer.drain()
        except (OSError, EOFError, TimeoutError, ValueError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader) -> int:
        """Take one request; gives the status of the answer."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, path, _ = head.split(" ", 2)
        length = next((line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith("content-length:")), "0")
        body = await reader.readexactly(int(length)) if length.isdigit() and int(length) <= _LONGEST else b""
        if self.is_ill:
            return 500
        name = path.strip("/").split("?")[0]
        if name == HEARTBEAT:
            return self._beats(body)
        if name not in CHANNELS or method != "POST":
            self._strange(f"{method} {path}: the pager has /page, /ticket and /heartbeat, and takes POST.")
            return 404
        return self._take(name, body)

    def _beats(self, body: bytes) -> int:
        with contextlib.suppress(ValueError):
            told = json.loads(body or b"{}")
            if isinstance(told, dict) and told.get("status") == "resolved":
                return 200
        self._beat = time.monotonic()
        if self._open_page("page", HEARTBEAT):
            self._resolved("page", HEARTBEAT)
        return 200

    def _take(self, channel: str, body: bytes) -> int:
        try:
            told = json.loads(body)
            assert isinstance(told, dict)
        except (ValueError, AssertionError):
            self._strange(f"/{channel} got what is no JSON object: {body[:80]!r}")
            return 400
        if "alerts" in told and "groupKey" in told:
            firing = [one for one in told["alerts"] if isinstance(one, dict) and one.get("status") == "firing"]
            key, title = str(told["groupKey"]), _title(firing or told["alerts"])
            words, labels = _words(told), _first(told["alerts"])
        else:
            title = str(told.get("summary") or told.get("text") or told.get("title") or "")
            key, words, labels = str(told.get("key") or title), json.dumps(told, ensure_ascii=False), told
            if not title and told.get("status") != "resolved":
                self._strange(f"/{channel} got a page without 'summary': {words[:80]}")
                return 400
        if told.get("status") == "resolved":
            self._resolved(channel, key)
        else:
            self._firing(channel, key, title, words, labels)
        return 200

    def _strange(self, sentence: str) -> None:
        if len(self.strange) < 20:  # noqa: PLR2004 - a screen's worth
            self.strange.append(sentence)

    def _open_page(self, channel: str, key: str) -> int:
        """Which page of that key is open, counted from 1; 0 if there is none."""
        found = [place for place, page in enumerate(self.pages) if (page.channel, page.key, page.resolved) == (channel, key, None)]
        return found[0] + 1 if found else 0

    def _firing(self, channel: str, key: str, title: str, words: str, labels: Any) -> None:
        place = self._open_page(channel, key)
        told = labels if isinstance(labels, dict) else {}
        if place:
            page = self.pages[place - 1]
            self.pages[place - 1] = replace(page, text=page.text if words in page.text else f"{page.text}\n{words}"[-_TEXT:])
            return
        runbook = str(told.get("runbook_url") or told.get("runbook") or "")
        page = Page(channel, key, time.monotonic(), title[:200], words[:_TEXT], str(told.get("severity") or ""), runbook)
        self.pages.append(page)
        self._note(channel, key=key, group=key, title=page.title, severity=page.severity)

    def _resolved(self, channel: str, key: str) -> None:
        place = self._open_page(channel, key)
        if place:
            self.pages[place - 1] = replace(self.pages[place - 1], resolved=time.monotonic())
            self._note(f"{channel}.resolved", key=key, group=key)

    def _note(self, type_: str, **data: Any) -> None:
        async def write() -> None:
            with contextlib.suppress(LabError):
                await asyncio.to_thread(lambda: self.ledger.append(type_, actor="pager", source="pager", **data))

        task = asyncio.get_running_loop().create_task(write())
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)


def _first(alerts: Any) -> dict[str, Any]:
    """What the alerts of a group say, the first one that says it: a group need not agree on its runbook."""
    told: dict[str, Any] = {}
    for one in alerts if isinstance(alerts, list) else []:
        told = {**(one.get("labels") or {}), **(one.get("annotations") or {}), **told}
    return told


def _title(alerts: Any) -> str:
    """What the first alerts of a group say of themselves."""
    said = []
    for one in alerts if isinstance(alerts, list) else []:
        labels, notes = one.get("labels") or {}, one.get("annotations") or {}
        said.append(str(notes.get("summary") or notes.get("title") or labels.get("alertname") or ""))
    return "; ".join(dict.fromkeys(filter(None, said)))[:200]


def _words(told: dict[str, Any]) -> str:
    """Every label and annotation of a group, as text."""
    lines = []
    for one in told.get("alerts") or []:
        pairs = {**(one.get("labels") or {}), **(one.get("annotations") or {})}
        lines.append(" ".join(f"{name}={value}" for name, value in pairs.items()))
    return "\n".join(dict.fromkeys(lines))
