"""Checks that an author brings along: a script's exit code, a function of Python, an acceptance suite. Each knows all four verdicts."""

from __future__ import annotations

import base64
import json
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field, model_validator

from lab import process
from lab.checks.base import Check, Finding, Slug, Verdict, blocked, failed, passed
from lab.gameday.outcomes import AcceptanceRun, ScriptRun
from lab.gameday.probes import CLONE

if TYPE_CHECKING:
    from lab.gameday.facts import Facts

TEMPORARY: Final = 75  # EX_TEMPFAIL of sysexits.h: "could not look; try again"
NOT_RUN: Final = (126, 127)
AUTHOR: Final = "the author of the scenario"
COLLECTED_NOTHING: Final = 5
TESTS_FAILED: Final = 1


class Script(Check):
    """A script's exit code is the answer: 0 has passed, 75 could not look (blocked), any other has failed.

    The last line that it prints is the message, so it should be a sentence; all of it is the evidence. On a game day, `of`
    names a `script` event. With `on: live`, `run` names the script itself, and `at` where it runs.
    """

    refers: ClassVar = ("of",)
    files: ClassVar = ("run",)
    type: Literal["script"]
    of: str = Field(default="", description="Label of the `script` event that is looked at.")
    run: str = Field(default="", description="With `on: live`: the script, by its path from the stage's folder.")
    at: Slug = Field(default=CLONE, description="With `on: live`: 'clone', 'box', or the name of a server.")
    limit: float = Field(default=30, gt=0, le=600, description="With `on: live`: real seconds after which it is ended.")
    folder: Path = Field(default=Path(), exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _either(cls, value: Any) -> Any:
        if isinstance(value, dict):
            is_live = value.get("on") == "live"
            if is_live and not value.get("run"):
                raise ValueError("a live script check names its script in 'run'")
            if not is_live and (value.get("run") or not value.get("of")):
                raise ValueError("on a game day a script is a 'script' event, and the check names it in 'of'")
        return value

    def look(self, facts: Facts) -> Finding:
        """Read the exit code."""
        run = facts.of(self.of or f"probe:{self.id}", ScriptRun)
        said = run.last_line
        if run.exit is None:
            return blocked(f"'{run.name}' did not end within {run.limit:.0f} s and was stopped.", look_at=AUTHOR)
        if run.exit in NOT_RUN:
            return blocked(f"'{run.name}' could not be run: {said or 'it printed nothing'}.", look_at=AUTHOR)
        if run.exit == TEMPORARY:
            return blocked(said or f"'{run.name}' could not look, and does not say why.", look_at=AUTHOR)
        if run.exit == 0:
            return passed(said or f"{self.title}.")
        return failed(said or f"'{run.name}' ended with {run.exit} and said nothing.", look_at="what it printed", evidence=run.output)


class Pytest(Check):
    """Every test of an acceptance suite passes; the first that fails is named, with its reason.

    A suite that collects nothing, can't be imported or whose fixtures break is blocked: that is its author's fault.
    """

    refers: ClassVar = ("of",)
    type: Literal["pytest"]
    of: str = Field(description="Label of the `pytest` event.")
    at_least: int = Field(default=1, ge=1, description="How many tests must have run: fewer is blocked.")

    def look(self, facts: Facts) -> Finding:
        """Name the first test that failed."""
        run = facts.of(self.of, AcceptanceRun)
        if run.exit is None:
            return blocked(f"The acceptance suite did not end within {run.limit:.0f} s and was stopped.", look_at=AUTHOR)
        if run.broken:
            name, why = run.broken[0]
            return blocked(f"The acceptance suite broke by itself in '{name}': {why or 'no reason was given'}.", look_at=AUTHOR)
        if run.ran < self.at_least or run.exit == COLLECTED_NOTHING:
            return blocked(f"The acceptance suite has {run.ran} tests, and {self.at_least} were expected to run.", look_at=AUTHOR)
        if run.failed:
            name, why = run.failed[0]
            more = f" ({len(run.failed)} of {run.ran} tests fail.)" if len(run.failed) > 1 else ""
            return failed(f"'{_in_words(name)}' is not so: {why}{more}", look_at="the test's output below", evidence=run.output)
        if run.exit != 0:
            return blocked(f"pytest ended with {run.exit} before it had judged anything.", look_at=AUTHOR)
        return passed(f"All {run.ran} acceptance tests pass.")


class Python(Check):
    """A function of the stage's own Python file looks at the facts: `def f(facts): return passed("…")`.

    `passed`, `failed` and `blocked` come from `lab.checks.base`, outcomes from `lab.gameday.outcomes`, and `facts.of(label, kind)` asks
    for one. The function runs in a process of its own, which is ended at `limit`; what it prints is shown when it breaks.
    """

    refers: ClassVar = ("of",)
    files: ClassVar = ("file",)
    type: Literal["python"]
    file: str = Field(default="checks.py", description="The Python file, by its path from the stage's folder.")
    function: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="The function in it.")
    of: tuple[str, ...] = Field(default=(), description="Labels of the events that it looks at.")
    limit: float = Field(default=10, gt=0, le=120, description="Real seconds after which it is ended.")
    folder: Path = Field(default=Path(), exclude=True)

    def look(self, facts: Facts) -> Finding:
        """Have a process of its own look."""
        for label in self.of:
            facts.of(label, object)
        order = pickle.dumps({"file": str(self.folder / self.file), "function": self.function, "facts": facts})
        words = [sys.executable, "-I", "-m", "lab.checks.own_process"]
        done = process.run(words, cwd=self.folder, timeout=self.limit, stdin=base64.b64encode(order), join=False)
        where = f"'{self.function}' in '{self.file}'"
        if done.timed_out:
            return blocked(f"{where} did not answer within {self.limit:.0f} s and was stopped.", look_at=AUTHOR)
        try:
            told = json.loads(done.output)
            return Finding(Verdict(told["verdict"]), told["message"], told["look_at"], told["evidence"])
        except (ValueError, KeyError, TypeError):
            last = (done.errors.strip() or "it ended without a word").splitlines()[-1]
            return blocked(f"{where} broke: {last}.", look_at=AUTHOR)


def _in_words(name: str) -> str:
    """A test's name as a sentence: 'test_orders_are_kept' becomes 'orders are kept'."""
    return name.removeprefix("test_").replace("_", " ")
