"""Makes the base images: a container of the parent runs the recipe's script, and what it left is the image's one layer.

No builder's secrets are needed for that, so it is the same with every engine, old or new: this machine's settings are
mounted while the script runs (`hostside`), and a mount is in no layer. What has its address already costs one look.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import filelock

from lab import process
from lab.company.docker.errors import EngineRefused
from lab.company.docker.values import Owner, Spec
from lab.company.images import hostside, recipes, wheels
from lab.errors import LabError, WorldUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lab.company.docker.engine import Engine
    from lab.company.images.recipes import Recipe
    from lab.company.pipelines.toolchain import Toolchain

SCRIPT_SECONDS: Final = 900.0
BASE_SECONDS: Final = 900.0
PULL_SECONDS: Final = 300.0
PULLED: Final = ("debian", "bookworm-slim")
OWNER: Final = Owner("images", "images")
_LAST_WORDS: Final = 600


@dataclass(frozen=True)
class Built:
    """One image of the lab's. `status` is ready, built, outdated or missing; `size` in bytes, `seconds` of making it."""

    name: str
    status: str
    digest: str
    size: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Images:
    """The base images on one engine."""

    engine: Engine
    toolchain: Toolchain
    lock: Path

    def status(self) -> tuple[Built, ...]:
        """What is there of each recipe, in the catalogue's order."""
        return tuple(self._status(recipe) for recipe in recipes.CATALOGUE)

    def _status(self, recipe: Recipe) -> Built:
        digest = self.digest(recipe)
        image = self.engine.image(recipe.image)
        if image is None:
            return Built(recipe.image, "missing", digest)
        fresh = image.labels.get(recipes.RECIPE_LABEL) == digest
        return Built(recipe.image, "ready" if fresh else "outdated", digest, image.size)

    def digest(self, recipe: Recipe) -> str:
        """The address of what would be made here."""
        names = (
            [path.name for path in self.toolchain.wheels.glob("*.whl")] if wheels.is_native() else [self.lock.read_text(encoding="utf-8")]
        )
        return recipes.digest(recipe, wheels=names, locks=[path.read_text(encoding="utf-8") for path in self._locks(recipe)])

    def _locks(self, recipe: Recipe) -> list[Path]:
        return [self.lock.with_name(f"{name}.txt") for name in recipe.locks]

    def ensure(self, names: Iterable[str], progress: Callable[[str], None] = lambda _: None) -> tuple[Built, ...]:
        """Make what is missing of those names and all they rest on. Two at once wait for each other.

        Raises:
            WorldUnavailable: no engine, no network, no disk, or Debian's packages can't be had.
        """
        wanted = recipes.with_parents(names)
        if all(self._is_there(recipe) for recipe in wanted):
            return tuple(self._status(recipe) for recipe in wanted)
        self.toolchain.prepare(progress)
        with filelock.FileLock(Path(tempfile.gettempdir()) / f"harborline-images-{os.getuid()}.lock"):
            return tuple(self._ensure(recipe, progress) for recipe in wanted)

    def _is_there(self, recipe: Recipe) -> bool:
        image = self.engine.image(recipe.image)
        return image is not None and image.labels.get(recipes.RECIPE_LABEL) == self.digest(recipe)

    def _ensure(self, recipe: Recipe, progress: Callable[[str], None]) -> Built:
        began, digest = time.monotonic(), self.digest(recipe)
        addressed = recipe.addressed(digest)
        status = "ready"
        if self.engine.image(addressed) is None:
            status = "built"
            self._make(recipe, addressed, digest, progress)
        self.engine.tag(addressed, recipe.image)
        image = self.engine.image(addressed)
        return Built(recipe.image, status, digest, image.size if image else 0, time.monotonic() - began)

    def _make(self, recipe: Recipe, addressed: str, digest: str, progress: Callable[[str], None]) -> None:
        folder = Path(tempfile.mkdtemp(prefix="lab-image-"))
        try:
            self._stage(folder, recipe)
            parent = recipe_address(self, recipe.parent) if recipe.parent else self._base(folder, progress)
            progress(f"Making the image '{recipe.image}', once for this machine.")
            self._run(recipe, parent, folder, addressed, digest)
        except OSError as problem:
            raise WorldUnavailable(
                f"The image '{recipe.image}' could not be made in '{folder}': {problem.strerror or problem}.",
                remedy="Free some disk space.",
            ) from problem
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _stage(self, folder: Path, recipe: Recipe) -> None:
        """Lay down what is mounted at /mnt."""
        hostside.stage(folder)
        text = (recipes.FILES / "prelude").read_text(encoding="utf-8") + recipe.script + "tidy\n"
        (folder / "make").write_text(text, encoding="utf-8")
        (folder / "files").mkdir()
        for name in recipe.extra:
            shutil.copy(recipes.FILES / name, folder / "files" / name)
        if recipe.has_wheels:
            shutil.copytree(wheels.folder(self.toolchain, self.lock), folder / "wheels", ignore=shutil.ignore_patterns("complete"))
        if recipe.locks:
            shutil.copytree(wheels.locked(self.toolchain, self._locks(recipe)), folder / "own")
        folder.chmod(0o755)

    def _run(self, recipe: Recipe, parent: str, folder: Path, addressed: str, digest: str) -> None:
        """Run the script in a container of `parent` and keep what it left, under `addressed`."""
        spec = Spec(
            parent,
            command=("/bin/sh", f"{hostside.MOUNT}/make"),
            binds=(f"{folder}:{hostside.MOUNT}:ro",),
            network="host",
            user="root",
            memory=2_000_000_000,
            processes=2_000,
            is_trusted=True,
        )
        container = self.engine.run(spec, OWNER)
        try:
            code = self.engine.wait(container, seconds=SCRIPT_SECONDS)
            if code != 0:
                raise self._failed(recipe, code, self.engine.logs(container))
            repository, _, tag = addressed.rpartition(":")
            changes = [*recipe.changes, "ENTRYPOINT []", f"LABEL {recipes.RECIPE_LABEL}={digest} lab.workspace= lab.company="]
            self.engine.call(
                "keep an image", self.engine.api.commit, container, repository=repository, tag=tag, changes=changes, seconds=SCRIPT_SECONDS
            )
        finally:
            self.engine.remove(container)

    @staticmethod
    def _failed(recipe: Recipe, code: int | None, said: str) -> WorldUnavailable:
        why = "took too long" if code is None else f"ended with {code}"
        last = said.strip()[-_LAST_WORDS:] or "it said nothing"
        return WorldUnavailable(
            f"The image '{recipe.image}' could not be made: its script {why}. Its last words: {last}",
            remedy="Check the network to Debian's packages (`apt-get update`), then run `lab images build` again; what is made is kept.",
        )

    def _base(self, folder: Path, progress: Callable[[str], None]) -> str:
        """Debian itself: pulled where a registry answers, else made from its packages; gives a name that the engine knows."""
        with contextlib.suppress(LabError):
            progress("Looking for Debian's image in a registry.")
            self.engine.call("pull an image", self.engine.api.pull, *PULLED, seconds=PULL_SECONDS)
            if self.engine.image(":".join(PULLED)):
                return ":".join(PULLED)
        progress("No registry answers. Making Debian's image from its packages, once for this machine: a minute or two.")
        packed = folder / "debian.tar"
        bootstrap(packed, folder)
        try:
            self.engine.call(
                "take in an image",
                self.engine.api.import_image_from_file,
                str(packed),
                repository="lab/debian",
                tag="bare",
                seconds=BASE_SECONDS,
            )
        except EngineRefused as refused:
            raise WorldUnavailable(refused.message, remedy="`lab doctor` looks at the engine.") from refused
        return "lab/debian:bare"

    def prune(self, *, everything: bool = False) -> tuple[str, ...]:
        """Remove what no recipe makes any more, or everything of ours; gives the names."""
        kept = set() if everything else {recipe.addressed(self.digest(recipe)) for recipe in recipes.CATALOGUE}
        kept |= set() if everything else {recipe.image for recipe in recipes.CATALOGUE}
        removed = []
        for image in self.engine.images({recipes.RECIPE_LABEL: ""}):
            removed += [tag for tag in image.tags if tag.startswith("lab/") and tag not in kept]
        if everything and self.engine.image("lab/debian:bare"):
            removed.append("lab/debian:bare")
        for name in [*removed, *(left := self._left_by_builds())]:
            self.engine.remove_image(name)
        return (*removed, *([f"{len(left)} images without a name that were built on ours"] if left else []))

    def _left_by_builds(self) -> tuple[str, ...]:
        """The images without a name that were built on ours: what learners' builds left, which the next build may use again."""
        wanted = {"dangling": True, "label": recipes.RECIPE_LABEL}  # a label is handed down to whatever is built on an image
        return tuple(row["Id"] for row in self.engine.call("list images", self.engine.api.images, filters=wanted))


def recipe_address(images: Images, name: str) -> str:
    """The addressed name of a recipe's image."""
    recipe = recipes.RECIPES[name]
    return recipe.addressed(images.digest(recipe))


def bootstrap(target: Path, folder: Path) -> None:
    """Write a tar of a small Debian, by mmdebstrap.

    Raises:
        WorldUnavailable: mmdebstrap is missing, or Debian's packages can't be had.
    """
    program = shutil.which("mmdebstrap")
    if program is None:
        raise WorldUnavailable(
            "No registry answers, and Debian's image can't be made from its packages: 'mmdebstrap' is not installed.",
            remedy="sudo apt-get install mmdebstrap, or let the engine reach a registry (its proxy is set in its own configuration).",
        )
    settings = [f"--aptopt={line}" for line in hostside.apt_settings()]
    kept = hostside.proxies()
    certificates = hostside.bundle()
    if certificates:
        settings.append(f'--aptopt=Acquire::https::CaInfo "{certificates}"')
    excluded = ["--dpkgopt=force-unsafe-io", *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale", "info"))]
    cleared = ['--customize-hook=rm -f "$1/etc/apt/apt.conf.d/99mmdebstrap" "$1/etc/resolv.conf" "$1/etc/hostname"']
    options = ["--quiet", "--variant=minbase", "--format=tar", *settings, *excluded, *cleared]
    words: list[str | Path] = [program, *options, hostside.SUITE, target, hostside.mirror()]
    env = process.environment({"HOME": str(folder), "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin", **kept})
    done = process.run(words, cwd="/", timeout=BASE_SECONDS, env=env)
    if not done.is_success:
        raise WorldUnavailable(
            f"Debian's image could not be made from its packages: {done.output.strip()[-_LAST_WORDS:]}",
            remedy="Check the network to Debian's packages (`apt-get update`), then run `lab images build` again.",
        )
