"""Keeps what a run prints: one JSON line for each line, of every step the head and the tail, safe to show anywhere."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Final

from lab.company.git import plain

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

HEAD: Final = 500_000
TAIL: Final = 500_000
LONGEST_LINE: Final = 16_000
_MOST_BLANK: Final = 1_000
_END_OF_INPUT: Final = "^D\b\b"


def shown(text: str) -> str:
    """One printed line as a person may see it: what a terminal would show last of it, without control characters, not endless."""
    if len(text) > 2 * LONGEST_LINE:
        left_out = len(text) - 2 * LONGEST_LINE
        text = f"{text[:LONGEST_LINE]} … {left_out} characters left out … {text[-LONGEST_LINE:]}"
    text = text.rstrip("\r\n")
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part), "")
    return plain(text)


class StepLog:
    """The log of one step: the first `HEAD` characters are written as they come, the last `TAIL` when the step ends."""

    def __init__(self, file: TextIO, *, job: str, number: int, step: str) -> None:
        self.file = file
        self.job = job
        self.number = number
        self.step = step
        self._written = 0
        self._tail: deque[str] = deque()
        self._held = 0
        self._dropped = 0
        self._blank = 0

    def add(self, text: str) -> None:
        """Keep one line."""
        line = shown(text.removeprefix(_END_OF_INPUT))
        if not line and text.strip():
            return  # nothing but control characters: act's own end of input, echoed by the terminal
        if not line:
            self._blank += 1  # act adds one at the end of a step, now and then: those at the end are not kept
            return
        for blank in [""] * min(self._blank, _MOST_BLANK):
            self._keep(blank)
        self._blank = 0
        self._keep(line)

    def _keep(self, line: str) -> None:
        if self._written < HEAD:
            self._written += len(line) + 1
            self._write(line)
            return
        self._tail.append(line)
        self._held += len(line) + 1
        while self._held > TAIL:
            self._held -= len(self._tail.popleft()) + 1
            self._dropped += 1

    def close(self) -> None:
        """Write what was held back."""
        if self._dropped:
            self._write(f"… {self._dropped} lines left out: the step printed more than the log of a step holds …")
        for line in self._tail:
            self._write(line)
        self._tail.clear()
        self._held = self._dropped = 0

    def _write(self, text: str) -> None:
        record = {"job": self.job, "number": self.number, "step": self.step, "text": text}
        self.file.write(json.dumps(record, ensure_ascii=False) + "\n")


def open_log(path: Path) -> TextIO:
    """Open a run's log for writing; what is written reaches readers line by line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("w", encoding="utf-8", errors="replace", buffering=1)
