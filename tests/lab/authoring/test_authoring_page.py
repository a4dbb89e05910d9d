"""docs/authoring.md walks from nothing to a proven stage: its blocks are run, in their order, as somebody would type them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "authoring.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_whoever_follows_the_page_has_a_proven_stage(tmp_path: Path) -> None:
    cache = os.environ.get("LAB_CACHE")
    settings = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "LAB_RUNTIME": str(tmp_path / "run"),
    }
    said = ""
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            for line in text.splitlines():
                assert line in said, f"{line!r} is not in what was said:\n{said}"
            continue
        done = subprocess.run(
            ["bash", "-euc", text],
            cwd=tmp_path,
            env=settings | ({"LAB_CACHE": cache} if cache else {}),
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{text}\n{said}"
    assert "| first | trap two-lines |" in (tmp_path / "proof.md").read_text(encoding="utf-8")
