"""Asks a tree of the storefront what it would answer its customers, without a server, in half a second."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import socket
import tempfile
import threading
import time
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab import process, rooms
from lab.errors import WorldUnavailable

if TYPE_CHECKING:
    import io
    from collections.abc import Iterator, Mapping, Sequence

    from lab.company.oracle import Oracle, Question, Tables
    from lab.company.team.tree import Tree

DRIVER: Final = Path(__file__).with_name("driver.py")
SECONDS: Final = 60.0
START_SECONDS: Final = 30.0
PRODUCTION: Final = {"STOREFRONT_ENV": "prod", "PAYMENTS_KEY": "probe"}
PREINSTALLED: Final = frozenset({"fastapi", "uvicorn", "pydantic", "prometheus-client", "starlette", "pip"})


@dataclass(frozen=True)
class Python:
    """The interpreter that production has, and the folder of wheels that hold what a tree may ask for on top."""

    interpreter: Path
    wheels: Path | None = None
    paths: tuple[Path, ...] = ()

    def libraries(self, tree: Tree) -> list[str]:
        """The wheels that the tree's requirements choose; production's own packages are there anyway."""
        chosen = [str(path) for path in self.paths]
        if self.wheels is None:
            return chosen
        for path in ("requirements.txt", "requirements.in"):
            asked = tree.read(path)
            if asked is not None:
                found = (newest(self.wheels, name, spec) for name, spec in requirements(asked))
                return [*chosen, *(str(wheel) for wheel in found if wheel)]
        return chosen


def requirements(text: str) -> list[tuple[str, str]]:
    """The (normalised name, specifiers) of a requirements file, without what production has anyway."""
    lines = (re.match(r"([A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*([<>=!~][^;#\\]*)?", line) for line in text.splitlines())
    found = [(re.sub(r"[-_.]+", "-", match[1]).lower(), (match[2] or "").replace(" ", "")) for match in lines if match]
    return [(name, spec) for name, spec in found if name not in PREINSTALLED]


def newest(wheels: Path, name: str, spec: str) -> Path | None:
    """The newest pure wheel of a name that its specifiers allow."""
    found = [path for path in wheels.glob(f"{name.replace('-', '_')}-*-none-any.whl") if _allows(spec, version(path.name.split("-")[1]))]
    return max(found, key=lambda path: version(path.name.split("-")[1]), default=None)


def version(text: str) -> tuple[int, ...]:
    """A version as numbers, without the zeros at its end."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _allows(spec: str, has: tuple[int, ...]) -> bool:
    for part in filter(None, spec.split(",")):
        sign, wanted = re.match(r"([<>=!~]+)(.*)", part).groups()  # type: ignore[union-attr]  # requirements() let only such through
        than = version(wanted)
        holds = {"==": has == than, ">=": has >= than, "<": has < than, "<=": has <= than, ">": has > than, "!=": has != than}
        if not holds.get(sign, has >= than):
            return False
    return True


@dataclass(frozen=True)
class Job:
    """One tree, the questions for it, and the environment it is started with (development by default)."""

    tree: Tree
    questions: Sequence[Question] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    settings_only: bool = False


@dataclass(frozen=True)
class Answers:
    """What a tree said: whether it came up (`error` says why not), its settings, and for each question one answer a step."""

    boots: bool
    error: str
    settings: Mapping[str, str]
    answers: Sequence[Sequence[tuple[int, Any]]]


@dataclass(frozen=True)
class Wrong:
    """One wrong answer: the behaviour that was asked about, and the sentence."""

    focus: str
    sentence: str


def ask(jobs: Sequence[Job], *, oracle: Oracle, python: Python) -> list[Answers]:
    """Ask several trees one after the other. Safe to call from several threads.

    Raises:
        WorldUnavailable: the interpreter or its libraries are not there.
    """
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("probe")) as folder:
        room = Path(folder)
        task = {"jobs": [_told(job, room / str(number), python) for number, job in enumerate(jobs)]}
        with _driver(oracle, python).call(SECONDS * len(jobs)) as line:
            line.write(json.dumps(task).encode() + b"\n")
            line.flush()
            lines = list(line)
    if len(lines) != len(jobs):
        raise _unavailable(python)
    return [_heard(json.loads(said)) for said in lines]


def _unavailable(python: Python, log: str = "") -> WorldUnavailable:
    return WorldUnavailable(
        f"The storefront could not be asked with '{python.interpreter}': {log.strip()[-300:] or 'it gave no answer'}.",
        remedy="`lab doctor` says what this machine lacks.",
    )


class _Driver:
    """A running `driver.py`: it costs half a second to start and then a third of one for each tree."""

    def __init__(self, oracle: Oracle, python: Python) -> None:
        self.python = python
        self.room = Path(tempfile.mkdtemp(prefix=rooms.prefix("probe")))
        self.address = str(self.room / "socket")
        self.log = self.room / "log"
        words: list[str | Path] = [python.interpreter, "-I", "-B", DRIVER, oracle.path, self.address]
        env = process.environment({"HOME": str(self.room)})
        self.pid = process.start(words, cwd=self.room, env=env, log=self.log, mark=self.room.name)
        weakref.finalize(self, _ended, self.room)

    @contextlib.contextmanager
    def call(self, seconds: float) -> Iterator[io.BufferedRWPair]:
        """A line to the driver, which is waited for if it has just been started."""
        with socket.socket(socket.AF_UNIX) as link:
            deadline = time.monotonic() + START_SECONDS
            while True:
                try:
                    link.connect(self.address)
                    break
                except OSError as problem:
                    if time.monotonic() > deadline or not self.is_alive():
                        raise _unavailable(self.python, self.log.read_text(errors="replace")) from problem
                    time.sleep(0.01)
            link.settimeout(seconds)
            try:
                with link.makefile("rwb") as line:
                    yield line
            except OSError as problem:
                raise _unavailable(self.python, str(problem)) from problem

    def is_alive(self) -> bool:
        """Whether the process is still there (it ends by itself when nobody calls)."""
        with contextlib.suppress(ChildProcessError):
            return os.waitpid(self.pid, os.WNOHANG)[0] == 0
        return False


def _ended(room: Path) -> None:
    """End the driver by its mark: it may have ended long ago, and its number may be somebody else's by now."""
    process.sweep(room.name)
    shutil.rmtree(room, ignore_errors=True)


_drivers: dict[tuple[Path, Path], _Driver] = {}
_lock = threading.Lock()


def _driver(oracle: Oracle, python: Python) -> _Driver:
    key = (oracle.path, python.interpreter)
    with _lock:
        if key not in _drivers or not _drivers[key].is_alive():
            _drivers[key] = _Driver(oracle, python)
        return _drivers[key]


def _told(job: Job, room: Path, python: Python) -> dict[str, Any]:
    room.mkdir()
    tree = job.tree.lay_out(room / "tree")
    needed = {} if job.settings_only else {"DATA_DIR": str(tree / "data"), "DATABASE_URL": f"sqlite:///{room}/shop.db"}
    return {
        "tree": str(tree), "paths": python.libraries(job.tree), "env": {**needed, **job.env},
        "questions": list(job.questions), "home": str(room), "settings_only": job.settings_only,
    }  # fmt: skip


def _heard(said: dict[str, Any]) -> Answers:
    answers = [[(status, body) for status, body in chain] for chain in said["answers"]]
    return Answers(boots=said["boots"], error=said["error"], settings=said["settings"], answers=answers)


def wrong_answers(asked: Sequence[Question], came: Answers, *, oracle: Oracle, tables: Tables) -> list[Wrong]:
    """Every wrong answer, held against the oracle. A tree that does not come up gives none: look at `boots`."""
    found = []
    for question, chain in zip(asked, came.answers, strict=False):
        steps = [question, *oracle.steps(question, chain[0][1])]
        for step, (status, body) in zip(steps, chain, strict=False):
            sentence = oracle.judge(step, status, body, tables)
            if sentence:
                found.append(Wrong(question["focus"], sentence))
                break
    return found


def boots_in_production(tree: Tree, *, oracle: Oracle, python: Python) -> str:
    """Empty when the tree starts with production's settings; else why it does not."""
    (came,) = ask([Job(tree, env=PRODUCTION)], oracle=oracle, python=python)
    return "" if came.boots else came.error or "it ended without a word"
