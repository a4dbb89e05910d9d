"""Copies what a job wants kept to where the run's later jobs find it, laid out as GitHub's action does."""

# ruff: noqa: INP001 - a program of its own, in the folder of its action
from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path


def chosen(root: Path, lines: list[str], *, hidden: bool) -> list[Path]:
    """The files that the lines name, without those that a line with `!` leaves out."""
    files: dict[Path, None] = {}
    for line in lines:
        pattern = line.removeprefix("!")
        for found in _matching(root, pattern):
            for file in sorted(found.rglob("*")) if found.is_dir() else [found]:
                is_hidden = any(part.startswith(".") for part in file.relative_to(root).parts) if file.is_relative_to(root) else False
                if not file.is_file() or (is_hidden and not hidden):
                    continue
                if line.startswith("!"):
                    files.pop(file, None)
                else:
                    files[file] = None
    return list(files)


def _matching(root: Path, pattern: str) -> list[Path]:
    place = Path(os.path.expandvars(pattern)).expanduser()
    place = place if place.is_absolute() else root / place
    if place.exists():
        return [Path(os.path.normpath(place))]
    anchor = Path(place.anchor)
    return sorted(anchor.glob(str(place.relative_to(anchor))))


def top(root: Path, lines: list[str], files: list[Path]) -> Path:
    """The folder that names in the artifact are counted from: the one folder named, or the nearest that all files share."""
    named = [line for line in lines if not line.startswith("!")]
    if len(named) == 1:
        place = Path(os.path.normpath(root / named[0]))
        if place.is_dir():
            return place
    return Path(os.path.commonpath([file.parent for file in files]))


def main() -> str | None:
    """Keep the artifact; gives a sentence if that is not possible."""
    root, name = Path.cwd(), os.environ["ARTIFACT_NAME"]
    if not name or name in (".", "..") or any(sign in name for sign in '/\\:*?"<>|\r\n'):
        return f"'{name}' can't be the name of an artifact."
    lines = [line.strip() for line in os.environ["ARTIFACT_PATH"].splitlines() if line.strip()]
    files = chosen(root, lines, hidden=os.environ["ARTIFACT_HIDDEN"] == "true")
    if not files:
        sentence, wanted = f"No files were found with the path: {', '.join(lines)}. No artifact is kept.", os.environ["ARTIFACT_NONE"]
        if wanted == "error":
            return sentence
        sys.stdout.write(f"::warning::{sentence}\n" if wanted == "warn" else "")
        return None
    target = Path(os.environ["LAB_WORK"], "artifacts", name)
    if target.exists() and os.environ["ARTIFACT_OVERWRITE"] != "true":
        return f"This run has an artifact '{name}' already; give this one another name, or 'overwrite: true'."
    shutil.rmtree(target, ignore_errors=True)
    above = top(root, lines, files)
    for file in files:
        place = target / (file.relative_to(above) if file.is_relative_to(above) else file.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)
    sys.stdout.write(f"Artifact {name}: {len(files)} files\n")
    return None


if __name__ == "__main__":
    _problem = main()
    if _problem:
        sys.stdout.write(f"::error::{_problem}\n")
        sys.exit(1)
