"""Opens a company in a temporary folder, plays its first minutes, and takes a picture of every page of the dashboard.

    python setup/screenshots.py FOLDER

What it opens it ends again. It needs the project's own environment (`make install-dev`) and a Chromium.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import sync_playwright

LAB = Path(sys.executable).parent / "lab"
PAGES = ("map", "stage", "pipelines", "forge", "production", "team", "score", "terminal", "teaching")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, HIGH = 1280, 720
SETTLED = 2.5
BUYING = 20.0
FRIDAY = "git archive friday | lab ssh web1 'tar -x -C app && ./restart'"


def main(target: Path) -> int:
    """Take the pictures; the exit code is that of the first command that failed."""
    target.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        place = Path(tempfile.mkdtemp(prefix="lab-pictures-"))
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        home = place / "harborline"
        _lab("start", "--dir", str(home), "--seed", "7", cwd=place)
        stack.callback(_lab, "down", cwd=home)
        subprocess.run(["bash", "-c", f". {home}/enter && {FRIDAY} && lab check"], cwd=home, check=False, timeout=300)
        time.sleep(BUYING)
        served = stack.enter_context(subprocess.Popen([LAB, "serve", "--no-open"], cwd=home, stdout=subprocess.PIPE, text=True))
        stack.callback(served.terminate)
        address = next(found[0] for line in served.stdout or () if (found := re.search(r"http://\S+", line)))
        _pictures(address, target)
    return 0


def _pictures(address: str, target: Path) -> None:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox"] if os.getuid() == 0 else [])
        page = browser.new_page(viewport={"width": WIDE, "height": HIGH})
        page.goto(address)
        root = address.split("/?", maxsplit=1)[0]
        for name in PAGES:
            page.goto(f"{root}/{'' if name == 'map' else name}")
            page.wait_for_selector("main h1")
            page.wait_for_timeout(SETTLED * 1000)
            page.screenshot(path=target / f"{name}.png")
            print(target / f"{name}.png")
        browser.close()


def _lab(*words: str, cwd: Path) -> None:
    subprocess.run([LAB, *words], cwd=cwd, check=True, timeout=300)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")))
