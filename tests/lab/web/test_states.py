"""What a page shows when there is nothing yet, when it still reads, and when it could not; axe has nothing serious to say of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route

from lab.session.session import Session
from tests.lab.web.browsing import Served, chromium, serving

pytestmark = pytest.mark.slow
NOTHING_YET = {
    "": "This scenario brings no drawing.",
    "pipelines": "No pipeline has run yet.",
    "forge": "There is no pull request yet.",
    "production": "No customer has come yet.",
    "teaching": "Nothing has cost more than one try.",
}
PROBLEM = {"format": 1, "kind": "error", "message": "The ledger could not be read: `disk full`.", "remedy": "Free some space."}


@pytest.fixture
def served(session: Session) -> Iterator[Served]:
    """A company in which nothing has happened."""
    with serving(session) as made:
        yield made


@pytest.fixture
def page(served: Served) -> Iterator[Page]:
    with chromium() as chrome:
        page = chrome.new_page(viewport={"width": 1280, "height": 720})
        page.goto(served.opening())
        page.wait_for_selector(".pulse.live")
        yield page


def grave(page: Page) -> list[str]:
    return [one["id"] for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}]


def test_a_new_company_says_that_there_is_nothing_yet_and_what_will_come(page: Page, served: Served):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path, words in NOTHING_YET.items():
            page.goto(f"{served.address}/{path}")
            page.get_by_text(words).first.wait_for()
            assert grave(page) == [], (path, scheme)


def test_a_page_says_that_it_reads_and_then_what_went_wrong_and_asks_again(page: Page):
    held: list[Route] = []
    page.route("**/api/score", lambda route: held.append(route))  # noqa: PLW0108 - playwright marks what it is given, and a builtin takes no mark
    page.locator("[data-key=nav-score]").click()
    page.locator("main .loading", has_text="Reading").wait_for()
    while not held:
        page.wait_for_timeout(20)
    held[0].fulfill(status=500, content_type="application/json", body=json.dumps(PROBLEM))
    alert = page.get_by_role("alert")
    alert.wait_for()

    assert alert.locator("p").all_inner_texts() == [
        "This could not be shown.",
        "The ledger could not be read: disk full. Free some space.",
    ]
    assert grave(page) == []
    page.unroute("**/api/score")
    page.get_by_role("button", name="Try again").press("Enter")
    page.wait_for_selector("main.page-score tbody tr")
    assert alert.count() == 0


def test_an_address_that_is_none_of_the_dashboards_leads_back(page: Page, served: Served):
    assert page.goto(f"{served.address}/nowhere").status == 404
    page.goto(f"{served.address}/stage")
    page.evaluate("history.pushState({}, '', '/nowhere'); dispatchEvent(new PopStateEvent('popstate'))")
    page.get_by_text("There is no such page.").wait_for()
    page.locator("[data-key=nav-map]").click()
    page.wait_for_selector("main.page-map h1")
