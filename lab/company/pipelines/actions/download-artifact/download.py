"""Gives a job what earlier jobs of its run kept."""

# ruff: noqa: INP001 - a program of its own, in the folder of its action
from __future__ import annotations

import fnmatch
import os
import shutil
import sys
from pathlib import Path


def main() -> str | None:
    """Copy the artifacts; gives a sentence if that is not possible."""
    if os.environ["ARTIFACT_RUN"]:
        return "Artifacts of another run ('run-id') are not kept here."
    kept = Path(os.environ["LAB_WORK"], "artifacts")
    names = sorted(folder.name for folder in kept.iterdir()) if kept.is_dir() else []
    name, pattern, target = os.environ["ARTIFACT_NAME"], os.environ["ARTIFACT_PATTERN"] or "*", Path.cwd() / os.environ["ARTIFACT_PATH"]
    if name and name not in names:
        return f"This run has no artifact '{name}' (it has: {', '.join(names) or 'none'})."
    chosen = [name] if name else [one for one in names if fnmatch.fnmatch(one, pattern)]
    flat = bool(name) or os.environ["ARTIFACT_MERGE"] == "true"
    for one in chosen:
        shutil.copytree(kept / one, target if flat else target / one, dirs_exist_ok=True)
        sys.stdout.write(f"Artifact {one} downloaded to {target if flat else target / one}\n")
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.write(f"download-path={target}\n")
    return None


if __name__ == "__main__":
    _problem = main()
    if _problem:
        sys.stdout.write(f"::error::{_problem}\n")
        sys.exit(1)
