"""What each base image is made of. A recipe's address is a digest of all that goes into it, its parent's included."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILES: Final = Path(__file__).with_name("files")
RECIPE_LABEL: Final = "lab.recipe"
VERSION: Final = "1"
"""Raise it when the way images are made changes."""


@dataclass(frozen=True)
class Recipe:
    """One base image: `files/<name>` is the script that is run in a container of `parent`, with `extra` beside it in /mnt/files.

    `changes` are the lines of a Dockerfile that say how the image runs, `locks` the lab's own locks whose packages lie in /mnt/own.
    """

    name: str
    tag: str
    parent: str = ""
    extra: tuple[str, ...] = ()
    has_wheels: bool = False
    locks: tuple[str, ...] = ()
    changes: tuple[str, ...] = ('CMD ["/bin/sh"]',)

    @property
    def image(self) -> str:
        """The name that people use."""
        return f"lab/{self.name}:{self.tag}"

    @property
    def script(self) -> str:
        """What is run to make it."""
        return (FILES / self.name).read_text(encoding="utf-8")

    def addressed(self, digest: str) -> str:
        """The name that stays with the content."""
        return f"lab/{self.name}:made-{digest}"


CATALOGUE: Final = (
    Recipe("debian", "bookworm", changes=('CMD ["/bin/bash"]',)),
    Recipe("python", "3.11", parent="debian", has_wheels=True, changes=('CMD ["python3"]', "ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1")),
    Recipe(
        "registry",
        "2",
        parent="debian",
        extra=("registry.yml",),
        changes=('CMD ["docker-registry", "serve", "/etc/docker/registry/config.yml"]',),
    ),
    Recipe(
        "postgres",
        "15",
        parent="debian",
        extra=("database",),
        changes=('CMD ["/usr/sbin/harborline-database"]', "USER postgres"),
    ),
    Recipe("python-postgres", "3.11", parent="python", changes=('CMD ["python3"]', "ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1")),
    Recipe(
        "prometheus",
        "2.42",
        parent="debian",
        changes=(
            'CMD ["prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]',
            "USER prometheus",
            "WORKDIR /prometheus",
        ),
    ),
    Recipe("proxy", "2.6", parent="debian", changes=('CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]',)),
    Recipe("server", "bookworm", parent="python", extra=("sshd_config", "boot", "restart"), changes=('CMD ["/usr/sbin/harborline-boot"]',)),
    Recipe("runner", "bookworm", parent="python", changes=('CMD ["/bin/bash"]',)),
    Recipe(
        "dashboard",
        "3.11",
        parent="python",
        locks=("play", "dashboard"),
        changes=('CMD ["lab"]', "ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1 PATH=/opt/lab/bin:/usr/local/bin:/usr/bin:/bin"),
    ),
)
RECIPES: Final[Mapping[str, Recipe]] = {recipe.name: recipe for recipe in CATALOGUE}


def digest(recipe: Recipe, *, wheels: Iterable[str] = (), locks: Iterable[str] = ()) -> str:
    """The address of a recipe: 12 hexadecimal digits. `wheels` are the names in the company's package folder, `locks` its locks' texts."""
    total = hashlib.sha256()
    parts = [VERSION, recipe.name, recipe.script, *recipe.changes, *((FILES / name).read_text(encoding="utf-8") for name in recipe.extra)]
    names = tuple(wheels)
    if recipe.has_wheels:
        parts += sorted(names)
    parts += locks
    if recipe.parent:
        parts.append(digest(RECIPES[recipe.parent], wheels=names))
    for part in parts:
        total.update(part.encode() + b"\0")
    return total.hexdigest()[:12]


def with_parents(names: Iterable[str]) -> tuple[Recipe, ...]:
    """The recipes of those names and all that they rest on, parents first."""
    found: dict[str, Recipe] = {}

    def add(name: str) -> None:
        recipe = RECIPES[name]
        if recipe.parent:
            add(recipe.parent)
        found.setdefault(name, recipe)

    for name in names:
        add(name)
    return tuple(found.values())
