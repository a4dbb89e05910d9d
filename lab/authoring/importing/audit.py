"""What is to be said of an imported check before anybody meets it: one that can't fail, one that says nothing, one that needs a network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lab.authoring.importing.told import Lab, Step

_COMMENT: Final = re.compile(r"^\s*#")
_NO: Final = re.compile(
    r"\bexit\s+[\"']?([1-9]\d*|\$\w+|\$\{|\$\?)|\bfalse\b|\breturn\s+[1-9]|\bset\s+-\w*e"
    r"|\bsys\.exit\(|\bassert\b|\braise\b"
)
_YES: Final = re.compile(r"^(exit\s+0|true|:)$")
_LOST: Final = re.compile(r"\|\|\s*(true|:|exit\s+0)\s*$")
_SAYS: Final = re.compile(r"\b(echo|printf|cat|fail-message|print)\b")
_NETWORK: Final = re.compile(
    r"\b(apt-get|apt|yum|dnf|apk)\s+(-\w+\s+)*(install|update)|\bcurl\s+[^\n]*https?://(?!localhost|127)|\bwget\b"
    r"|\bgit clone\s+http|\bpip3?\s+install|\bdocker\b|\bkubectl\b|\bsystemctl\b"
)


def code(script: str) -> list[str]:
    """The lines that do something."""
    return [line.strip() for line in script.splitlines() if line.strip() and not _COMMENT.match(line)]


def can_fail(script: str) -> bool:
    """Whether some line can make the script end with another code than 0. By reading: a doubt counts as yes."""
    lines = code(script)
    if not lines:
        return False
    if any(_NO.search(line) for line in lines):
        return True
    last = lines[-1]
    ends_a_block = last in {"fi", "done", "esac"} and _quiet_end(lines)
    return not (_YES.match(last) or _LOST.search(last) or _SAYS.match(last) or ends_a_block)


def _quiet_end(lines: list[str]) -> bool:
    """Whether what stands last in a block only talks."""
    inner = [line for line in lines[:-1] if line not in {"then", "else", "do", "fi", "done"}]
    return bool(inner) and bool(_SAYS.match(inner[-1]) or _YES.match(inner[-1]))


def says(script: str) -> bool:
    """Whether it tells the learner anything."""
    return any(_SAYS.search(line) for line in code(script))


def of_step(step: Step, number: int) -> list[str]:
    """What is to be said of one step's check."""
    if not step.check.strip():
        return []
    found = []
    if not can_fail(step.check):
        found.append(f"the check of step {number} can never fail: it is left out")
    elif not says(step.check):
        found.append(f"the check of step {number} says nothing when it refuses")
    return found


def of_lab(lab: Lab) -> list[str]:
    """All that was not kept, and all that is to be said of its checks."""
    found = [note for number, step in enumerate(lab.steps, start=1) for note in of_step(step, number)]
    scripts = "\n".join([*lab.setup, *(text for step in lab.steps for text in (step.setup, step.check, step.solve, *step.commands))])
    needs = sorted({match.group(0).split()[0] for match in _NETWORK.finditer(scripts)})
    if needs:
        found.append(f"it uses {', '.join(needs)}, and a box has no network and no services")
    if any(step.setup for step in lab.steps):
        found.append("what prepared a step runs when the box is made, not when the step is reached")
    return [*lab.notes, *found]
