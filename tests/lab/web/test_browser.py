"""The pages in a real browser: live, reachable, harmless, and two tabs agree."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from lab.session import locks, workspace
from lab.session.session import Session
from lab.session.start import Wish, start
from tests.lab.session.fake_house import FakeHouse, refused
from tests.lab.web.browsing import Elsewhere, Served, aim, chromium, delay, draw_map, runs_folder, serving, settled, usual

pytestmark = pytest.mark.slow
PATIENCE = 3.0  # seconds, where it is not the speed that is looked at
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


def test_the_code_has_left_the_address(page: Page, served: Served):
    assert page.evaluate("location.href") == f"{served.address}/"
    assert page.evaluate("document.cookie") == ""


def test_the_map_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/", ".piece")
    assert usual(page, elsewhere, ".piece", "say", "I am new here, {n}", by="tom", text="I am new here, {n}") < aim()


def test_the_stage_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/stage", ".check")
    told = found("first", "failed", "Another process says no, {n}.")
    assert usual(page, elsewhere, "[data-check=first]", "check.finding", "Another process says no, {n}.", **told) < aim()


def test_pipelines_show_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere, session: Session):
    settled(page, f"{served.address}/pipelines", ".row")
    about = {"workflow": "Newest {n}", "file": "x.yml", "event": "push", "branch": "main", "pr": None, "actor": "tom"}
    told = {"run": "n{n}", "repo": "storefront", "sha": session.main(), **about}
    assert usual(page, elsewhere, ".list .row", "run.queued", "Newest {n}", **told) < aim()


def test_the_forge_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere, session: Session):
    settled(page, f"{served.address}/forge", ".row")
    told = {"repo": "storefront", "branch": "b", "body": "", "by": "tom", "sha": session.main(), "number": 2}
    elsewhere.append("pr.opened", title="A second one", **told)
    page.wait_for_selector("text=A second one")
    about = {"number": 2, "by": "sam", "verdict": "approve", "text": "Number {n} is fine."}
    page.locator("[data-key=pull-2]").click()
    assert usual(page, elsewhere, ".detail", "pr.reviewed", "Number {n} is fine.", **about) < aim()


def test_production_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/production", ".chart")
    assert usual(page, elsewhere, ".plain li", "version.seen", "abcde{n}0", sha=f"abcde{{n}}{'0' * 34}", share=1.0) < aim()


def test_the_team_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/team", ".feed li")
    assert usual(page, elsewhere, ".feed li", "say", "Lunch {n}?", by="tom", text="Lunch {n}?") < aim()


def test_the_score_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/score", "tbody tr")
    took = []
    for number in range(6):  # passed and failed in turn: what is counted goes up and down
        page.wait_for_timeout(150)
        told = found("third", "failed" if number % 2 else "passed", "")
        took.append(delay(page, elsewhere, "tbody tr", "0/3" if number % 2 else "1/3", "check.finding", **told))
    assert statistics.median(took) < aim()


def test_the_instructors_view_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/teaching", "tbody tr")
    told = found("second", "failed", "Stuck here, {n}.")
    assert usual(page, elsewhere, "[data-check=second]", "check.finding", "Stuck here, {n}.", **told) < aim()


def test_the_frame_of_the_terminal_shows_what_another_process_wrote(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/terminal", ".xterm")
    told = {"second": 70, "good": 0, "wrong": 0, "failed": 3, "worst_ms": 1.0}
    elsewhere.append("answers", **told)
    took = []
    for number in range(2, 7):
        page.wait_for_timeout(150)
        took.append(delay(page, elsewhere, ".strip", "✗" * number, "answers", **told))
    assert statistics.median(took) < aim()


def test_two_tabs_agree_and_a_reload_loses_nothing(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/team", ".feed li")
    other = page.context.new_page()
    settled(other, f"{served.address}/team", ".feed li")
    elsewhere.append("say", by="tom", text="Both of you")
    for tab in (page, other):
        tab.wait_for_selector("text=Both of you", timeout=PATIENCE * 1000)
    other.reload()
    other.wait_for_selector("text=Both of you")
    other.close()


def test_a_check_is_played_by_the_button(page: Page, served: Served):
    settled(page, f"{served.address}/stage", ".check")
    page.get_by_role("button", name="Check", exact=True).click()
    page.wait_for_selector(".said .bad, .said .good", timeout=20_000)

    assert "Not yet" in page.locator(".said").inner_text() or "passed" in page.locator(".said").inner_text()


def test_a_hint_is_taken_by_the_button_and_kept(page: Page, served: Served):
    settled(page, f"{served.address}/stage", ".check")
    page.locator("[data-key=hint-second]").click()
    page.wait_for_selector(".hint-card >> text=What of second?")
    page.reload()
    page.get_by_role("tab", name="Hints").click()
    page.wait_for_selector(".hint-card >> text=What of second?")


def test_commands_in_what_people_say_are_shown_as_such_and_nothing_more(page: Page, served: Served, elsewhere: Elsewhere):
    elsewhere.append("say", actor="tom", by="tom", text=f"Try `lab pr list` **now**, `{HOSTILE.replace('`', '')}`, 2 * 3 and `")
    settled(page, f"{served.address}/team", ".feed code")
    one = page.locator(".feed li").first

    assert one.locator("code").all_inner_texts() == ["lab pr list", HOSTILE]
    assert one.locator("strong").inner_text() == "now"
    assert one.locator(".pre").inner_text().endswith("2 * 3 and `")
    assert one.locator("img, script").count() == 0


def test_a_question_is_answered_on_the_page(page: Page, served: Served, session: Session):
    settled(page, f"{served.address}/stage", "[data-check=extra] .question")
    assert page.locator(".question code").inner_text() == "event"
    page.get_by_label("Answer").first.fill("42")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-check=extra] .badge[data-state=passed]")

    assert page.locator(".question").count() == 0
    assert session.ledger.last("answer.given").data["value"] == "42"


def test_checks_that_are_played_in_a_terminal_are_said_on_the_page(page: Page, served: Served, session: Session, elsewhere: Elsewhere):
    settled(page, f"{served.address}/stage", ".check")
    with locks.hold(session.workspace.id, locks.CHECK, command="lab check"):
        elsewhere.append("check.finding", **found("third", "failed", "It is played elsewhere."))
        page.wait_for_selector(".said .busy code >> text=lab check")


@pytest.mark.parametrize("path", [name for name in PAGES if name != "terminal"])
def test_foreign_words_stay_words(page: Page, served: Served, path: str):
    """Branches, titles, messages, steps and logs that are HTML and script."""
    settled(page, f"{served.address}/{path}", PAGES[path])
    page.wait_for_timeout(200)

    assert page.title() != "owned"
    assert page.locator("main img").count() == 0


def test_a_hostile_log_is_shown_as_it_is(page: Page, served: Served):
    settled(page, f"{served.address}/pipelines/r1", ".log-line")
    page.wait_for_selector(".log-line >> text=onerror")

    assert page.locator(".step-list .failing").count() == 1
    assert page.title() != "owned"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_finding_of_axe(page: Page, served: Served, scheme: str):
    page.emulate_media(color_scheme=scheme)
    troubles = []
    for path, wanted in PAGES.items():
        settled(page, f"{served.address}/{path}", wanted)
        page.wait_for_timeout(150)
        grave = [one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
        troubles += [(path, one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in grave]
    page.emulate_media(color_scheme=None)

    assert troubles == []


def test_everything_is_reached_by_keyboard(page: Page, served: Served):
    settled(page, f"{served.address}/stage", ".check")
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.dataset.key || document.activeElement.className || ''"))

    assert reached[0] == "skip"
    assert {"nav-map", "nav-teaching", "check", "hint", "tab-briefing"} <= set(reached)


def test_an_answer_that_comes_too_late_is_not_drawn_over_the_next_page(page: Page, served: Served):
    held: list[Route] = []
    settled(page, f"{served.address}/team", ".feed li")
    page.route("**/api/map", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks what it is given, and a builtin takes no mark
    page.locator("[data-key=nav-map]").click()
    while not held:
        page.wait_for_timeout(20)
    page.locator("[data-key=nav-score]").click()
    page.wait_for_selector("main.page-score tbody tr")
    page.unroute("**/api/map")
    for route in held:
        route.continue_()
    page.wait_for_timeout(500)

    assert page.locator("main h1").inner_text() == "Score"


def test_the_terminal_lets_the_keyboard_out_again(page: Page, served: Served):
    settled(page, f"{served.address}/terminal", ".xterm")
    page.locator(".term").click()
    assert page.evaluate("document.activeElement.closest('.term') !== null")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.term') !== null")
    page.keyboard.press("F6")

    assert page.evaluate("document.activeElement.dataset.key") == "nav-terminal"


def test_what_was_folded_stays_folded_when_something_happens(page: Page, served: Served, elsewhere: Elsewhere):
    settled(page, f"{served.address}/stage", ".check")
    fold = page.locator("details[data-key^=m-]").first
    fold.locator("summary").click()
    told = found("third", "failed", "Something happens.")
    elsewhere.append("check.finding", **told)
    page.wait_for_selector("text=Something happens.", state="attached")

    assert fold.get_attribute("open") is None
    fold.locator("summary").click()


def test_it_fits_a_small_screen_without_scrolling_sideways(page: Page, served: Served):
    for path, wanted in PAGES.items():
        settled(page, f"{served.address}/{path}", wanted)
        wide = page.evaluate("['html', 'main'].map((name) => document.querySelector(name)).map((one) => one.scrollWidth - one.clientWidth)")
        assert wide == [0, 0], path


def test_a_dashboard_that_is_gone_is_said_and_comes_back(chrome: Browser, session: Session):
    with serving(session) as first:
        context = chrome.new_context()
        tab = context.new_page()
        tab.goto(first.opening())
        tab.wait_for_selector(".pulse.live")
    tab.wait_for_selector(".pulse.lost", timeout=10_000)
    assert tab.locator(".pulse").inner_text() == "Reconnecting"
    context.close()


def test_a_terminal_is_typed_in_and_ends_with_its_page(page: Page, served: Served, session: Session):
    marker = session.workspace.root / "typed"
    settled(page, f"{served.address}/terminal", ".xterm")
    page.wait_for_timeout(700)
    page.keyboard.type(f"echo $((6*7)) > '{marker}'; sleep 987654 &\n", delay=2)
    deadline = time.monotonic() + 10
    while not marker.exists() and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert marker.read_text().strip() == "42"
    page.goto(f"{served.address}/")
    deadline = time.monotonic() + 10
    while sleeping() and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert sleeping() == []


def sleeping() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if words == b"sleep\x00987654\x00":
            found.append(path.parent.name)
    return found
