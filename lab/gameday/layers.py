"""Looks through an image as whoever pulls it may: every layer, the history, the settings, for secrets that should not be there."""

from __future__ import annotations

import io
import json
import re
import tarfile
import tempfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lab.company.docker.engine import Engine

SAVE_SECONDS: Final = 120.0
LARGEST: Final = 8_000_000
SHOWN: Final = 160
_REPOSITORY: Final = ".git/"
_PACKAGE: Final = re.compile(r"/(?:site|dist)-packages/([^/]+?)-[^/-]+\.dist-info/")


@dataclass
class Search:
    """What is looked for: `canaries` by where they lay. `found` are sentences, `layers` how many were looked through."""

    canaries: Mapping[str, str]
    found: list[str] = field(default_factory=list)
    layers: int = 0

    def in_text(self, text: str, *, place: str) -> None:
        """Look for every canary in a text."""
        for where, canary in self.canaries.items():
            if canary in text:
                self._tell(f"The secret that lay in {where} stands in {place}.")

    def in_layer(self, layer: IO[bytes]) -> bool:
        """Look through one layer; False when it is none."""
        try:
            with tarfile.open(fileobj=layer, mode="r|*") as files:
                for file in files:
                    self._file(files, file)
        except tarfile.ReadError:
            return False
        self.layers += 1
        return True

    def _file(self, files: tarfile.TarFile, file: tarfile.TarInfo) -> None:
        before, is_inside, _ = f"/{file.name}".partition(f"/{_REPOSITORY}")
        if is_inside:
            self._tell(f"The repository itself is in a layer, as '{before}/.git', with all that was ever committed and taken out again.")
        if file.isfile() and 0 < file.size < LARGEST and (content := files.extractfile(file)):
            held = content.read()
            for where, canary in self.canaries.items():
                if canary.encode() in held:
                    self._tell(f"The secret that lay in {where} is in a layer, in the file '/{file.name}'.")

    def _tell(self, sentence: str) -> None:
        if sentence not in self.found:
            self.found.append(sentence)


def look_through(engine: Engine, image: str, canaries: Mapping[str, str]) -> Search:
    """Search a whole image.

    Raises:
        WorldUnavailable: the engine went away, or the disk is full.
    """
    search = Search(canaries)
    for row in engine.call("tell an image's history", engine.api.history, image):
        search.in_text(str(row.get("CreatedBy", "")), place=f"the image's history: '{str(row['CreatedBy'])[:SHOWN]}'")
    config = engine.call("look at an image", engine.api.inspect_image, image)["Config"]
    search.in_text(json.dumps(config), place="the image's settings (ENV or a label)")
    with tempfile.TemporaryFile() as file:
        engine.call("save an image", _save, engine, image, file, seconds=SAVE_SECONDS)
        file.seek(0)
        with tarfile.open(fileobj=file) as saved:
            for member in saved:
                if member.isfile() and (content := saved.extractfile(member)):
                    search.in_layer(content)
    return search


@dataclass
class NewLayers:
    """The layers of an image that another one lacks: the Python packages in them, and their weight in bytes."""

    packages: set[str] = field(default_factory=set)
    weight: int = 0


def new_layers(engine: Engine, image: str, *, known: Iterable[str]) -> NewLayers:
    """Look through the layers of `image` whose digest is not among `known`.

    Raises:
        WorldUnavailable: the engine went away, or the disk is full.
    """
    found, old = NewLayers(), set(known)
    digests = engine.call("look at an image", engine.api.inspect_image, image)["RootFS"]["Layers"]
    with tempfile.TemporaryFile() as file:
        engine.call("save an image", _save, engine, image, file, seconds=SAVE_SECONDS)
        file.seek(0)
        with tarfile.open(fileobj=file) as saved:
            told = saved.extractfile("manifest.json")
            assert told
            for digest, name in zip(digests, json.load(told)[0]["Layers"], strict=True):
                content = saved.extractfile(name) if digest not in old else None
                if content:
                    found.weight += content.seek(0, io.SEEK_END)
                    content.seek(0)
                    with tarfile.open(fileobj=content) as layer:
                        found.packages |= {match[1] for path in layer.getnames() if (match := _PACKAGE.search(f"/{path}"))}
    return found


def _save(engine: Engine, image: str, file: IO[bytes]) -> None:
    chunks: Iterable[bytes] = engine.api.get_image(image)
    for chunk in chunks:
        file.write(chunk)


def tar_of(files: Mapping[str, bytes]) -> bytes:
    """A tar file with these files in it, as a layer is one."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in files.items():
            told: Any = tarfile.TarInfo(name)
            told.size = len(content)
            tar.addfile(told, io.BytesIO(content))
    return packed.getvalue()
