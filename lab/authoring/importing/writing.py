"""The scenario that is written of what was read: a stage for each lab, a check for each step that has one, a box to play in."""

from __future__ import annotations

import re
import shutil
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import yaml

from lab.authoring.importing import audit
from lab.errors import WrongState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.authoring.importing.told import Lab, Step

BASE: Final = "company-evolution"
MOST: Final = 20
EACH: Final = 4
MINUTES: Final = 5
LIMIT: Final = 30
FIRST: Final = "Type this first: `lab box`. It opens a terminal in a box, a machine of your own that has no network."
DONE: Final = "You are done when `lab check` passes every step that has a check."
_DEBRIEF: Final = """\
# Afterwards

{finish}

## One line for your portfolio

> Went through “{title}”, {count} steps, each checked on the machine itself.
"""


def prepare(target: Path) -> None:
    """Have an empty folder.

    Raises:
        WrongState: something is there already.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WrongState(f"'{target}' is there already, and nothing in it will be overwritten.", remedy="Choose another name.")
    target.mkdir(parents=True, exist_ok=True)


def scenario(target: Path, stages: Sequence[str], *, title: str) -> None:
    """The head: it stands on the shipped scenario, whose company the stages are played in."""
    told = {"format": 1, "extends": BASE, "title": title, "stages": list(stages)}
    (target / "scenario.yaml").write_text(_yaml(told), encoding="utf-8")


def checked(lab: Lab) -> list[tuple[int, Step]]:
    """The steps whose check may refuse, with their numbers."""
    return [(number, step) for number, step in enumerate(lab.steps, start=1) if audit.can_fail(step.check)]


def stage(lab: Lab, folder: Path, notes: Sequence[str]) -> None:
    """One stage, whole."""
    steps = checked(lab)
    (folder / "checks").mkdir(parents=True)
    for number, step in steps:
        (folder / "checks" / f"step-{number}.sh").write_text(step.check, encoding="utf-8")
    (folder / "stage.yaml").write_text(_yaml(_stage(lab, steps)), encoding="utf-8")
    (folder / "briefing.md").write_text(_briefing(lab), encoding="utf-8")
    finish = lab.finish.strip() or "That was all of it."
    (folder / "debrief.md").write_text(
        _DEBRIEF.format(finish=_below(finish), title=_line(lab.title), count=len(lab.steps)), encoding="utf-8"
    )
    told = [f"# What was not kept\n\nImported from '{lab.place or '.'}' ({lab.form}).\n", *(f"- {note}" for note in notes)]
    (folder / "instructor.md").write_text("\n".join(told) + "\n", encoding="utf-8")
    _box(lab, folder / "box")
    _solution(lab, folder / "solutions")


def _stage(lab: Lab, steps: Sequence[tuple[int, Step]]) -> dict[str, Any]:
    checks: list[dict[str, Any]] = []
    for place, (number, step) in enumerate(steps):
        one: dict[str, Any] = {"id": f"step-{number}", "title": _line(step.title) or f"Step {number}", "type": "script", "on": "live"}
        one |= {"at": "box", "run": f"checks/step-{number}.sh", "limit": LIMIT}
        if place >= MOST:
            one["level"] = "stretch"
        checks.append(one)
    core = [one["id"] for one in checks[:MOST]]
    parts = [core[at : at + EACH] for at in range(0, len(core), EACH)]
    milestones = [
        {"id": f"part-{number}", "title": f"Part {number}", "minutes": MINUTES * len(part), "checks": part}
        for number, part in enumerate(parts, 1)
    ]
    return {
        "title": _line(lab.title)[:80] or "Imported",
        "job": _sentence(lab),
        "status": "draft",
        "needs": {"docker": True},
        "skills": ["shell"],
        "minutes": sum(one["minutes"] for one in milestones),
        "prove_minutes": 5,
        "checks": checks,
        "milestones": milestones,
        "hints": {f"step-{number}": _hints(step, number) for number, step in steps},
    }


def _hints(step: Step, number: int) -> list[str]:
    sketch = step.solve.strip() or "\n".join(step.commands).strip()
    return [
        f"What does step {number}, '{_line(step.title)}', ask for, and what is there now?",
        f"Read it once more: `lab brief`, under '{_line(step.title)}'. Then look in the box: `lab box`. What did the check say?",
        sketch or "The text has no commands for this step: go through it sentence by sentence, and look at each result.",
    ]


def _sentence(lab: Lab) -> str:
    """The first sentence of its description, or else its title."""
    told = _line(re.sub(r"[#*_`>\[\]]", "", lab.description)) or _line(lab.title)
    first = re.split(r"(?<=[.!?])\s", told)[0][:160].rstrip()
    return first if first.endswith((".", "!", "?")) else f"{first}."


def _briefing(lab: Lab) -> str:
    parts = [f"# {_line(lab.title)}", f"**Your job:** {_sentence(lab)}", FIRST, _below(lab.intro), DONE]
    for number, step in enumerate(lab.steps, start=1):
        parts += [f"## {number}. {_line(step.title)}", _below(step.text)]
    return "\n\n".join(part.strip() for part in parts if part.strip()) + "\n"


def _below(text: str) -> str:
    """A text whose headings stand two levels deeper; a comment in an example is none."""
    lines, fenced = [], False
    for line in text.strip().splitlines():
        fenced ^= line.startswith("```")
        lines.append(f"##{line}" if re.match(r"#{1,4} ", line) and not fenced else line)
    return "\n".join(lines)


def _box(lab: Lab, folder: Path) -> None:
    (folder / "setup").mkdir(parents=True)
    (folder / "hostname").write_text(f"{slug(lab.host, 'host01')}\n", encoding="utf-8")
    scripts = [*lab.setup, *(step.setup for step in lab.steps if step.setup.strip())]
    for number, script in enumerate(scripts, start=1):
        (folder / "setup" / f"{number:02}.sh").write_text(script, encoding="utf-8")
    for asset in lab.assets:
        path = folder / "files" / asset.target.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(asset.content)
        path.chmod(0o755 if asset.is_program else 0o644)


def _solution(lab: Lab, folder: Path) -> None:
    """The source's own solution where it has one; else the commands that its texts have the learner run."""
    own = any(step.solve.strip() for step in lab.steps)
    live = folder / ("imported" if own else "from-the-text") / "live"
    live.mkdir(parents=True)
    for number, step in enumerate(lab.steps, start=1):
        script = step.solve if own else "\n".join(step.commands)
        if script.strip():
            (live / f"{number:02}.box.sh").write_text(script.rstrip() + "\n", encoding="utf-8")
    told = "The solve scripts that came with it.\n" if own else "The commands of the steps' own texts, one after the other.\n"
    (live.parent / "mechanism.md").write_text(told, encoding="utf-8")


def slug(text: str, otherwise: str) -> str:
    """A text as the name of a stage or a machine."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
    return made if re.match(r"[a-z]", made) else f"lab-{made}" if made else otherwise


def remove(folder: Path) -> None:
    """Take back a stage that was begun."""
    shutil.rmtree(folder, ignore_errors=True)


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _yaml(told: dict[str, Any]) -> str:
    return yaml.safe_dump(told, sort_keys=False, allow_unicode=True, width=140)
