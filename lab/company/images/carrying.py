"""Images in one file: saved on one machine, taken in on another that need not reach any registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.company.docker.errors import EngineRefused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lab.company.docker.engine import Engine

SECONDS: Final = 1800.0
_CHUNK: Final = 1 << 20
_OK: Final = 200


def save(engine: Engine, names: Sequence[str], target: Path) -> None:
    """Write the images of those names into one tar; a layer that several share is in it once.

    Raises:
        WorldUnavailable: no engine, or the disk is full.
        EngineRefused: it has no image of such a name.
    """

    def write() -> None:
        answer = engine.api.get(f"{engine.api.base_url}/images/get", params={"names": list(names)}, stream=True)  # docker-py saves one only
        if answer.status_code != _OK:
            raise EngineRefused(f"Docker could not save the images: {answer.text.strip()[:300]}", status=answer.status_code)
        with target.open("wb") as file:
            for chunk in answer.iter_content(_CHUNK):
                file.write(chunk)

    engine.call("save images", write, seconds=SECONDS)


def load(engine: Engine, source: Path) -> tuple[str, ...]:
    """Take in the images of a tar that `save` wrote; gives their names.

    Raises:
        WorldUnavailable: no engine, or its disk is full.
        EngineRefused: it is no such tar.
    """

    def read() -> list[str]:
        with source.open("rb") as file:
            told = list(engine.api.load_image(file))  # type: ignore[no-untyped-call]  # docker-py's stubs lack it
        wrong = [str(line["error"]) for line in told if "error" in line]
        if wrong:
            raise EngineRefused(f"Docker could not take in '{source.name}': {wrong[0].strip()}", status=_OK)
        lines = [str(line.get("stream", "")) for line in told]
        return [line.removeprefix("Loaded image: ").strip() for line in lines if line.startswith("Loaded image: ")]

    return tuple(engine.call("take in images", read, seconds=SECONDS))
