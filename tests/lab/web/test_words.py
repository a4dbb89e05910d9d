"""English stands in one file: every word that a page asks for is there, and no page has words of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lab.web.pages import STATIC, WORDS

SAID = re.compile(r"say\(\s*[\"`]([\w.]+)[\"`]")
MADE = re.compile(r"say\(\s*`([\w.]+)\$\{")


def keys(told: dict[str, object], before: str = "") -> Iterator[str]:
    for name, value in told.items():
        if isinstance(value, dict):
            yield from keys(value, f"{before}{name}.")
        else:
            yield before + name


def test_every_word_that_a_page_says_is_in_the_one_file():
    source = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    there = set(keys(json.loads(WORDS.read_text(encoding="utf-8"))))

    assert set(SAID.findall(source)) - there == set()
    assert [made for made in MADE.findall(source) if not any(word.startswith(made) for word in there)] == []


def test_no_page_has_english_of_its_own():
    for path in STATIC.glob("*.js"):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        loose = re.findall(r"el\([^)]*\{[^}]*\}, \"[A-Z][a-z]+ [a-z]", code)
        assert loose == [], path.name
