"""What lasts: a check, the next stage, a reset. One at a time, in a thread; it goes on when the browser is closed."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from lab.errors import LabError, WrongState

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.web.feed import Feed


@dataclass(frozen=True)
class WorkReport:
    """The last thing that was begun here. `state` is idle, running, done or refused; `said` is what it does now.

    `report` is the document of the use case once it is done, `problem` an `error` document when it was refused.
    """

    number: int = 0
    what: str = ""
    state: str = "idle"
    said: str = ""
    heading: str = ""
    found: int = 0
    report: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class Work:
    """The one thing at a time. Every change of it is published to all browsers."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._lock = threading.Lock()
        self.now = WorkReport()

    def begin(self, what: str, call: Callable[[Work], Any]) -> WorkReport:
        """Begin; `call` gets this object, to say what it does.

        Raises:
            WrongState: something else is running.
        """
        with self._lock:
            if self.now.state == "running":
                raise WrongState(f"'{self.now.what}' is still running here.", remedy="Wait for its end; the page shows how far it is.")
            self.now = WorkReport(number=self.now.number + 1, what=what, state="running")
        threading.Thread(target=self._run, args=(call,), name=f"work-{what}", daemon=True).start()
        self._publish()
        return self.now

    def tell(self, sentence: str) -> None:
        """What is being done."""
        self._change(said=sentence)

    def head(self, stage: str, milestone: str, *_: object) -> None:
        """What is played."""
        self._change(heading=" · ".join(part for part in (stage, milestone) if part))

    def found(self, _: object) -> None:
        """One more finding; the ledger has it."""
        self._change(found=self.now.found + 1)

    def _run(self, call: Callable[[Work], Any]) -> None:
        try:
            report = call(self)
            document = asdict(report) if is_dataclass(report) and not isinstance(report, type) else report
            outcome = {"outcome": report.outcome} if hasattr(report, "outcome") else {}
            self._change(state="done", said="", report={**document, **outcome})
        except LabError as problem:
            told = {"message": problem.message, "remedy": problem.remedy, "exit_code": problem.exit_code}
            self._change(state="refused", said="", problem=told)
        except Exception as problem:  # noqa: BLE001 - a thread of ours: the page must hear of it
            message = f"This is a fault of the lab's own, not of yours: {type(problem).__name__}: {problem}."
            self._change(state="refused", said="", problem={"message": message, "remedy": "", "exit_code": 70})

    def _change(self, **values: Any) -> None:
        with self._lock:
            self.now = replace(self.now, **values)
        self._publish()

    def _publish(self) -> None:
        self._feed.publish("work", asdict(self.now))
