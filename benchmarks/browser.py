"""What the dashboard's benchmark stands on: `lab serve` as a process, Chromium, a visitor, another process that appends to the ledger."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.places import LAB, PYTHON, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    Append = Callable[[Sequence[tuple[str, dict[str, Any]]]], float]

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APPEND = """
import json, sys, time
from pathlib import Path
from lab.ledger.store import Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.seq()
print("ready", flush=True)
for line in sys.stdin:
    at = time.time()
    ledger.append_many([(kind, "tom", "engine", data) for kind, data in json.loads(line)])
    print(at, flush=True)
"""
# A promise of the time at which a frame has been drawn with the text in it.
SEEN = """([selector, text]) => { window.__seen = new Promise((done) => {
  const look = () => [...document.querySelectorAll(selector)].some((one) => one.textContent.includes(text));
  const watcher = new MutationObserver(() => {
    if (look()) { watcher.disconnect(); requestAnimationFrame(() => done(Date.now() / 1000)); }
  });
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
}); }"""
# Begins to measure; `__worst()` ends it and gives the longest frame in seconds.
FRAMES = """() => { let last = performance.now(), worst = 0, going = true;
  const tick = (now) => { worst = Math.max(worst, now - last); last = now; if (going) requestAnimationFrame(tick); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(tick); });
  window.__worst = () => { going = false; return worst / 1000; }; }"""


@contextlib.contextmanager
def served(place: Path) -> Iterator[tuple[str, psutil.Process]]:
    """`lab serve` of a workspace: the address that opens it, and its process."""
    words = [LAB, "-C", place, "serve", "--no-open"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment()) as child:
        try:
            address = next(found[0] for line in child.stdout or () if (found := re.search(r"http://\S+", line)))
            yield address, psutil.Process(child.pid)
        finally:
            child.terminate()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or the one that playwright has."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"] if os.getuid() == 0 else [])
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Load:
    """Loading the map with an empty cache, and again: seconds until its first piece was painted, and kB over the wire."""

    first: float
    first_kb: float
    again: float
    again_kb: float


class Visit:
    """A browser that has opened the dashboard."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.root = browser, address.partition("/?")[0]
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        self.page = context.new_page()
        self.page.goto(address)
        self.page.wait_for_selector(".piece")
        self.cookies: Any = context.cookies()

    def load(self) -> Load:
        """Load the map twice in a context of its own."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 720})
        context.add_cookies(self.cookies)
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[float] = []
        wire.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        first = self._painted(page)
        first_kb = sum(sizes) / 1000
        sizes.clear()
        again = self._painted(page)
        again_kb = sum(sizes) / 1000
        context.close()
        return Load(first, first_kb, again, again_kb)

    def _painted(self, page: Page) -> float:
        page.goto(f"{self.root}/", wait_until="commit")
        page.wait_for_selector(".piece")
        seconds: float = page.evaluate("new Promise((done) => requestAnimationFrame(() => done(performance.now() / 1000)))")
        page.wait_for_timeout(500)
        return seconds

    def go(self, name: str) -> None:
        """Choose a page in the navigation, and wait until it is there and connected."""
        self.page.locator(f"[data-key=nav-{name}]").click()
        self.page.wait_for_selector(f"main.page-{name} h1")
        self.page.wait_for_selector(".pulse.live")
        self.page.wait_for_timeout(1000)


@contextlib.contextmanager
def elsewhere(place: Path) -> Iterator[Append]:
    """Another process that appends `(type, data)` rows to a workspace's ledger in one transaction; each call gives when that began."""
    words = [PYTHON, "-c", APPEND, place / ".lab" / "company" / "ledger.db"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        inward, outward = child.stdin, child.stdout
        if inward is None or outward is None:
            raise SystemExit("The process that appends has no pipes.")
        outward.readline()

        def append(rows: Sequence[tuple[str, dict[str, Any]]]) -> float:
            inward.write(json.dumps(rows) + "\n")
            inward.flush()
            return float(outward.readline())

        yield append
        inward.close()
