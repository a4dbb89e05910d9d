"""Foreign words made safe, and words for times and counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.report import plain
from lab.report.paper import Paper


@given(st.text())
def test_no_control_character_survives(text: str) -> None:
    shown = plain.clean(text)
    assert not any((ord(sign) < 32 and sign not in "\n\t") or 0x7F <= ord(sign) <= 0x9F for sign in shown)
    assert plain.line(text).count("\n") == 0
    assert plain.ascii_only(shown).isascii()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;title\x07text", "text"),
        ("\x1b[2J\x1b[31mred\x1b[0m", "red"),
        ("a\rb", "a\nb"),
        ("fix [/b] [link=http://x]y[/link]", "fix [/b] [link=http://x]y[/link]"),
        ("user\u202egnp.exe", "usergnp.exe"),
    ],
)
def test_escapes_go_and_words_stay(raw: str, shown: str) -> None:
    assert plain.clean(raw) == shown


def test_times_and_counts_are_words() -> None:
    assert [plain.clock(minute) for minute in (None, 0, 184, 1000)] == ["", "09:00", "12:04", "day 1, 01:40"]
    assert [plain.span(minutes) for minutes in (0, 41, 130, 1600)] == ["0 min", "41 min", "2 h 10 min", "1 d 2 h"]
    assert [plain.count(number, "reply", "replies") for number in (1, 2, 12345)] == ["1 reply", "2 replies", "12,345 replies"]


def test_text_is_broken_only_on_a_screen_and_long_words_stay_whole() -> None:
    text = "word " * 30 + "a" * 50
    assert len(Paper().fold(text)) == 1
    lines = Paper(width=40).fold(text, indent="    ", first="- ")
    assert lines[0].startswith("- word")
    assert all(line.startswith("    ") for line in lines[1:])
    assert lines[-1] == "    " + "a" * 50


def test_colour_is_never_the_only_sign() -> None:
    for verdict in ("passed", "failed", "waiting", "blocked"):
        assert verdict in Paper(colour=True).verdict(verdict)
        assert verdict in Paper(unicode=False).verdict(verdict)
