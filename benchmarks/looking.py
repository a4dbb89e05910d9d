"""The dashboard in a real browser: how soon a page shows what another process wrote, what it loads, whether it stays smooth, what it costs.

A company that really runs, `lab serve` as a process, Chromium by playwright. A frame is what lies between two calls of the browser's
`requestAnimationFrame`; headless Chromium draws sixty a second when the machine lets it.
"""

from __future__ import annotations

import json
import statistics
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from benchmarks.browser import FRAMES, SEEN, Visit, chromium, elsewhere, served
from benchmarks.measuring import Row
from benchmarks.places import workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import psutil

    from benchmarks.browser import Append, Load

SHOWN, PAINT, WIRE, FRAME, CORE, MEMORY = 0.2, 1.0, 300.0, 0.1, 1.0, 200.0
EVENTS, BATCH = 10_000, 500
LOG_BYTES = 5_000_000
SETTLED, QUIET = 10.0, 20.0  # seconds: `lab serve` reads the scenario when it begins
PAGES = ("map", "stage", "pipelines", "forge", "production", "team", "score", "teaching")
_SHA = "a" * 40
_FINDING = {"stage": "day-zero", "check": "friday-is-live", "seed_kind": "practice", "evidence": "", "look_at": "", "verdict": "failed"}
_RUN = {"repo": "storefront", "file": "x.yml", "event": "push", "branch": "main", "pr": None, "actor": "tom"}
# page: where it is to be seen, and the event; `{n}` is a number
LIVE: Mapping[str, tuple[str, str, str, dict[str, Any]]] = {
    "map": (".piece", "Number {n} here", "say", {"by": "tom", "text": "Number {n} here"}),
    "stage": ("[data-check]", "No number {n}.", "check.finding", {**_FINDING, "message": "No number {n}."}),
    "pipelines": (".list .row", "flow {n}", "run.queued", {**_RUN, "run": "b{n}", "workflow": "flow {n}", "sha": _SHA}),
    "production": (".plain li", "abc{n}e", "version.seen", {"sha": "abc{n}e" + "0" * 30, "share": 1.0}),
    "team": (".feed li", "Number {n} there", "say", {"by": "tom", "text": "Number {n} there"}),
    "teaching": ("tbody tr", "No number {n}.", "check.finding", {**_FINDING, "message": "No number {n}."}),
}


def measure(*, rounds: int, tell: Callable[[str], None]) -> list[Row]:
    """Everything in one company: at rest, then looked at, then with a long ledger and a long log."""
    with ExitStack() as stack:
        place = stack.enter_context(workspace())
        address, process = stack.enter_context(served(place))
        rest = _load(process)
        tell(f"at rest: {rest[0]:.2f} % of a core, {rest[1]:.0f} MB")
        browser = stack.enter_context(chromium())
        visit = Visit(browser, address)
        loads = [visit.load() for _ in range(rounds)]
        tell("first and second load: " + ", ".join(f"{one.first:.2f} s {one.first_kb:.0f} kB, {one.again_kb:.0f} kB" for one in loads))
        append = stack.enter_context(elsewhere(place))
        shown = {name: _shown(visit, append, name, rounds) for name in LIVE}
        tell("shown after: " + ", ".join(f"{name} {took * 1000:.0f} ms" for name, took in shown.items()))
        visit.go("map")
        looked = _load(process)
        tell(f"with a browser on the map: {looked[0]:.2f} % of a core, {looked[1]:.0f} MB")
        frames = _long_ledger(visit, append) | {"log": _long_log(visit, append, place)}
        tell("longest frames: " + ", ".join(f"{name} {took * 1000:.0f} ms" for name, took in frames.items()))
        after = process.memory_info().rss / 1e6
    return [*_speed(loads, shown, rounds), *_smooth(frames), *_cost(rest, looked, after)]


def _speed(loads: Sequence[Load], shown: Mapping[str, float], rounds: int) -> list[Row]:
    first, again = (statistics.median(getattr(one, name) for one in loads) for name in ("first", "again"))
    wire = statistics.median(one.again_kb for one in loads)
    slowest = max(shown, key=lambda name: shown[name])
    each = ", ".join(f"{name} {took * 1000:.0f} ms" for name, took in shown.items())
    return [
        Row(
            f"another process's event on the slowest page, {slowest}",
            "",
            "",
            shown[slowest],
            None,
            shown[slowest],
            SHOWN,
            "s",
            rounds,
            each,
        ),
        Row("first paint of the map", "an empty cache", "", first, None, first, PAINT, "s", rounds, _spread([one.first for one in loads])),
        Row("the map again, over the wire", "reload", "", again, None, wire, WIRE, "kB", rounds),
    ]


def _spread(seconds: Sequence[float]) -> str:
    return f"{min(seconds):.2f} to {max(seconds):.2f} s"


def _smooth(frames: Mapping[str, float]) -> list[Row]:
    rows = []
    for name, took in (("10,000 events", max(took for page, took in frames.items() if page != "log")), ("a 5 MB log", frames["log"])):
        each = ", ".join(f"{page} {one * 1000:.0f} ms" for page, one in frames.items() if page != "log") if name[0] == "1" else ""
        rows.append(Row(f"longest frame, {name}", "", "", took, None, took, FRAME, "s", 1, each))
    return rows


def _cost(rest: tuple[float, float], looked: tuple[float, float], after: float) -> list[Row]:
    return [
        Row("`lab serve` at rest, of a core", "", "", None, None, rest[0], CORE, "%", 1),
        Row("`lab serve` with a browser on the map while customers buy, of a core", "", "", None, None, looked[0], CORE, "%", 1),
        Row("`lab serve`, memory after all of this", "", "", None, None, after, MEMORY, "MB", 1, f"{rest[1]:.0f} MB before"),
    ]


def _load(process: psutil.Process) -> tuple[float, float]:
    """Per cent of one core in `QUIET` seconds with all that it started meanwhile, and its memory in MB."""
    time.sleep(SETTLED)
    before = sum(process.cpu_times()[:4])
    time.sleep(QUIET)
    return (sum(process.cpu_times()[:4]) - before) / QUIET * 100, process.memory_info().rss / 1e6


def _shown(visit: Visit, append: Append, name: str, rounds: int) -> float:
    """The median of the seconds from an append in another process until a frame shows it."""
    selector, wanted, kind, data = LIVE[name]
    visit.go(name)
    took = []
    for n in range(10, 10 + rounds):
        time.sleep(0.4)
        visit.page.evaluate(SEEN, [selector, wanted.replace("{n}", str(n))])
        at = append([(kind, json.loads(json.dumps(data).replace("{n}", str(n))))])
        took.append(visit.page.evaluate("window.__seen") - at)
    return statistics.median(took)


def _long_ledger(visit: Visit, append: Append) -> dict[str, float]:
    """The longest frame while 10,000 events come in, then on each page that shows them, scrolled to its end and back."""
    visit.go("team")
    visit.page.evaluate(FRAMES)
    for begin in range(0, EVENTS, BATCH):
        append([_some(n) for n in range(begin, begin + BATCH)])
        time.sleep(0.1)
    visit.page.wait_for_timeout(1500)
    found = {"coming in": visit.page.evaluate("window.__worst()")}
    for name in PAGES:
        visit.page.evaluate(FRAMES)
        visit.go(name)
        _scroll(visit, "main")
        found[name] = visit.page.evaluate("window.__worst()")
    return found


def _some(n: int) -> tuple[str, dict[str, Any]]:
    """What a busy company writes: mostly answers, now and then a word, a finding, a run."""
    if n % 10 == 0:
        return "say", {"by": "tom", "text": f"Word {n} of `many`, and a few more so that it is a sentence."}
    if n % 25 == 1:
        return "check.finding", {**_FINDING, "message": f"Finding {n}."}
    if n % 50 == 2:
        return "run.queued", {**_RUN, "run": f"c{n}", "workflow": f"flow {n}", "sha": _SHA}
    return "answers", {"second": n, "good": 2, "failed": int(n % 97 == 0), "worst_ms": 20 + n % 60}


def _long_log(visit: Visit, append: Append, place: Path) -> float:
    """The longest frame while a log of 5 MB comes in and is scrolled through."""
    text = "tests/unit/test_prices.py::test_a_price PASSED " + "." * 40
    line = json.dumps({"job": "test", "number": 1, "step": "x", "text": text}) + "\n"
    log = place / ".lab" / "company" / "runs" / "long" / "log.jsonl"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text(line * (LOG_BYTES // len(line)), encoding="utf-8")
    told = {"run": "long", "job": "test"}
    append(
        [
            ("run.queued", {**_RUN, "run": "long", "workflow": "Long", "sha": _SHA}),
            ("job.started", told),
            ("step.finished", {**told, "step": "x", "result": "success", "seconds": 1.0, "number": 1}),
            ("job.finished", {**told, "result": "success", "seconds": 2.0}),
            ("run.finished", {"run": "long", "result": "success", "seconds": 2.0}),
        ]
    )
    visit.go("pipelines")
    visit.page.locator(".list .row", has_text="Long").first.click()
    visit.page.wait_for_selector(".log")
    visit.page.evaluate(FRAMES)
    wanted = LOG_BYTES // len(line)
    deadline = time.monotonic() + 60
    while int("".join(filter(str.isdigit, visit.page.locator(".log-bar .soft").inner_text())) or 0) < wanted:
        if time.monotonic() > deadline:
            raise SystemExit(f"A log of {wanted} lines was not whole on the page after a minute.")
        visit.page.wait_for_timeout(50)
    visit.page.locator("[data-key=follow]").uncheck()
    _scroll(visit, ".log")
    return float(visit.page.evaluate("window.__worst()"))


def _scroll(visit: Visit, selector: str) -> None:
    """To the end and back in forty steps, one a frame."""
    visit.page.evaluate(
        """(selector) => new Promise((done) => { const box = document.querySelector(selector); let n = 0;
        const step = () => { n += 1; box.scrollTop = box.scrollHeight * (n < 20 ? n : 40 - n) / 20;
          n < 40 ? requestAnimationFrame(step) : done(); };
        step(); })""",
        selector,
    )
