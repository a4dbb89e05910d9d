"""The folder that is imported from, read with suspicion: no path climbs out, no link is followed, nothing is too large."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import yaml

from lab.authoring.importing.told import NotTaken
from lab.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_LIMIT: Final = 1 << 20
LONGEST: Final = 500
ASSET_LIMIT: Final = 16 << 20
ASSETS_LIMIT: Final = 64 << 20
ASSETS: Final = 2_000
FILES: Final = 200_000
_LEFT_OUT: Final = frozenset({".git", "node_modules", "__pycache__"})


@dataclass
class Source:
    """A folder. Names are given from its root, with '/'; every refusal is a `NotTaken`."""

    root: Path

    def __post_init__(self) -> None:
        """Refuse what is no folder."""
        if not self.root.is_dir():
            raise UsageProblem(
                f"'{self.root}' is not a folder.", remedy="Name a folder with 'index.json' or 'track.yml' in it, or below it."
            )

    def find(self, name: str) -> list[str]:
        """The folders, relative to the root, that hold a file of this name; '' is the root itself. Links are not followed."""
        found, seen = [], 0
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(one for one in folders if one not in _LEFT_OUT)
            seen += len(files)
            if seen > FILES:
                raise UsageProblem(f"'{self.root}' has more than {FILES} files.", remedy="Name the folder of one course.")
            if name in files:
                found.append(Path(folder).relative_to(self.root).as_posix().removeprefix("."))
        return found

    def text(self, place: str, name: str) -> str:
        """A text file `name`, as the file in the folder `place` names it.

        Raises:
            NotTaken: it climbs out, is a link or no file, is missing, too large, or no UTF-8.
        """
        content = self.content(place, name, limit=TEXT_LIMIT)
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\0", "")
        except UnicodeDecodeError as problem:
            raise NotTaken(f"'{shown(name)}' is not UTF-8.") from problem

    def content(self, place: str, name: str, *, limit: int) -> bytes:
        """The bytes of a file; as `text` otherwise."""
        path = self._path(place, name)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError as problem:
            raise NotTaken(f"It names '{shown(name)}', and there is no such file.") from problem
        except OSError as problem:
            raise NotTaken(f"'{shown(name)}' is a link, or can't be read.") from problem
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise NotTaken(f"'{shown(name)}' is no plain file.")
            content = file.read(limit + 1)
        if len(content) > limit:
            raise NotTaken(f"'{shown(name)}' is larger than {limit >> 20} MiB.")
        return content

    def is_program(self, place: str, name: str) -> bool:
        """Whether the file may be run."""
        return bool(self._path(place, name).lstat().st_mode & 0o100)

    def below(self, place: str, name: str) -> Iterator[str]:
        """The plain files below a folder, by their paths from it, in order; what is a link is left out."""
        top = self._path(place, name)
        if not top.is_dir():
            return
        for folder, folders, files in os.walk(top):
            folders.sort()
            for one in sorted(files):
                path = Path(folder) / one
                if not path.is_symlink():
                    yield path.relative_to(top).as_posix()

    def folders(self, place: str) -> list[str]:
        """The names of the folders in a folder, in order; links are left out."""
        with os.scandir(self.root / place) as entries:
            return sorted(one.name for one in entries if one.is_dir(follow_symlinks=False))

    def is_there(self, place: str, name: str) -> bool:
        """Whether there is a file of that name inside the source."""
        try:
            return self._path(place, name).is_file()
        except NotTaken:
            return False

    def _path(self, place: str, name: str) -> Path:
        """Where a name leads: inside the root, through no link."""
        told = PurePosixPath(name)
        if not name or told.is_absolute() or ".." in told.parts or "\0" in name or len(name) > LONGEST:
            raise NotTaken(f"It names '{shown(name)}', which leads out of its folder.")
        path = self.root / place / told
        here = self.root
        for part in path.relative_to(self.root).parts[:-1]:
            here = here / part
            if here.is_symlink():
                raise NotTaken(f"'{shown(name)}' lies behind a link.")
        return path

    def json(self, place: str, name: str) -> dict[str, Any]:
        """A JSON object.

        Raises:
            NotTaken: it is none.
        """
        try:
            told = json.loads(self.text(place, name))
        except (ValueError, RecursionError) as problem:
            where = f" (line {problem.lineno})" if isinstance(problem, json.JSONDecodeError) else ""
            raise NotTaken(f"'{name}' is not JSON{where}.") from problem
        if not isinstance(told, dict):
            raise NotTaken(f"'{name}' is no JSON object.")
        return told

    def yaml(self, place: str, name: str) -> dict[str, Any]:
        """A YAML mapping; see `mapping`."""
        return mapping(self.text(place, name), name)


def mapping(text: str, name: str) -> dict[str, Any]:
    """YAML as a mapping, without aliases.

    Raises:
        NotTaken: it is none, or it has an alias, by which a small file becomes a large one.
    """
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.CSafeLoader)):
            raise NotTaken(f"'{name}' has a YAML alias.")
        told = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        line = getattr(getattr(problem, "problem_mark", None), "line", None)
        where = "" if line is None else f" (line {line + 1})"
        raise NotTaken(f"'{name}' is not YAML{where}.") from problem
    if not isinstance(told, dict):
        raise NotTaken(f"'{name}' is no YAML mapping.")
    return told


def shown(text: object) -> str:
    """A foreign name as it can stand in a sentence."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(text))[:80]
