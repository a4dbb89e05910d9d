"""The pages in a real browser: done by buttons and keys, harmless, and readable by everybody."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from lab.session import locks
from lab.session.session import Session
from tests.lab.web.browsing import Elsewhere, Served, settled
from tests.lab.web.opened import HOSTILE, PAGES, chrome, elsewhere, found, opened, page, served, session

__all__ = ["chrome", "elsewhere", "opened", "page", "served", "session"]
pytestmark = pytest.mark.slow
BEYOND = "['html', 'main'].map((name) => document.querySelector(name)).map((one) => one.scrollWidth - one.clientWidth)"


def test_the_code_has_left_the_address(page: Page, served: Served):
    assert page.evaluate("location.href") == f"{served.address}/"
    assert page.evaluate("document.cookie") == ""


def test_a_check_is_played_by_the_button(page: Page, served: Served):
    settled(page, f"{served.address}/stage", ".check")
    page.get_by_role("button", name="Check", exact=True).click()
    page.wait_for_selector(".said .bad, .said .good", timeout=20_000)

    assert "Not yet" in page.locator(".said").inner_text() or "passed" in page.locator(".said").inner_text()


def test_a_hint_is_taken_by_the_button_and_kept(page: Page, served: Served):
    settled(page, f"{served.address}/stage", ".check")
    page.locator("[data-key=hint]").click()
    page.wait_for_selector(".hint-card >> text=/What of \\w+/")
    page.reload()
    page.get_by_role("tab", name="Hints").click()
    page.wait_for_selector(".hint-card >> text=/What of \\w+/")


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
    for route in held:
        route.continue_()
    page.unroute("**/api/map")
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


@pytest.mark.parametrize(("wide", "high"), [(1280, 720), (390, 844)])
def test_it_fits_a_small_screen_without_scrolling_sideways(page: Page, served: Served, wide: int, high: int):
    page.set_viewport_size({"width": wide, "height": high})
    for path, wanted in PAGES.items():
        settled(page, f"{served.address}/{path}", wanted)
        assert page.evaluate(BEYOND) == [0, 0], path
    page.set_viewport_size({"width": 1280, "height": 720})


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
