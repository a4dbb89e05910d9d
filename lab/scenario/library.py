"""Where scenarios are: those that come with the lab, and any folder that is named."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lab.errors import UsageProblem
from lab.scenario import overlay


def root() -> Path:
    """The folder of shipped scenarios: beside `lab/` in a checkout, inside the installed package otherwise."""
    here = Path(__file__).resolve().parents[2]
    for candidate in (here / "scenarios", here / "lab_data" / "scenarios"):
        if candidate.is_dir():
            return candidate
    return here / "scenarios"


def product() -> Path:
    """The folder of the shipped sample application."""
    return root().parent / "sample_app"


def names() -> tuple[str, ...]:
    """The names of the shipped scenarios."""
    return tuple(sorted(path.parent.name for path in root().glob("*/scenario.yaml")))


def find(name: str | Path) -> Path:
    """The folder of the scenario of that name, or of that path; one that stands on another is made whole first.

    Raises:
        UsageProblem: there is none; the message lists those there are.
        ScenarioWrong: it stands on another one, and says so wrongly.
    """
    found = told(name)
    return overlay.whole(found, find=told) if overlay.extends(found) else found


def told(name: str | Path) -> Path:
    """The folder as its author wrote it.

    Raises:
        UsageProblem: there is none; the message lists those there are.
    """
    for candidate in (root() / name, Path(name)):
        if (candidate / "scenario.yaml").is_file():
            return candidate.resolve()
    raise UsageProblem(
        f"There is no scenario '{name}'.", remedy=f"There are: {', '.join(names()) or 'none'}; or name a folder with a scenario.yaml."
    )


def digest(path: Path) -> str:
    """The SHA-256 of every file below `path`, names and contents, in hexadecimal."""
    total = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            total.update(file.relative_to(path).as_posix().encode() + b"\0")
            total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
