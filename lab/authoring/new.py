"""`lab author new`: a small scenario that lints and proves at once, with comments that teach; or one that starts from a shipped stage."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab.authoring import schema
from lab.errors import UsageProblem, WrongState
from lab.scenario import library
from lab.scenario.marked import read_marked
from lab.scenario.model import SLUG

if TYPE_CHECKING:
    from lab.scenario.reading import Kinds

TEMPLATE: Final = Path(__file__).with_name("template")
SCHEMAS: Final = ".schema"
BASE: Final = "company-evolution"
FROM: Final = """\
# yaml-language-server: $schema=.schema/overlay.schema.json
# It stands on '{base}'; the stage '{stage}' is a copy that is yours to change. Learners who start here are caught up with
# what comes before it.
format: 1
extends: {base}
title: "{title}"
stages:
  - {stage}
"""


def new(target: Path, kinds: Kinds, *, stage: str = "") -> Path:
    """Write a new scenario into the folder `target`, whose last part is its name; with `stage`, as a copy of that one. Gives the folder.

    Raises:
        UsageProblem: the name can't be one, or there is no such stage.
        WrongState: something is there already.
    """
    name = target.name
    if not re.match(SLUG, name):
        raise UsageProblem(f"'{name}' can't be the name of a scenario.", remedy="Lower-case letters, digits and hyphens, a letter first.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WrongState(f"'{target}' is there already, and nothing in it will be overwritten.", remedy="Choose another name.")
    if stage:
        _from(target, stage)
    else:
        shutil.copytree(TEMPLATE, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        head = target / "scenario.yaml"
        head.write_text(head.read_text(encoding="utf-8").replace("@title@", _title(name)), encoding="utf-8")
    schema.write(target / SCHEMAS, kinds)
    return target


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _from(target: Path, stage: str) -> None:
    base = library.told(BASE)
    head = read_marked(base / "scenario.yaml", name="scenario.yaml").value
    known = [str(one) for one in head["stages"]]
    if stage not in known:
        raise UsageProblem(f"There is no stage '{stage}' to start from.", remedy=f"There are: {', '.join(known)}.")
    copied = target / "stages" / stage
    shutil.copytree(base / "stages" / stage, copied, symlinks=True, ignore=shutil.ignore_patterns("__pycache__", "drafts"))
    for path in copied.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("../schema/", f"{SCHEMAS}/", 1), encoding="utf-8")
    (target / "scenario.yaml").write_text(FROM.format(base=BASE, stage=stage, title=_title(target.name)), encoding="utf-8")
