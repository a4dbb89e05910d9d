"""Probes of a container, each an event of the player: stopped in the middle of a request, started without its database."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING, Final

from lab.company.servers.ports import LOOPBACK
from lab.errors import LabError
from lab.gameday.dock import DATA, Conditions
from lab.gameday.facts import CannotJudge
from lab.gameday.imaging import Life, Lives, Readiness, Secrets, Stopped
from lab.gameday.layers import look_through

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from lab.gameday.dock import Container, Dock
    from lab.gameday.imaging import ImageTried
    from lab.gameday.stagehand import Stagehand

REQUEST_SECONDS: Final = 3.0
GRACE_SECONDS: Final = 10
READY_SECONDS: Final = 15.0
PAUSE: Final = 0.2
OK: Final = 200
QUESTION: Final = {"country": "DE", "lines": [{"sku": "none", "quantity": 1}]}
LATER: Final = "db"
SHOWN: Final = 120


def image_of(tried: ImageTried) -> str:
    """The image that was built.

    Raises:
        CannotJudge: there is none.
    """
    if not tried.built.id:
        raise CannotJudge("There is no image of your `main` to look at.")
    return tried.built.id


class SlowRequest:
    """A customer on a slow line: the head and half of the body at once, the rest when `finish` is called."""

    def __init__(self, port: int, path: str, body: object) -> None:
        text = json.dumps(body).encode()
        head = f"POST {path} HTTP/1.1\r\nhost: {LOOPBACK}:{port}\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n\r\n"
        half = len(text) // 2
        self._rest = text[half:]
        self._line = socket.create_connection((LOOPBACK, port), timeout=GRACE_SECONDS)
        self._line.sendall(head.encode() + text[:half])

    def finish(self) -> int:
        """Send the rest; gives the status of the answer, 0 when the line was cut."""
        with self._line, contextlib.suppress(OSError, ValueError, IndexError):
            self._line.sendall(self._rest)
            return int(self._line.recv(4096).split(b" ")[1])
        return 0


def stop_while_answering(dock: Dock, tried: ImageTried) -> Stopped:
    """Tell a container to stop while it reads a request that takes three seconds to arrive."""
    with dock.life(image_of(tried), Conditions()) as (life, container):
        if container is None or life.answered is None:
            return Stopped(life)
        first = " ".join(dock.first_process(container))[:SHOWN]
        request = SlowRequest(container.port, "/quotes", question(dock, container))
        time.sleep(PAUSE)
        began = time.monotonic()
        stopping = threading.Thread(target=_stop, args=(dock, container), daemon=True)
        stopping.start()
        time.sleep(REQUEST_SECONDS)
        answer = request.finish()
        stopping.join(GRACE_SECONDS + REQUEST_SECONDS)
        seconds = time.monotonic() - began
        state = dock.engine.state(container.id)
        code = None if state is None or state.is_running else state.exit_code
        command = " ".join(dock.inspected(image_of(tried)).get("Cmd") or ())
        told = Life(life.under, answered=life.answered, log=dock.log(container))
        return Stopped(told, answer=answer, seconds=seconds, exit=code, command=f"CMD {command}", first_process=first)


def _stop(dock: Dock, container: Container) -> None:
    with contextlib.suppress(LabError):
        dock.engine.stop(container.id, seconds=GRACE_SECONDS)


def question(dock: Dock, container: Container) -> object:
    """A question that the shop can answer: about the first product that it sells."""
    shelves = dock.asked(container, "/products")
    products = shelves.get("products") if isinstance(shelves, dict) else None
    if not products:
        return QUESTION
    return {"country": "DE", "lines": [{"sku": products[0]["sku"], "quantity": 1}]}


def start_without_database(dock: Dock, tried: ImageTried) -> Readiness:
    """Start a container whose database is not there yet, ask how it is, and let the database come."""
    env = {"DATABASE_URL": f"sqlite:///{DATA}/{LATER}/shop.db"}
    with dock.life(image_of(tried), Conditions("without its database", env=env)) as (life, container):
        if container is None or life.answered is None:
            return Readiness(life)
        health, unready = dock.status(container, "/healthz"), dock.status(container, "/readyz")
        place = container.data / LATER
        place.mkdir()
        place.chmod(0o777)
        began = time.monotonic()
        ready = dock.status(container, "/readyz")
        while ready != OK and time.monotonic() - began < READY_SECONDS:
            time.sleep(PAUSE)
            ready = dock.status(container, "/readyz")
        waited = time.monotonic() - began
        seen = dock.observe(container, tried.built.sha) if ready == OK else None
        told = Life(life.under, answered=life.answered, log=dock.log(container))
        return Readiness(told, health, unready, ready, waited, seen)


def run_under(dock: Dock, tried: ImageTried, conditions: Sequence[Conditions]) -> Lives:
    """Run one image under each of several conditions, and let customers ask it each time."""
    image = image_of(tried)
    lives = tuple(life for one in conditions if (life := dock.tried(tried.built, one).life))
    return Lives(tried.built, lives, user=str(dock.inspected(image).get("User") or ""))


def conditions_of(name: str, luck: Random) -> Conditions:
    """What a condition of a scenario means; numbers and names in it are drawn."""
    number = luck.randrange(20_000, 60_000)
    database = f"sqlite:///{DATA}/{luck.choice(('till', 'orders', 'books'))}-{number}.db"
    match name:
        case "no-capabilities":
            return Conditions("without any of root's capabilities", has_capabilities=False)
        case "other-user":
            return Conditions(f"as the user {number}, whom its image does not know", user=f"{number}:0", has_capabilities=False)
        case "read-only":
            return Conditions("with nothing but /data and /tmp to write to", has_capabilities=False, is_read_only=True)
        case "staging":
            return Conditions("with staging's settings", env={"STOREFRONT_ENV": "staging", "PAYMENTS_KEY": "", "DATABASE_URL": database})
    return Conditions("with production's settings", env={"DATABASE_URL": database})


def look_for_secrets(hand: Stagehand) -> Secrets:
    """Build on a desk where a key is in the environment and another in a file, in a clone with all its past; search the image."""
    keys = {
        where: f"sk_live_{hand.random.getrandbits(96):024x}"
        for where in ("the builder's environment", "the file '.env' beside the Dockerfile")
    }
    in_environment, in_file = keys.values()
    clone = hand.teammate("tom").git.directory
    (clone / ".env").write_text(f"PAYMENTS_KEY={in_file}\n", encoding="utf-8")
    built = hand.dock.build(clone=clone, extra={"PAYMENTS_KEY": in_environment})
    if not built.id:
        return Secrets(built, 0)
    search = look_through(hand.dock.engine, built.id, keys)
    return Secrets(built, search.layers, tuple(search.found))
