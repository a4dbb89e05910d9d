"""Marks in a step's text: what ran or copied at a click there becomes plain Markdown, and tells what a learner is meant to run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_INLINE: Final = re.compile(r"`([^`\n]+)`\s?\{\{(execute|exec|copy|open)[^}]*\}\}")
_FENCE: Final = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1\s*(?:\{\{([^}]*)\}\})?[^\n]*$", re.MULTILINE | re.DOTALL)
_TRAFFIC: Final = re.compile(r"\{\{TRAFFIC_[A-Z]+\d*_?(\w*)\}\}")
_HOST: Final = re.compile(r"https?://\[\[[A-Z0-9_]+\]\][^\s)\"']*|\[\[[A-Z0-9_]+\]\]")
_RUN: Final = re.compile(r"\b(?:execute|exec|run)\b")
_LEFT: Final = re.compile(r"\{\{[^}\n]{1,80}\}\}")


@dataclass(frozen=True)
class Read:
    """A text without its marks, the commands that it has the learner run, and what was lost."""

    text: str
    commands: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read(text: str) -> Read:
    """Killercoda's and Katacoda's marks, and Instruqt's blocks with `run`."""
    found: list[tuple[int, str]] = []

    def fence(match: re.Match[str]) -> str:
        ticks, info, body, mark = match.groups()
        words = info.split(",")
        if _RUN.search(mark or "") or "run" in words[1:]:
            found.append((match.start(), body.rstrip()))
        return f"{ticks}{words[0].strip()}\n{body}{ticks}"

    fences = [(match.start(), match.end()) for match in _FENCE.finditer(text)]
    runs = (match for match in _INLINE.finditer(text) if match.group(2) in {"execute", "exec"})
    found += [(one.start(), one.group(1).strip()) for one in runs if not any(start <= one.start() < end for start, end in fences)]
    bare = _FENCE.sub(fence, text)
    commands = sorted(found)
    bare = _INLINE.sub(lambda match: f"`{match.group(1)}`", bare)
    notes = []
    if _TRAFFIC.search(bare) or _HOST.search(bare):
        notes.append("links to a port of the machine are plain text: a box has no network")
    bare = _TRAFFIC.sub(lambda match: f"http://localhost:{match.group(1)}" if match.group(1).isdigit() else "http://localhost", bare)
    bare = _HOST.sub("http://localhost", bare)
    bare = _LEFT.sub("", bare)
    return Read(bare.strip() + "\n", tuple(command for _, command in commands if command), tuple(notes))
