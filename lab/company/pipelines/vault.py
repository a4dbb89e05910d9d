"""The repository's secrets, as GitHub has them: set and used, never shown again.

They lie in one file of the company that only its owner may read, reach act by a file that is gone before the first job
prints a line, and are masked in everything that a run says. On one machine that keeps them from logs and from other
people, not from the learner's own programs (SECURITY.md).
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab.errors import UsageProblem, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "secrets.json"
FOR_ACT: Final = "secrets.yml"
MASK: Final = "***"
MOST: Final = 48 * 1024
_NAME: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")


class Vault:
    """The secrets of the company in `root`."""

    def __init__(self, root: Path) -> None:
        self.file = root / FILE

    def values(self) -> dict[str, str]:
        """Every secret by its name.

        Raises:
            WorldUnavailable: the file can't be read or understood.
        """
        try:
            told = json.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as problem:
            raise WorldUnavailable(
                f"The secrets in '{self.file}' could not be read: {getattr(problem, 'strerror', None) or problem}.",
                remedy="Make the file readable, or remove it and set them again: lab secret set NAME.",
            ) from problem
        return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}

    def set(self, name: str, value: str) -> str:
        """Keep a secret under its name in capitals, which is given back; one of that name is replaced.

        Raises:
            UsageProblem: GitHub would not take that name or value.
            WorldUnavailable: the disk is full or read-only.
        """
        name = name.upper()
        if not _NAME.fullmatch(name) or name.startswith("GITHUB_"):
            raise UsageProblem(
                f"'{name}' can't be a secret's name: GitHub takes letters, digits and underscores, no digit first, and not 'GITHUB_…'.",
                remedy="For example: lab secret set REGISTRY_TOKEN",
            )
        if not value or len(value.encode()) > MOST:
            raise UsageProblem(
                f"The value of '{name}' is {'empty' if not value else 'longer than 48 kB'}, and GitHub takes neither.",
                remedy=f"Pipe it in: some-command | lab secret set {name}",
            )
        _replace(self.file, {**self.values(), name: value})
        return name

    def delete(self, name: str) -> str:
        """Forget a secret; gives its name in capitals.

        Raises:
            UsageProblem: there is none of that name.
        """
        known, name = self.values(), name.upper()
        if name not in known:
            raise UsageProblem(f"There is no secret '{name}'.", remedy="`lab secret list` shows those there are.")
        del known[name]
        _replace(self.file, known)
        return name

    def copy_to(self, root: Path) -> None:
        """Give the company in `root` the same secrets."""
        known = self.values()
        if known:
            _replace(Vault(root).file, known)


def _replace(file: Path, values: Mapping[str, str]) -> None:
    """Put the secrets in the place of those that were there, whole or not at all."""
    try:
        _private(file.parent, json.dumps(values, indent=1)).replace(file)
    except OSError as problem:
        raise WorldUnavailable(
            f"The secrets in '{file}' could not be written: {problem.strerror or problem}.",
            remedy="Free some disk space, or make the folder writable; those that were set before are untouched.",
        ) from problem


def file_for_act(folder: Path, values: Mapping[str, str]) -> Path:
    """A file for `act --secret-file` that only its owner may read; nothing where there is no secret."""
    if not values:
        return Path(os.devnull)
    return _private(folder, json.dumps(dict(values))).rename(folder / FOR_ACT)  # JSON is YAML, and needs no quoting rules of act's own


def masked(text: str, values: Mapping[str, str]) -> str:
    """The text without any secret; of one with several lines, without each of them."""
    parts = {part.strip() for value in values.values() for part in (value, *value.splitlines())}
    for part in sorted(parts - {""}, key=len, reverse=True):
        text = text.replace(part, MASK)
    return text


def _private(folder: Path, text: str) -> Path:
    """A new file with mode 0600, synced."""
    handle, name = tempfile.mkstemp(dir=folder, prefix=".secrets-")
    with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
