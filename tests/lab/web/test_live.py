"""What happens anywhere is on the page within a blink, and the other way round; two tabs agree, and a page comes back."""

from __future__ import annotations

import contextlib
import statistics

import pytest
from playwright.sync_api import Browser, Page

from lab.session.session import Session
from tests.lab.web.browsing import Elsewhere, Served, aim, delay, hearing, serving, settled, usual
from tests.lab.web.opened import chrome, elsewhere, found, opened, page, served, session

__all__ = ["chrome", "elsewhere", "opened", "page", "served", "session"]
pytestmark = pytest.mark.slow
PATIENCE = 3.0  # seconds, where it is not the speed that is looked at


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


def test_a_dashboard_that_is_gone_is_said_and_comes_back(chrome: Browser, session: Session, elsewhere: Elsewhere):
    """The page says so, asks again by itself, and shows what happened meanwhile; nobody reloads it."""
    with contextlib.closing(chrome.new_context()) as context:
        tab = context.new_page()
        with serving(session) as first:
            tab.goto(first.opening())
            tab.locator("[data-key=nav-team]").click()
            tab.wait_for_selector(".feed li")
            tab.wait_for_selector(".pulse.live")
        tab.wait_for_selector(".pulse.lost", timeout=10_000)
        assert tab.locator(".pulse").inner_text() == "Reconnecting"
        elsewhere.append("say", by="tom", text="You were away")
        with serving(session, port=int(first.address.rpartition(":")[2])):
            tab.wait_for_selector(".pulse.live", timeout=20_000)
            tab.wait_for_selector("text=You were away")


def test_another_process_sees_at_once_what_was_done_on_the_page(page: Page, served: Served, session: Session):
    settled(page, f"{served.address}/stage", ".check")
    page.evaluate("document.addEventListener('click', () => { window.__clicked = Date.now() / 1000; }, { capture: true, once: true })")
    with hearing(session, "hint.given") as heard:
        page.locator("[data-key=hint]").click()
        assert heard() - page.evaluate("window.__clicked") < aim()
