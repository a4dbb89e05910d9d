"""Rules for checks and events: each asks something, can fail, and is looked at."""

from __future__ import annotations

import ast
import re
from collections import Counter
from typing import TYPE_CHECKING, ClassVar, Final

from lab.authoring.lint.base import Example, Rule, Told
from lab.scenario.reading import nearest
from lab.scenario.skills import SKILLS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lab.errors import Problem
    from lab.scenario.marked import Where

ACTS: Final = ("verb", "release", "pull_request", "push", "observe")  # these change or await something, looked at or not
_FILE: Final = "stages/first/stage.yaml"
_FAILS: Final = re.compile(r"\bexit\s+(?!0\b)\S|\bset\s+-\w*e|\breturn\s+(?!0\b)\S|\bfalse\b|\bfail\w*\b", re.MULTILINE)
_TEST: Final = re.compile(r"^\s*(test\s|\[|grep\b|diff\b|cmp\b|!|curl\b.*-f)", re.MULTILINE)
_ENDS_WELL: Final = re.compile(r"(^|[;&|]\s*)(exit\s+0|true|:|echo\b.*|printf\b.*|done|fi)\s*$")


def can_fail(text: str) -> bool:
    """Whether a shell script can end with another code than 0, as far as its text shows."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    if not lines:
        return False
    if _FAILS.search("\n".join(lines)):
        return True
    return not _ENDS_WELL.search(lines[-1])


def says_something(text: str) -> bool:
    """Whether a script prints anything that a person could read."""
    return bool(re.search(r"\b(echo|printf|print|cat|fail-message)\b", text))


class AssertsNothing(Rule):
    """A script can end with another code than 0, a Python check can fail, an acceptance suite asserts something."""

    id = "asserts-nothing"
    why = "A check that can't fail passes everybody, and is trusted all the same."
    example: ClassVar = Example(
        "stages/first/checks/refuses.sh",
        "#!/bin/sh\nops/greet\necho Done.\n",
        "#!/bin/sh\nif ops/greet; then echo It greets nobody.; exit 1; fi\necho Nobody is not greeted.\n",
    )

    def look(self, told: Told) -> Iterator[Problem]:
        """Read the files that checks and events name."""
        for name in sorted(_own_files(told)):
            path = told.folder / name
            if path.is_dir():
                if not any("assert" in file.read_text(encoding="utf-8", errors="replace") for file in path.rglob("test*.py")):
                    yield told.of(name, "no test of this suite asserts anything")
            elif path.suffix == ".py":
                if not _python_can_fail(path):
                    yield told.of(name, "nothing in this file can give a finding that failed")
            elif path.is_file() and not can_fail(path.read_text(encoding="utf-8", errors="replace")):
                yield told.of(name, "this script always ends with 0")


def _own_files(told: Told) -> set[str]:
    """What the stage's own checks and events name, by path from its folder."""
    parts = [*told.stage.checks, *(event.what for scene in told.stage.game_day for event in scene.events)]
    parts += [event.what for event in told.stage.events]
    return {str(getattr(one, name)) for one in parts for name in getattr(one, "files", ()) if getattr(one, name)}


def _python_can_fail(path: Path) -> bool:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return True  # it breaks, which blocks; proving says so
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return bool(names & {"failed", "FAILED"})


class Unrefused(Rule):
    """Each check is refused by a trap, with words that its message has."""

    id = "unrefused-check"
    level = "advice"
    why = "A trap shows that the check can fail, for a reason. The untouched start may refuse it too; `lab author prove` knows that."
    example: ClassVar = Example(
        "stages/first/traps/greets-nobody/trap.yaml",
        "refused_by: [{check: greets-by-name, message: print}]\n",
        "refused_by: [{check: refuses-nobody, message: ended with 0}]\n",
    )

    def look(self, told: Told) -> Iterator[Problem]:
        """Compare."""
        refused = {refusal.check for trap in told.stage.traps for refusal in trap.refused_by}
        for place, check in enumerate(told.stage.checks):
            if check.id not in refused and check.type != "answered" and check.id not in told.stage.kept:
                yield told.at(("checks", place), f"no trap is refused by '{check.id}'")


class UnusedLabel(Rule):
    """What a scene's event is called is spoken of by a check or a later event, and each scene is asked by a check."""

    id = "unused-event"
    why = "Each event costs seconds of every check. What nobody asks about was meant to be asked about, or can go."
    example: ClassVar = Example(
        _FILE,
        "game_day:\n  - id: newsletter\n    events:\n"
        "      - script: {run: checks/greets.sh, as: greets}\n"
        "      - script: {run: checks/refuses.sh, as: refuses}\n"
        "      - script: {run: checks/greets.sh, as: again}\n",
        "game_day:\n  - id: newsletter\n    events:\n"
        "      - script: {run: checks/greets.sh, as: greets}\n"
        "      - script: {run: checks/refuses.sh, as: refuses}\n",
    )

    def look(self, told: Told) -> Iterator[Problem]:
        """Collect what is spoken of."""
        for at, scene in enumerate(told.stage.game_day):
            asking = [check for check in told.stage.checks if check.on == "game_day" and check.scene == scene.id]
            if not asking:
                yield told.at(("game_day", at), f"no check looks at the scene '{scene.id}'")
                continue
            if any(check.id in told.stage.kept for check in asking):
                continue  # the scene is an earlier stage's, cut down; it is judged there
            spoken = {label for one in [*asking, *(event.what for event in scene.events)] for label in _spoken(one)}
            for place, event in enumerate(scene.events):
                if event.label and event.label not in spoken and not event.kind.startswith(ACTS):
                    yield told.at(("game_day", at, "events", place), f"nothing looks at '{event.label}'")


def _spoken(one: object) -> Iterator[str]:
    for name in getattr(one, "refers", ()):
        value = getattr(one, name)
        yield from (value,) if isinstance(value, str) else value


class UnknownSkill(Rule):
    """Skills are those of the profile."""

    id = "unknown-skill"
    why = "A skill with another name is a line of its own in every learner's profile, and nobody ever fills it."
    example: ClassVar = Example(_FILE, "skills: [shel]\n", "skills: [shell]\n")

    def look(self, told: Told) -> Iterator[Problem]:
        """Compare with the catalogue."""
        places: list[tuple[Where, tuple[str, ...]]] = [(("skills",), told.stage.skills), (("teaches",), told.stage.teaches)]
        places += [(("checks", at), check.skills) for at, check in enumerate(told.stage.checks)]
        for where, skills in places:
            for skill in skills:
                if skill not in SKILLS:
                    yield told.at(where, f"there is no skill '{skill}'{nearest(skill, SKILLS)}")


class NameReused(Rule):
    """No trap has the name of a solution of its stage."""

    id = "name-reused"
    why = "`--only NAME` and `--as NAME` mean one thing."
    example: ClassVar = Example(
        "stages/first/traps/in-shell/trap.yaml",
        "why: It worked once.\nbase: in-shell\nrefused_by: [{check: refuses-nobody, message: ended}]\n",
        None,
    )

    def look(self, told: Told) -> Iterator[Problem]:
        """Count the names."""
        names = Counter([*(one.name for one in told.stage.solutions), *(one.name for one in told.stage.traps), "start"])
        for name, count in names.items():
            if count > 1:
                yield told.of(f"traps/{name}", f"'{name}' is the name of {count} things of this stage")
