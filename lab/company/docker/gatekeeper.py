"""The company's own socket to the Docker engine: what jobs and verbs find in DOCKER_HOST. It passes on what its policy lets through.

It lives on the company's loop. A request that is refused is answered as the engine answers: a status and a JSON `message`, which
`docker` shows as "Error response from daemon". A request that the engine could not take because it is gone is counted: whoever ran
what asked can then say that nobody could judge it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

import h11

from lab import rooms
from lab.company.docker import wire
from lab.company.docker.asked import Asked, NotLetThrough
from lab.company.docker.permitted import Bounds
from lab.company.docker.policy import Policy, needs_body
from lab.company.docker.wire import EngineGone, Side
from lab.company.guests import Guests

if TYPE_CHECKING:
    from lab.company.docker.values import Owner
    from lab.company.loop import Loop

FORBIDDEN: Final = 403
UNAVAILABLE: Final = 503
BODY: Final = 1_000_000
SHORTEST: Final = 1.0
PAUSE: Final = 0.2
SWITCHING: Final = 101
_VERSION: Final = re.compile(r"(/v\d+\.\d+)?(/.*)")
_KEPT: Final = frozenset({b"content-type", b"content-length", b"transfer-encoding", b"x-registry-auth", b"x-registry-config", b"upgrade"})
_BODIES: Final = frozenset({"", "application/json", "application/x-tar", "application/tar", "application/octet-stream", "text/plain"})
_ANSWERED: Final = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"upgrade"})
_ODD: Final = re.compile(r"%|//|\\|/\.\.?(/|$)")
GONE: Final = "The Docker engine does not answer."


@dataclass
class Gatekeeper:
    """A socket for `owner` before the engine at the unix socket `engine`. `folders`, which may grow, may be shown to containers."""

    loop: Loop
    engine: str
    owner: Owner
    registry: str
    folders: set[Path] = field(default_factory=set)
    losses: int = 0
    _place: Path | None = None
    _server: asyncio.Server | None = None
    _guests: Guests = field(init=False)

    def __post_init__(self) -> None:
        """Nobody is there yet."""
        self._guests = Guests(self._receive, (OSError, EOFError, ValueError, h11.ProtocolError))

    def start(self) -> str:
        """Listen; gives the value of DOCKER_HOST. A socket's path is short, so it lies in a temporary folder of its own."""
        if self._place is None:
            self._place = Path(tempfile.mkdtemp(prefix=rooms.prefix("dock")))
            self.loop.call(self._open(self._place / "s"), timeout=10)
        return f"unix://{self._place / 's'}"

    def stop(self) -> None:
        """Listen no more; what is under way is cut."""
        place, self._place = self._place, None
        if place:
            with contextlib.suppress(TimeoutError):
                self.loop.call(self._close(), timeout=5)
            shutil.rmtree(place, ignore_errors=True)

    async def _open(self, path: Path) -> None:
        self._server = await asyncio.start_unix_server(self._guests, str(path), limit=wire.CHUNK)
        os.chmod(path, 0o600)  # noqa: PTH101 - on the loop, and of no file that could be slow

    async def _close(self) -> None:
        if self._server:
            self._server.close()
        await self._guests.cut()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which is one request."""
        guest = Side(reader, writer, h11.SERVER)
        request = await guest.hear()
        if not isinstance(request, h11.Request):
            return
        try:
            version, asked = await self._asked(guest, request)
            policy = Policy(Bounds(self.owner.labels, tuple(self.folders)), self.registry, partial(wire.look, self.engine))
            await self._pass_on(guest, request, version, await policy.judge(asked))
        except NotLetThrough as refused:
            status = 404 if str(refused).startswith("No such") else FORBIDDEN
            await _answer(guest, status, str(refused))
        except EngineGone:
            self.losses += 1
            if guest.http.our_state is h11.SEND_RESPONSE:
                await _answer(guest, UNAVAILABLE, GONE)

    async def _asked(self, guest: Side, request: h11.Request) -> tuple[str, Asked]:
        """What is asked for, by the API's version; with its body where that is what is judged."""
        method, (path, _, query) = request.method.decode("ascii"), request.target.decode("latin-1").partition("?")
        found = _VERSION.fullmatch(path)
        if found is None or _ODD.search(path):
            raise NotLetThrough(f"The path '{path[:200]}' is not let through.")
        headers = dict(request.headers)
        if headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower() not in _BODIES:
            raise NotLetThrough("A body of this kind is not let through: JSON, or a tar file.")
        body = None
        if needs_body(method, found[2]):
            try:
                body = json.loads(await guest.body(BODY) or b"{}")
            except (ValueError, RecursionError) as problem:
                raise NotLetThrough(f"The request's body can't be read: {problem}.") from problem
            if not isinstance(body, dict):
                raise NotLetThrough("The request's body is no JSON object.")
        return found[1] or "", Asked(method, found[2], tuple(parse_qsl(query, keep_blank_values=True)), body)

    async def _pass_on(self, guest: Side, request: h11.Request, version: str, asked: Asked) -> None:
        headers: wire.Headers = wire.kept(request.headers, _KEPT)
        is_raw = (b"upgrade", b"tcp") in headers
        if not is_raw:
            headers = [pair for pair in headers if pair[0] != b"upgrade"]
        if asked.body is not None:
            content = json.dumps(asked.body).encode()
            headers = [pair for pair in headers if pair[0] not in {b"content-length", b"transfer-encoding", b"content-type"}]
            headers += [(b"Content-Type", b"application/json"), (b"Content-Length", str(len(content)).encode())]
        headers += [(b"Host", b"docker"), (b"Connection", b"Upgrade" if is_raw else b"close")]
        target = f"{version}{asked.path}" + (f"?{urlencode(asked.query)}" if asked.query else "")
        engine = await wire.dial(self.engine)
        try:
            await engine.say(h11.Request(method=asked.method, target=target, headers=headers))
            if asked.body is not None:
                await engine.say(h11.Data(data=content))
                await engine.say(h11.EndOfMessage())
            await self._converse(guest, engine, has_body=asked.body is None)
        finally:
            engine.close()

    async def _converse(self, guest: Side, engine: Side, *, has_body: bool) -> None:
        """The rest of the question, the answer, and whatever they agree to speak afterwards.

        Whoever asks may hang up in the middle (Ctrl-C at a build): then the engine's side is closed as well, and it stops.
        """
        asking = asyncio.create_task(wire.carry_body(guest, engine)) if has_body else None
        answering = asyncio.create_task(_carry_answer(guest, engine))
        leaving = asyncio.create_task(_left(guest, asking))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                await answering
        finally:
            for task in (asking, answering, leaving):
                if task:
                    task.cancel()
            await asyncio.gather(*(task for task in (asking, answering, leaving) if task), return_exceptions=True)


async def _carry_answer(guest: Side, engine: Side) -> None:
    """The engine's answer, and whatever both agree to speak afterwards; raises EngineGone when it breaks off."""
    while not isinstance(event := await _heard(engine), h11.EndOfMessage):
        if isinstance(event, h11.InformationalResponse):
            if event.status_code == SWITCHING:
                await guest.say(h11.InformationalResponse(status_code=SWITCHING, headers=list(event.headers), reason=event.reason))
                await wire.carry_bytes(guest, engine)
                return
        elif isinstance(event, h11.Response):
            headers = [pair for pair in event.headers if pair[0] not in _ANSWERED]
            answer = h11.Response(status_code=event.status_code, headers=[*headers, (b"Connection", b"close")], reason=event.reason)
            await guest.say(answer)
        else:
            await guest.say(event)
    await guest.say(h11.EndOfMessage())


async def _heard(engine: Side) -> h11.Event:
    try:
        event = await engine.hear()
    except (OSError, h11.RemoteProtocolError) as problem:
        raise EngineGone from problem
    if isinstance(event, h11.Event) and not isinstance(event, h11.ConnectionClosed):
        return event
    raise EngineGone


async def _left(guest: Side, asking: asyncio.Task[None] | None) -> None:
    """Returns when whoever asked has hung up, which shows once the whole question was read; never after they speak something else."""
    if asking:
        await asyncio.wait({asking})
        if asking.exception():
            await asyncio.sleep(SHORTEST)  # the engine may have answered before it had read everything
            return
    while not guest.reader.at_eof() or guest.http.our_state is h11.SWITCHED_PROTOCOL:  # noqa: ASYNC110 - a stream has no event for its end
        await asyncio.sleep(PAUSE)


async def _answer(guest: Side, status: int, message: str) -> None:
    """Answer in the engine's place. The rest of the question is read first, so that the answer is not lost."""
    with contextlib.suppress(OSError, ValueError, h11.ProtocolError, TimeoutError):
        async with asyncio.timeout(SHORTEST):
            while not isinstance(await guest.hear(), h11.EndOfMessage | h11.ConnectionClosed):
                pass
    content = json.dumps({"message": message}).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content))), ("Connection", "close")]
    await guest.say(h11.Response(status_code=status, headers=headers))
    await guest.say(h11.Data(data=content))
    await guest.say(h11.EndOfMessage())
