"""Rules for what a learner reads first: the briefing, its contract, its titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from lab.authoring.lint.base import Example, Rule, Told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lab.errors import Problem

BRIEFING: Final = "briefing.md"
BRIEFING_LINES: Final = 25
CONTRACT_LINES: Final = 10
LONGEST: Final = {"job": 160, "title": 70}
CHECK_TITLE: Final = 110
HINT: Final = 1000
JOB: Final = re.compile(r"^\*\*Your job:\*\*", re.MULTILINE)
COMMAND: Final = re.compile(r"^Type this first: `[^`]+`", re.MULTILINE)
DONE: Final = re.compile(r"\bdone\b", re.IGNORECASE)
GOOD: Final = """\
# A greeting

Lena sends the newsletter on Friday.

**Your job:** write a command that greets each customer by name.

Type this first: `ls`.

You are done when `ops/greet NAME` prints the name, for any name.
"""
_FILE: Final = "stages/first/briefing.md"


def parts(briefing: str) -> tuple[list[str], list[str]]:
    """The lines with words of a briefing, and those of the contract that follows its first `## `."""
    story, _, contract = briefing.partition("\n## ")
    told, more = ([line for line in text.splitlines() if line.strip()] for text in (story, contract))
    return told, more[1:]


class BriefingLength(Rule):
    """A briefing has at most 25 lines with words before the contract."""

    id = "briefing-length"
    why = "A briefing is read standing, before the first command. What does not fit in 25 lines belongs into hints or the debrief."
    example: ClassVar = Example(_FILE, GOOD + "And so on.\n" * 30, GOOD)

    def look(self, told: Told) -> Iterator[Problem]:
        """Count them."""
        story, _ = parts(told.stage.briefing)
        if len(story) > BRIEFING_LINES:
            yield told.of(BRIEFING, f"the briefing has {len(story)} lines before its contract; at most {BRIEFING_LINES} are read")


class ContractLength(Rule):
    """The contract, from the first `## ` on, has at most ten lines."""

    id = "contract-length"
    why = "The contract says what the learner's commands can rely on. More than ten lines are a manual, and nobody keeps a manual in mind."
    example: ClassVar = Example(_FILE, GOOD + "\n## What there is\n\n" + "- a thing\n" * 12, GOOD + "\n## What there is\n\n- a thing\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Count its lines with words."""
        _, contract = parts(told.stage.briefing)
        if len(contract) > CONTRACT_LINES:
            yield told.of(BRIEFING, f"the contract has {len(contract)} lines; at most {CONTRACT_LINES} are kept in mind")


class JobSentence(Rule):
    """A briefing has one sentence that begins `**Your job:**`."""

    id = "job-sentence"
    why = "Whoever skims finds the one sentence that says what to do; two such sentences are two stages."
    example: ClassVar = Example(_FILE, GOOD.replace("**Your job:** w", "W"), GOOD)

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for it."""
        count = len(JOB.findall(told.stage.briefing))
        if count != 1:
            yield told.of(BRIEFING, f"a line that begins '**Your job:**' is wanted once, and there are {count}")


class FirstCommand(Rule):
    """A briefing names a first command: `Type this first:`, then the command in backticks."""

    id = "first-command"
    why = "A blank prompt is the highest step of a stage. A command that can't go wrong, and shows something, takes it away."
    example: ClassVar = Example(_FILE, GOOD.replace("Type this first: `ls`.", "Have a look around."), GOOD)

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for it."""
        if not COMMAND.search(told.stage.briefing):
            yield told.of(BRIEFING, "no line says 'Type this first: `COMMAND`'")


class SaysDone(Rule):
    """A briefing says when the learner is done."""

    id = "says-done"
    why = "Learners who don't know what will be asked build something else, well. What 'done' means is what the checks ask, in their words."
    example: ClassVar = Example(_FILE, GOOD.replace("You are done when", "Remember:"), GOOD)

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for the word."""
        if not DONE.search(told.stage.briefing):
            yield told.of(BRIEFING, "nothing says when the learner is done: a line that begins 'You are done when' is wanted")


class TextTooLong(Rule):
    """The job has at most 160 characters, a stage's title 70, a check's title 110, a step of a hint 1000."""

    id = "text-too-long"
    why = "These texts stand in one line of a terminal, or are read between two tries."
    example: ClassVar = Example("stages/first/stage.yaml", f"job: {'Write a command, and then ' * 9}rest.\n", "job: Write a command.\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Measure them."""
        for name, most in LONGEST.items():
            length = len(getattr(told.stage, name))
            if length > most:
                yield told.at((name,), f"'{name}' has {length} characters; at most {most} fit")
        for place, check in enumerate(told.stage.checks):
            if len(check.title) > CHECK_TITLE:
                yield told.at(("checks", place), f"the title of '{check.id}' has {len(check.title)} characters; at most {CHECK_TITLE} fit")
        for name, steps in told.stage.hints.items():
            for number, step in enumerate(steps, 1):
                if len(step) > HINT:
                    yield told.at(
                        ("hints", name), f"step {number} of the hint for '{name}' has {len(step)} characters; at most {HINT} are read"
                    )
