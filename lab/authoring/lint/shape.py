"""Rules for a stage's files and times: nothing missing, nothing left over, nothing that can't be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from lab.authoring.lint.base import Example, Rule, Told
from lab.authoring.lint.judging import _own_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.errors import Problem

_FILE: Final = "stages/first/stage.yaml"
FIRST: Final = 10
SHARE: Final = 0.25
TEXTS: Final = frozenset({"stage.yaml", "briefing.md", "debrief.md", "instructor.md"})
FOLDERS: Final = ("start/", "drafts/", "box/")
LAYER: Final = ("files/", "live/", "solve.sh", "mechanism.md", "survivors.yaml", "trap.yaml", "README.md")
_TWO: Final = 2


class UnusedFile(Rule):
    """Every file of a stage is one that the lab reads, or that a check or an event names."""

    id = "unused-file"
    why = "A file that nothing reads was renamed, or is named wrongly somewhere: a hint.md that no learner ever sees."
    example: ClassVar = Example("stages/first/breifing.md", "# A greeting\n", None)

    def look(self, told: Told) -> Iterator[Problem]:
        """Walk the folder."""
        own = _own_files(told)
        kept = {name.partition("/")[0] for name in own}
        texts = "\n".join(_text(told.folder / name) for name in own)
        for path in sorted(told.folder.rglob("*")):
            name = path.relative_to(told.folder).as_posix()
            if not path.is_file() or name in TEXTS or name.startswith(FOLDERS) or "__pycache__" in name:
                continue
            parts = name.split("/", 2)
            if parts[0] in {"solutions", "traps"} and len(parts) > _TWO and parts[2].startswith(LAYER):
                continue
            if name in own or any(name.startswith(f"{one}/") for one in own):
                continue
            if parts[0] in kept and path.name in texts:
                continue
            yield told.of(name, "nothing reads this file")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


class NoMechanism(Rule):
    """Each solution says in `mechanism.md`, in a sentence, what it is built on."""

    id = "no-mechanism"
    why = "Two solutions guard against checks that ask for one way of doing it. The sentence shows that they are two ways."
    example: ClassVar = Example("stages/first/solutions/in-shell/mechanism.md", "", "A shell script looks at its first word.\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for the sentence."""
        for solution in told.stage.solutions:
            if not solution.mechanism:
                yield told.of(f"solutions/{solution.name}/mechanism.md", "this solution does not say what it is built on")


class FirstMilestone(Rule):
    """The first milestone is reached within ten minutes, with at most two checks."""

    id = "first-milestone"
    why = "What a learner reaches in the first ten minutes decides whether there is an eleventh."
    example: ClassVar = Example(
        _FILE,
        "milestones:\n  - {id: all, title: All, minutes: 20, checks: [greets-by-name, refuses-nobody]}\n",
        "milestones:\n"
        "  - {id: hello, title: Hello, minutes: 8, checks: [greets-by-name]}\n"
        "  - {id: nobody, title: Nobody, minutes: 12, checks: [refuses-nobody]}\n",
    )

    def look(self, told: Told) -> Iterator[Problem]:
        """Look at the first."""
        first = told.stage.milestones[0]
        if first.minutes > FIRST:
            yield told.at(("milestones", 0), f"the first milestone takes {first.minutes} minutes; at most {FIRST} keep a learner going")
        if len(first.checks) > _TWO:
            yield told.at(("milestones", 0), f"the first milestone asks for {len(first.checks)} checks; at most {_TWO} are wanted")


class TimesDisagree(Rule):
    """The minutes of a stage are those of its milestones together, give or take a quarter."""

    id = "times-disagree"
    why = "Whoever plans a lesson adds up the stages. Two numbers that contradict each other are two guesses."
    example: ClassVar = Example(_FILE, "minutes: 90\n", "minutes: 22\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Add them up."""
        total = sum(one.minutes for one in told.stage.milestones)
        if abs(total - told.stage.minutes) > SHARE * told.stage.minutes:
            yield told.at(("minutes",), f"the stage takes {told.stage.minutes} minutes, and its milestones {total} together")


class ReadyTooSoon(Rule):
    """A stage that is `ready` has two solutions and a trap; a draft has one of each."""

    id = "ready-too-soon"
    why = "One solution shows that it can be done, two that it can be done otherwise; a trap shows that it can be done wrongly."
    example: ClassVar = Example("stages/first/solutions/in-python/files/ops/greet", "#!/bin/sh\n", "#!/bin/sh\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Count them."""
        wanted = _TWO if told.stage.status == "ready" else 1
        if len(told.stage.solutions) < wanted:
            have = len(told.stage.solutions)
            yield told.at(("status",), f"the stage is '{told.stage.status}' with {have} solutions; {wanted} are wanted")
        if not told.stage.traps:
            yield told.at(("status",), f"the stage is '{told.stage.status}' and has no trap")


class Draft(Rule):
    """A stage is `ready` before learners get it."""

    id = "draft"
    level = "advice"
    why = "A draft is played with a banner, and proven by one solution and one trap."
    example: ClassVar = Example(_FILE, "status: draft\n", "status: ready\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Look at the status."""
        if told.stage.status == "draft":
            yield told.at(("status",), "this stage is a draft")


class NoInstructorText(Rule):
    """A stage has an `instructor.md`: where people get stuck, questions to ask, timings."""

    id = "no-instructor-text"
    level = "advice"
    why = "The next one who teaches it was not there when you found out. `lab author handout` makes a page of it."
    example: ClassVar = Example("stages/first/instructor.md", "", "# For the instructor\n\nPeople forget the executable bit.\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Look for words."""
        if not told.stage.instructor.strip():
            yield told.of("instructor.md", "nothing here helps whoever teaches this stage")
