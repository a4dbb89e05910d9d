"""What a foreign lab tells, in one shape, whatever format it came in."""

from __future__ import annotations

from dataclasses import dataclass, field


class NotTaken(Exception):
    """This one lab is not imported; the words say why, as a sentence."""


@dataclass(frozen=True)
class Asset:
    """A file that is laid into the box before anything runs: `target` is an absolute path there."""

    target: str
    content: bytes
    is_program: bool = False


@dataclass(frozen=True)
class Step:
    """One step: its text is Markdown. `setup`, `check` and `solve` are scripts, empty where there is none.

    `commands` are those that the text itself has the learner run, in order.
    """

    title: str
    text: str
    check: str = ""
    setup: str = ""
    solve: str = ""
    commands: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lab:
    """One scenario or track. `place` is where it was found, relative to the source; `notes` say what was not kept."""

    place: str
    title: str
    description: str
    steps: tuple[Step, ...]
    intro: str = ""
    finish: str = ""
    setup: tuple[str, ...] = ()
    assets: tuple[Asset, ...] = ()
    host: str = "host01"
    form: str = "killercoda"
    notes: tuple[str, ...] = field(default=())
