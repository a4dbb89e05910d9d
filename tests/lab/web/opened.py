"""A dashboard that is open in Chromium: the workspace, in which a little has happened, the server, the browser and the page."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from lab.session import workspace
from lab.session.session import Session
from lab.session.start import Wish, start
from tests.lab.session.fake_house import FakeHouse, refused
from tests.lab.web.browsing import Elsewhere, Served, chromium, draw_map, runs_folder, serving

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
PAGES = {
    "": ".piece",
    "stage": ".stepper",
    "pipelines": ".list .row, .list .empty",
    "forge": ".list .row",
    "production": ".chart",
    "team": ".feed li",
    "score": "tbody tr",
    "teaching": "tbody tr",
    "terminal": ".xterm",
}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A workspace in which a little has happened."""
    room = tmp_path_factory.mktemp("browsing")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "HOME": str(room),
            "LAB_RUNTIME": str(room / "runtime"),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "SHELL": "/bin/sh",
        }.items():
            patch.setenv(name, value)
        house = FakeHouse(room / "scenarios", asking=f"Which `event` was it? {HOSTILE}")
        house.say["second"] = refused(f"It is not so: {HOSTILE}", evidence=f"line one\n{HOSTILE}")
        start(Wish("small", room / "harborline", seed=7), house, tell=lambda _: None)
        made = Session(workspace.read(room / "harborline"), house)
        draw_map(made)
        happen(made)
        yield made


def happen(session: Session) -> None:
    """A pull request and a run whose every word is hostile, answers, and a log."""
    sha, ledger = session.main(), session.ledger
    opened = {"number": 1, "repo": "storefront", "branch": f"b{HOSTILE}", "title": HOSTILE, "body": HOSTILE, "by": "tom", "sha": sha}
    ledger.append("pr.opened", actor="tom", source="forge", **opened)
    ledger.append("say", actor="tom", by="tom", text=HOSTILE)
    ledger.append_many(
        [("answers", "customers", "door", {"second": n, "good": 2, "failed": n % 9 == 0, "worst_ms": 30 + n}) for n in range(60)]
    )
    ledger.append("check.finding", **found("third", "failed", HOSTILE))
    queue_run(session, "r1", sha)
    ledger.append("job.started", source="runner", run="r1", job="test")
    step = {"run": "r1", "job": "test", "step": HOSTILE, "result": "failure", "seconds": 1.0, "number": 1}
    ledger.append("step.finished", source="runner", **step)
    ledger.append("job.finished", source="runner", run="r1", job="test", result="failure", seconds=2.0)
    ledger.append("run.finished", source="runner", run="r1", result="failure", seconds=2.0, reason=HOSTILE)
    log = runs_folder(session) / "r1" / "log.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text("".join(json.dumps({"job": "test", "number": 1, "step": "x", "text": text}) + "\n" for text in ("one", HOSTILE)))


def queue_run(session: Session, name: str, sha: str) -> None:
    about = {"workflow": f"CI {name}", "file": ".github/workflows/ci.yml", "event": "push", "branch": "main", "pr": None, "actor": "tom"}
    told = {"run": name, "repo": "storefront", "sha": sha, **about}
    session.ledger.append_many([("run.queued", "tom", "forge", told)])


@pytest.fixture(scope="module")
def served(session: Session) -> Iterator[Served]:
    with serving(session) as made:
        yield made


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def elsewhere(session: Session) -> Iterator[Elsewhere]:
    other = Elsewhere(session)
    yield other
    other.close()


@pytest.fixture(scope="module")
def opened(chrome: Browser, served: Served) -> Iterator[Page]:
    """A page of a browser that opened the dashboard once; whatever goes wrong in it fails the test."""
    context = chrome.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(served.opening())
    page.wait_for_selector(".piece")
    yield page
    context.close()


@pytest.fixture
def page(opened: Page) -> Iterator[Page]:
    troubles: list[str] = []

    def hear(message: object) -> None:
        if getattr(message, "type", "") == "error":
            troubles.append(getattr(message, "text", ""))

    def fall(problem: object) -> None:
        troubles.append(str(problem))

    opened.on("console", hear)
    opened.on("pageerror", fall)
    yield opened
    opened.remove_listener("console", hear)
    opened.remove_listener("pageerror", fall)
    assert troubles == []


def found(check: str, verdict: str, message: str) -> dict[str, object]:
    return {
        "stage": "alpha",
        "check": check,
        "verdict": verdict,
        "message": message,
        "seed_kind": "practice",
        "evidence": "",
        "look_at": "",
    }
