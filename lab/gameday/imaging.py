"""What was seen of images and of containers made from them: frozen data, as `outcomes` has it for everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.gameday.outcomes import Observation, VerbRun


@dataclass(frozen=True)
class Built:
    """One run of the `build` verb for the commit `sha`. `id` is the engine's name of what came of it; empty: nothing did.

    `size` is in bytes, of all layers together.
    """

    sha: str
    reference: str
    run: VerbRun
    id: str = ""
    size: int = 0


@dataclass(frozen=True)
class Life:
    """A container, from its start to what it was asked about: `under` says in words what was special about its start.

    `answered` is how many seconds went by until it answered its first request (None: it never did). `exit` is the code
    with which it ended by itself meanwhile. `listens` are the addresses that it listened on when it did not answer.
    `problem` is why the engine could not start it, as the engine says it.
    """

    under: str
    answered: float | None = None
    exit: int | None = None
    log: str = ""
    listens: tuple[str, ...] = ()
    problem: str = ""
    seen: Observation | None = None


@dataclass(frozen=True)
class ImageTried:
    """An image that was built, and a container of it that customers asked. `life` is None when there was no image."""

    built: Built
    life: Life | None = None


@dataclass(frozen=True)
class Shelved:
    """What the registry has of one commit on `main`: the digests its tag had, in order, and the version that runs in it.

    `recorded` says whether the ledger knows of the push; `pipeline` is what the run of this commit ended with, and its
    last words.
    """

    label: str
    sha: str
    what: str
    is_good: bool
    digests: tuple[str, ...] = ()
    version: str | None = None
    recorded: bool = False
    pipeline: str = "none"
    tail: str = ""


@dataclass(frozen=True)
class Shelf:
    """The registry's shelf at the end of a scene: one entry for each merge that was asked about, and all tags there are."""

    each: tuple[Shelved, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuiltAgain:
    """One commit, built twice from nothing, while a new release of `package` came out in between.

    `first` and `second` are what `pip freeze` says in each, sorted.
    """

    package: str
    tried: tuple[ImageTried, ImageTried]
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stopped:
    """A container that was told to stop while it answered a slow request.

    `answer` is the status of that request (0: the connection broke); `seconds` from the signal to the end, `exit` its code.
    """

    life: Life
    answer: int = 0
    seconds: float = 0.0
    exit: int | None = None
    command: str = ""
    first_process: str = ""


@dataclass(frozen=True)
class Secrets:
    """Where secrets were found that lay about on the builder's desk: sentences, and how many layers were looked through."""

    built: Built
    layers: int
    found: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """What `/healthz` and `/readyz` said without a database, and once there was one. A status of 0: no answer.

    `waited` is how many seconds passed from the database's coming to the first 200 of `/readyz`; `started_again` whether
    the process was another one by then.
    """

    life: Life
    health_without: int = 0
    ready_without: int = 0
    ready_with: int = 0
    waited: float = 0.0
    seen: Observation | None = None


@dataclass(frozen=True)
class Rebuilt:
    """`main`, built, and built again after a change of one line in the file `changed`.

    `again` are the packages that stand in layers that only the second image has; `weight` is the bytes of those layers.
    """

    first: Built
    second: Built
    changed: str
    again: tuple[str, ...] = ()
    weight: int = 0


@dataclass(frozen=True)
class Loaded:
    """A container that many customers asked at once for `seconds`, with `memory` bytes to live in.

    `killed` is how many of its processes the kernel ended for want of memory, `peak` the most that it used, in bytes; both
    are 0 where the kernel does not say. `life.exit` is set where it ended meanwhile.
    """

    built: Built
    life: Life
    memory: int
    seconds: float
    asked: int = 0
    failed: int = 0
    killed: int = 0
    peak: int = 0
    example: str = ""


@dataclass(frozen=True)
class Lives:
    """One image under several conditions."""

    built: Built
    each: tuple[Life, ...]
    user: str = ""
