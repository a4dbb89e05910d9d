"""A dashboard that really serves, on a workspace of fakes, and Chromium that really looks at it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from lab.scenario import library
from lab.session.session import Session
from lab.web.app import create
from lab.web.keys import Keys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AIM = 0.2  # seconds from another process's append to a frame that shows it
APPEND = """
import json, sys, time
from pathlib import Path
from lab.ledger.store import Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.seq()
print("ready", flush=True)
for line in sys.stdin:
    type_, actor, data = json.loads(line)
    at = time.time()
    ledger.append_many([(type_, actor, "engine", data)])
    print(at, flush=True)
"""
HEAR = """
import sys, time
from pathlib import Path
from lab.ledger.store import Ledger
ledger = Ledger(Path(sys.argv[1]))
seq = ledger.seq()
print("ready", flush=True)
while not ledger.events(sys.argv[2], after=seq):
    time.sleep(0.005)
print(time.time(), flush=True)
"""
# What a screen shows is what a person sees: the moment is taken when the text is in the document and a frame was drawn.
WATCH = """([selector, text]) => {
  window.__seen = new Promise((done) => {
    const look = () => [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
    const tell = () => requestAnimationFrame(() => done(Date.now() / 1000));
    if (look()) return tell();
    const watcher = new MutationObserver(() => { if (look()) { watcher.disconnect(); tell(); } });
    watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
  });
}"""


@dataclass
class Served:
    """One dashboard that serves now."""

    address: str
    keys: Keys
    session: Session

    def opening(self) -> str:
        return f"{self.address}/?code={self.keys.code()}"


@contextlib.contextmanager
def serving(session: Session, *, port: int = 0) -> Iterator[Served]:
    """Serve in a thread until the block ends, on any port or on the one that is named."""
    with contextlib.closing(socket.socket()) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen(64)
        port = door.getsockname()[1]
        keys = Keys("k" * 43)
        config = uvicorn.Config(create(session, keys, port=port), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{port}", keys, session)
        finally:
            server.should_exit = True
            thread.join(10)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that playwright has. Where root has no user namespaces its sandbox can't start."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        flags = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = play.chromium.launch(executable_path=found, args=flags)
        try:
            yield browser
        finally:
            browser.close()


class Elsewhere:
    """Another process that appends to the ledger, as a hook or a command would; `append` gives when it did (real time)."""

    def __init__(self, session: Session) -> None:
        words = [sys.executable, "-c", APPEND, str(session.workspace.ledger)]
        self.child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd="/")
        assert self.child.stdout
        assert self.child.stdout.readline().strip() == "ready"

    def append(self, type_: str, /, **data: object) -> float:
        assert self.child.stdin
        assert self.child.stdout
        self.child.stdin.write(json.dumps([type_, str(data.get("actor", "tom")), data]) + "\n")
        self.child.stdin.flush()
        return float(self.child.stdout.readline())

    def close(self) -> None:
        assert self.child.stdin
        self.child.stdin.close()
        self.child.wait(10)


@contextlib.contextmanager
def hearing(session: Session, type_: str) -> Iterator[Callable[[], float]]:
    """Another process that waits for an event, as a command would; what is given waits with it and says when it came (real time)."""
    words = [sys.executable, "-c", HEAR, str(session.workspace.ledger), type_]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd="/") as child:
        assert child.stdout
        assert child.stdout.readline().strip() == "ready"
        try:
            yield lambda: float(child.stdout.readline())
        finally:
            child.kill()


def draw_map(session: Session) -> None:
    """Give the small scenario the drawing of the shipped one."""
    shutil.copy(library.root() / "company-evolution" / "map.yaml", session.workspace.kept_scenario / "map.yaml")


def delay(page: Page, elsewhere: Elsewhere, selector: str, wanted: str, type_: str, /, **data: object) -> float:
    """Seconds from the append in another process until a frame shows it."""
    page.evaluate(WATCH, [selector, wanted])
    at = elsewhere.append(type_, **data)
    return page.evaluate("window.__seen") - at


def usual(page: Page, elsewhere: Elsewhere, selector: str, type_: str, /, wanted: str, **data: object) -> float:
    """The median `delay` of five, in seconds, each with a number in place of `{n}`; measured once more if the machine was busy."""
    found = 0.0
    for first in (0, 5):
        told = []
        for number in range(first, first + 5):
            page.wait_for_timeout(150)  # what a page reads at most every so often is due again
            values = {name: value.format(n=number) if isinstance(value, str) else value for name, value in data.items()}
            told.append(delay(page, elsewhere, selector, wanted.format(n=number), type_, **values))
        found = statistics.median(told)
        if found < aim():
            break
    return found


def aim() -> float:
    """`AIM`, as many times longer as there are processes that want each core: on a machine that does nothing else it is `AIM` itself."""
    return AIM * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def settled(page: Page, path: str, wanted: str) -> None:
    """Go to a page and wait until it shows something, and is connected."""
    page.goto(path)
    page.wait_for_selector(wanted)
    page.wait_for_selector(".pulse.live")
    time.sleep(0.1)


def runs_folder(session: Session) -> Path:
    return session.workspace.company / "runs"
