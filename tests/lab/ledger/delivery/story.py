"""A ledger told in a few lines: a minute (or `from..to`), and what happened. Ten customers ask in every minute until the end.

push NAME [bad] [KIND] [of WHAT] [breaks X] [received MINUTE]   a change; `of` links a revert or a fix
deploy VERSION [= CHANGE… -TAKEN_BACK… +own]   seen from the first minute, and alone from the second one on
laid VERSION = CHANGE…                         what the founding put on the server
show VERSION SHARE…                            one picture of the door
bad [X]      half of the minute's answers are wrong, on the behaviour X if it is named; `slight`: one in ten
out          nobody answers
fault CAUSE, page, withdraw NAME, reject NAME, violation, start_over, asleep, end
"""

from __future__ import annotations

from typing import Any

from lab.ledger.store import Event

ASKED = 10


class Story:
    """Reads the lines; `events` are the ledger's, `now` is the minute of `end`."""

    def __init__(self, text: str) -> None:
        self.now = 0.0
        self._rows: list[tuple[float, int, str, str, dict[str, Any]]] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._nights: list[tuple[float, float]] = []
        for line in text.splitlines():
            words = line.split(" # ")[0].split()
            if words:
                start, _, end = words[0].partition("..")
                getattr(self, "_" + words[1])(float(start), float(end or start), words[2:])

    @property
    def events(self) -> list[Event]:
        """Oldest first; what happened in one minute stays in the order in which it was told."""
        rows = [row for row in self._rows if not self._is_covered(row)]
        for minute in range(int(self.now)):
            if not any(start <= minute < end for start, end in self._nights):
                told = {"good": ASKED, "wrong": 0, "failed": 0, "late": 0, "versions": {"any": ASKED}} | self._answers.get(minute, {})
                rows.append((minute + 1.2, 0, "answers", "door", {"second": minute, **told}))
        ordered = sorted(rows, key=lambda row: row[:2])
        return [Event(seq, at * 60, at, kind, "", source, data) for seq, (at, _, kind, source, data) in enumerate(ordered, 1)]

    def _is_covered(self, row: tuple[float, int, str, str, dict[str, Any]]) -> bool:
        """Whether a later row of the same second says that it shows all there is."""
        later = [other for other in self._rows if other[2] == row[2] == "version.seen" and other[0] == row[0] and other[1] > row[1]]
        return sum(other[4]["share"] for other in later) + (row[4]["share"] if later else 0) > 1

    def add(self, at: float, type_: str, source: str = "engine", /, **data: Any) -> None:
        """Any event."""
        self._rows.append((at, len(self._rows), type_, source, data))

    def _push(self, at: float, _: float, words: list[str]) -> None:
        told: dict[str, Any] = {"change_id": words[0], "sha": f"commit-{words[0]}", "author": "tom", "label": "good", "kind": "feature"}
        rest = iter(words[1:])
        for word in rest:
            if word == "of":
                told["mends"] = next(rest)
            elif word == "breaks":
                told["breaks"] = [next(rest)]
            elif word == "received":
                told["received"] = float(next(rest))
            else:
                told["label" if word in {"good", "bad"} else "kind"] = word
        self.add(at, "change.pushed", "forge", **told)

    def _deploy(self, at: float, full: float, words: list[str]) -> None:
        self._known(at, words)
        if full > at:
            self.add(at, "version.seen", "door", sha=words[0], share=0.5, second=int(at))
        self.add(full, "version.seen", "door", sha=words[0], share=1.0, second=int(full))

    def _laid(self, at: float, _: float, words: list[str]) -> None:
        self._known(at, words, laid=True)
        self.add(at, "version.seen", "door", sha=words[0], share=1.0, second=int(at))

    def _known(self, at: float, words: list[str], **more: Any) -> None:
        version, *rest = words
        if rest:
            changes = [word for word in rest[1:] if word[0] not in "-+"]
            mended = [word[1:] for word in rest[1:] if word[0] == "-"]
            own = rest.count("+own")
            self.add(at, "version.known", "door", sha=version, changes=changes, mended=mended, own=own, **more)

    def _show(self, at: float, _: float, words: list[str]) -> None:
        for version, share in zip(words[::2], words[1::2], strict=True):
            self.add(at, "version.seen", "door", sha=version, share=float(share), second=int(at))

    def _bad(self, at: float, end: float, words: list[str], wrong: int = 5) -> None:
        focuses = {"focuses": {words[0]: wrong}} if words else {}
        for minute in range(int(at), int(end) + 1):
            self._answers[minute] = {"good": ASKED - wrong, "wrong": wrong, **focuses}

    def _slight(self, at: float, end: float, words: list[str]) -> None:
        self._bad(at, end, words, wrong=1)

    def _out(self, at: float, end: float, _: list[str]) -> None:
        for minute in range(int(at), int(end) + 1):
            self._answers[minute] = {"good": 0, "failed": ASKED, "versions": {}}

    def _fault(self, at: float, end: float, words: list[str]) -> None:
        self.add(at, "fault.start", kind=f"fault-{at}", cause=words[0])
        self.add(end, "fault.end", kind=f"fault-{at}")

    def _page(self, at: float, _: float, __: list[str]) -> None:
        self.add(at, "page", "pager", severity="page", group="shop")

    def _violation(self, at: float, _: float, __: list[str]) -> None:
        self.add(at, "violation", "door", second=int(at), kind="charged-twice")

    def _withdraw(self, at: float, _: float, words: list[str]) -> None:
        self.add(at, "change.withdrawn", "forge", change_id=words[0])

    def _reject(self, at: float, _: float, words: list[str]) -> None:
        self.add(at, "change.rejected", "forge", change_id=words[0], reason="red")

    def _start_over(self, at: float, _: float, __: list[str]) -> None:
        self.add(at, "stage.reset", stage="day-zero")

    def _asleep(self, at: float, end: float, _: list[str]) -> None:
        self._nights.append((at, end))
        self.add(at, "clock.paused")
        self.add(end, "clock.leaped", minutes=end - at)

    def _end(self, at: float, _: float, __: list[str]) -> None:
        self.now = at
