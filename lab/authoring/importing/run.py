"""`lab author import`: every lab that a folder holds, read, audited, written as a scenario, and tried if it is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from lab.authoring.importing import audit, instruqt, killercoda, writing
from lab.authoring.importing.playing import play
from lab.authoring.importing.source import Source
from lab.authoring.importing.told import NotTaken
from lab.errors import UsageProblem
from lab.report.imported import ImportedLine, ImportReport

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lab.authoring.importing.told import Lab
    from lab.company.pipelines.toolchain import Toolchain

FORMATS: Final = (killercoda, instruqt)


def bring(root: Path, target: Path, *, tell: Callable[[str], None], tried_with: Toolchain | None = None) -> ImportReport:
    """Import every lab below `root` into the new scenario `target`; with a toolchain each is tried in its box.

    A lab that can't be taken is a line that says why, and keeps none of the others away.

    Raises:
        UsageProblem: there is no lab below the folder at all.
        WrongState: the target is there already.
        WorldUnavailable: there is no Docker engine, and a trial was asked for.
    """
    source = Source(root)
    found = [(form, place) for form in FORMATS for place in form.places(source)]
    if not found:
        raise UsageProblem(f"There is no lab in '{root}'.", remedy="Killercoda and Katacoda have an 'index.json', Instruqt a 'track.yml'.")
    writing.prepare(target)
    lines, names = [], dict[str, None]()
    for form, place in found:
        line = _one(source, form.read, place, target, names)
        if line.stage and tried_with:
            tell(f"Trying '{line.stage}'.")
            tried = play(target / "stages" / line.stage, tried_with)
            line = replace(line, is_tried=True, refused_at_start=tried.refused, passed_solved=tried.passed, said=tried.said)
        lines.append(line)
    if names:
        writing.scenario(target, list(names), title=_title(target.name))
    else:
        target.rmdir()
    return ImportReport(str(target), tuple(lines))


def _one(source: Source, read: Callable[[Source, str], Lab], place: str, target: Path, names: dict[str, None]) -> ImportedLine:
    try:
        lab = read(source, place)
        notes = audit.of_lab(lab)
        steps, checks = len(lab.steps), sum(bool(step.check.strip()) for step in lab.steps)
        line = ImportedLine(place or ".", lab.title, lab.form, steps=steps, checks=checks, notes=tuple(notes))
        if not writing.checked(lab):
            return replace(line, why="No step of it has a check that can fail: it is a text to read, and no stage.")
        name = _free(writing.slug(place.rpartition("/")[2] or lab.title, "imported"), names)
        try:
            writing.stage(lab, target / "stages" / name, notes)
        except (OSError, UnicodeError) as problem:
            writing.remove(target / "stages" / name)
            return replace(line, why=f"It could not be written: {problem}.")
        names[name] = None
        return replace(line, stage=name)
    except NotTaken as problem:
        return ImportedLine(place or ".", why=str(problem))


def _free(name: str, names: dict[str, None]) -> str:
    found, number = name, 2
    while found in names:
        found, number = f"{name}-{number}", number + 1
    return found


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()
