"""A scripted learner plays C2 to its end and leaves the browser not once: terminal, buttons, pages; everything behind them is real."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page

from lab.company.pipelines.toolchain import Toolchain
from tests.lab.web import short_week
from tests.lab.web.browsing import chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]
LAB = [sys.executable, "-I", "-c", "from lab.cli.main import main; main()"]
CACHE = str(Toolchain.find().cache)  # before a test gets a home of its own
PATIENCE = 600.0  # seconds for anything that plays pipelines, on a machine that has much else to do
WORK = "fetch('/api/work').then((answer) => answer.json()).then((told) => [told.number, told.state === 'running'])"
STEP = """mkdir -p .github && cp -R "$SOLUTION"/.github/workflows "$SOLUTION"/.github/scripts .github/ && cp "$SOLUTION"/*.txt ."""


class Learner:
    """Somebody at the page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.typed = page, address, 0

    def go(self, name: str) -> None:
        """Choose a page in the navigation."""
        self.page.locator(f"[data-key=nav-{name}]").click()
        self.page.wait_for_selector(f"main.page-{name} h1")

    def type(self, *lines: str, code: int = 0) -> str:
        """Type commands into the browser's terminal, wait for the end of each, and give what the screen shows."""
        if self.page.locator("main.page-terminal .xterm").count() == 0:
            self.go("terminal")
            self.page.wait_for_selector(".xterm-rows")
        self.until(lambda: bool(self.screen().strip()), "a prompt")
        for line in lines:
            self.typed += 1
            self.page.locator(".term").click()
            self.page.keyboard.type(f'clear; {line}; echo "[{self.typed}:$?]"\n')
            ended = re.compile(rf"\[{self.typed}:\d+\]")
            self.until(lambda ended=ended: bool(ended.search(self.screen())), f"the end of '{line}'")
            assert f"[{self.typed}:{code}]" in self.screen(), self.screen()
        return self.screen()

    def enter(self, place: str) -> None:
        """Have the terminal somewhere else: in the clone, or on a server."""
        if self.page.locator("main.page-terminal .xterm").count() == 0:
            self.go("terminal")
        self.page.locator("[data-key=place]").select_option(place)
        self.page.wait_for_selector(".xterm-rows")

    def screen(self) -> str:
        return self.page.locator(".xterm-rows").inner_text()

    def check(self) -> str:
        """Press Check, wait for the end, and give what is said of it."""
        if self.page.locator("main.page-stage").count() == 0:
            self.go("stage")
        return self.work("check")

    def press(self, key: str) -> None:
        self.page.locator(f"[data-key={key}]:not([disabled])").click(timeout=PATIENCE * 1000)

    def work(self, key: str) -> str:
        """Press what lasts, wait for its end, and give what the page says of it."""
        before = self.page.evaluate(WORK)
        self.press(key)
        self.until(lambda: self.page.evaluate(WORK) == [before[0] + 1, False], f"the end of '{key}'")
        self.page.wait_for_selector(".said .good, .said .bad")
        return self.page.locator(".said").inner_text()

    def see(self, selector: str, text: str = "") -> None:
        """Wait until the page shows it."""
        self.page.locator(selector, has_text=text).first.wait_for(timeout=PATIENCE * 1000)

    def until(self, is_so: object, what: str) -> None:
        assert callable(is_so)
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            assert time.monotonic() < deadline, f"waited {PATIENCE:.0f} s for {what}; the page says:\n{self.page.inner_text('main')}"
            self.page.wait_for_timeout(200)

    def verdict(self, check: str) -> str:
        found: str | None = self.page.locator(f"[data-check={check}] .badge").first.get_attribute("data-state")
        return found or ""


@pytest.fixture
def me(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Learner]:
    """A company at the start of C2, the dashboard of `lab serve` over it, and a browser that opened its address; all ended after."""
    monkeypatch.setenv("SOLUTION", str(short_week.solution()))
    monkeypatch.setenv("SHELL", "/bin/sh")
    monkeypatch.setenv("LAB_CACHE", CACHE)
    home = tmp_path / "harborline"
    with ExitStack() as stack:
        lab("start", str(short_week.write(tmp_path / "short-week")), "--dir", str(home), "--seed", "7", cwd=tmp_path)
        stack.callback(lab, "down", cwd=home)
        lab("goto", "the-gate", "--catch-up", "--yes", cwd=home)
        served = stack.enter_context(subprocess.Popen([*LAB, "-C", str(home), "serve", "--no-open"], stdout=subprocess.PIPE, text=True))
        stack.callback(served.terminate)
        address = next(found[0] for line in served.stdout or () if (found := re.search(r"http://\S+", line)))
        page = stack.enter_context(chromium()).new_context(viewport={"width": 1280, "height": 720}).new_page()
        page.goto(address)
        page.wait_for_selector(".piece")
        yield Learner(page, address)


def lab(*words: str, cwd: Path) -> None:
    subprocess.run([*LAB, *words], cwd=cwd, check=True, timeout=300, stdout=subprocess.DEVNULL, env=dict(os.environ))


def test_the_gate_is_played_to_its_end_on_the_page(me: Learner):
    the_server_is_looked_at(me)
    nobody_answers(me)
    a_pipeline_answers(me)
    main_is_open_and_then_guarded(me)
    a_change_goes_through_the_gate(me)
    it_is_passed(me)


def the_server_is_looked_at(me: Learner) -> None:
    """The terminal is a shell on the server for once."""
    me.enter("web1")
    assert "restart" in me.type("ls")
    me.enter("clone")


def nobody_answers(me: Learner) -> None:
    """The first look fails, and a hint is taken."""
    me.go("stage")
    me.see(".text article h1", "The gate")
    assert "Not yet" in me.check()
    assert me.verdict("good-goes-green") == "failed"
    me.press("hint")
    me.see(".hint-card", "Who could answer a pull request now?")


def a_pipeline_answers(me: Learner) -> None:
    """A workflow is committed and pushed from the page, its run is watched, and two milestones are reached."""
    screen = me.type(STEP, "git add --all && git commit -qm 'Answer every push'", "git push")
    assert "ci: success" in screen
    me.go("pipelines")
    me.see(".detail .badge", "success")
    me.see(".job", "test")
    me.see(".step-list li", "Run all tests")
    me.see(".log-line")
    assert "Milestone reached: A push gets a red or a green answer" in me.check()
    assert "Milestone reached: Never falsely green" in me.check()


def main_is_open_and_then_guarded(me: Learner) -> None:
    """Without rules the bad one gets in; with them the third milestone is reached and a push of ours is refused."""
    assert "Not yet" in me.check()
    assert me.verdict("main-is-guarded") == "failed"
    me.type(
        'cp -R "$SOLUTION"/.github/rulesets "$SOLUTION"/.github/CODEOWNERS .github/ && git add --all && git commit -qm "Guard main"',
        "git pull -q --rebase && git push",
    )
    assert "Milestone reached: Main is guarded" in me.check()
    me.type("git pull -q --rebase; git commit -q --allow-empty -m 'Straight to main'")
    assert "refused" in me.type("git push", code=1)
    me.type("git reset -q --hard HEAD~1")


def a_change_goes_through_the_gate(me: Learner) -> None:
    """Tom's red pull request is reviewed, and ours is opened, seen green, and merged; all by the buttons."""
    me.type(
        "git switch -q -c words && echo 'One more word.' >> README.md && git commit -qam 'One more word' && git push -q -u origin words"
    )
    me.go("forge")
    me.press("new")
    me.page.get_by_label("Branch").select_option("words")
    me.page.get_by_label("Title").fill("One more <b>word</b>")
    me.page.get_by_label("What it does, and why").fill("It was missing.")
    me.page.get_by_role("button", name="Open it").click()
    me.see(".pull-title", "One more <b>word</b>")
    me.see(".diff-line.add", "One more word.")
    me.see(".detail .plain li", "success")
    me.press("merge")
    me.see(".bar .badge", "merged")

    me.page.locator(".list .row", has_text="from").filter(has_text="tom").first.click()
    me.see(".detail .plain li", "failure")
    me.page.locator("[data-key=say]").fill("The test is right: `make test` says why.")
    me.press("request")
    me.see(".detail .plain li", "learner refuses: The test is right")


def it_is_passed(me: Learner) -> None:
    """The last milestone, two other seeds, the debrief, and the way on."""
    said = me.check()
    assert "Milestone reached: It cannot be talked round" in said
    me.page.get_by_role("tab", name="Debrief").click()
    me.see(".text article h1")
    assert "'The gate' was the last stage there is." in me.work("next")
    me.see(".stage-head .badge", "passed")
    me.go("score")
    me.see("tbody tr", "passed")
