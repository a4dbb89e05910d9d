"""A package that comes out between two builds: an existing wheel under a higher version, which may also behave differently."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

CHANGES: Final = (
    ("harborline_money", (b'Decimal("0.01")', b'Decimal("0.1")')),
    ("idna", None),
    ("click", None),
    ("anyio", None),
)
"""Which packages may come out anew, and what is replaced in their modules: the last that a careful reader expects is a breaking one."""


@dataclass(frozen=True)
class Newer:
    """A new release: the wheel's file name and its bytes."""

    package: str
    version: str
    file: str
    content: bytes

    @property
    def name(self) -> str:
        """As pip writes it: `harborline-money 1.5`."""
        return f"{self.package.replace('_', '-')} {self.version}"


def newer_release(wheels: Path, luck: Random) -> Newer:
    """A release that is newer than what `wheels` has of some package, and that `requirements.in` allows.

    Raises:
        WorldUnavailable: the folder of wheels lacks the package.
    """
    package, replaced = luck.choice(CHANGES)
    found = [
        path
        for path in wheels.glob(f"{package}-*-none-any.whl")
        if not path.name.startswith(f"{package}-2.") or package != "harborline_money"
    ]
    if not found:
        raise WorldUnavailable(f"The company's packages lack '{package}'.", remedy="`lab doctor` says what this machine lacks.")
    old = max(found, key=lambda path: _numbers(path.name.split("-")[1]))
    before = old.name.split("-")[1]
    after = bumped(before)
    return Newer(package, after, old.name.replace(f"-{before}-", f"-{after}-"), repacked(old.read_bytes(), before, after, replaced))


def bumped(version: str) -> str:
    """The next minor version: 1.4 -> 1.5, 3.20 -> 3.21, 8.5.1 -> 8.6.0."""
    numbers = _numbers(version)
    return ".".join(map(str, (numbers[0], numbers[1] + 1, *(0 for _ in numbers[2:]))))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def repacked(wheel: bytes, before: str, after: str, replaced: tuple[bytes, bytes] | None) -> bytes:
    """The wheel with another version (PEP 427), its modules changed as told; RECORD lists the files without their hashes."""
    out = io.BytesIO()
    names = []
    with zipfile.ZipFile(io.BytesIO(wheel)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            name = item.filename.replace(f"-{before}.dist-info/", f"-{after}.dist-info/")
            content = old.read(item)
            if name.endswith(".dist-info/METADATA"):
                content = content.replace(f"\nVersion: {before}\n".encode(), f"\nVersion: {after}\n".encode(), 1)
            elif replaced and name.endswith(".py"):
                content = content.replace(*replaced)
            if name.endswith(".dist-info/RECORD"):
                record = name
                continue
            names.append(name)
            new.writestr(name, content)
        new.writestr(record, "".join(f"{name},,\n" for name in [*names, record]))
    return out.getvalue()
