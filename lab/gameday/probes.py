"""An author's own probes: a script in a clone or on a server, an acceptance suite against the site. What they saw, no judgement."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from lab import process
from lab.errors import LabError, WrongState
from lab.gameday.outcomes import AcceptanceRun, ScriptRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.company.box import Box
    from lab.company.company import Company
    from lab.gameday.stagehand import Stagehand

CLONE: Final = "clone"
BOX: Final = "box"
OUTPUT: Final = 20_000
REPORT_LIMIT: Final = 4_000_000
SHELLS: Final = {"bash": "bash", "python": "python3", "python3": "python3"}


def run_script(hand: Stagehand, script: Path, *, at: str, arguments: Sequence[str], limit: float) -> ScriptRun:
    """Run an author's script: in a fresh clone of `main`, on the server `at` as whoever logs in there, or in the box.

    It finds the seed in `LAB_SEED`, and in a clone what every verb finds: the company's Python, `SSH_CONFIG`, `DOOR_URL`.

    Raises:
        LabError: there is no such server, or the script can't be read.
    """
    words = [interpreter(script), str(script), *arguments]
    if at == CLONE:
        clone = hand.teammate("lena").git.directory
        env = hand.environment() | {"LAB_SEED": str(hand.seed)}
        done = process.run(words, cwd=clone, env=env, timeout=limit, mark=f"{hand.mark}-0")
    elif at == BOX:
        done = in_box(hand.company, script, arguments=arguments, limit=limit)
    else:
        done = _on_server(hand, script, at=at, arguments=arguments, limit=limit)
    return ScriptRun(script.name, None if done.timed_out else done.returncode, done.output[-OUTPUT:], done.seconds, limit)


def in_box(company: Company, script: Path, *, arguments: Sequence[str] = (), limit: float) -> process.Completed:
    """Run a script in the company's box, which is made now if there is none.

    Raises:
        LabError: the stage has no box, or there is no Docker engine.
    """
    box = the_box(company)
    box.ensure(company.parts.toolchain)
    return box.run(script, arguments, limit=limit)


def the_box(company: Company) -> Box:
    """The company's box, whether or not it was made yet.

    Raises:
        LabError: the stage has no box, or there is no Docker engine.
    """
    from lab.company.box import Box  # noqa: PLC0415 - it brings Docker along

    if not company.charter.box:
        raise WrongState("This stage has no box.", remedy="`lab brief` says where you work.")
    return Box.of(company.id, Path(company.charter.box))


def _on_server(hand: Stagehand, script: Path, *, at: str, arguments: Sequence[str], limit: float) -> process.Completed:
    if at not in hand.company.servers:
        known = ", ".join(hand.company.servers) or "none"
        raise LabError(f"'{script.name}' should run on the server '{at}', and the company's servers are: {known}.")
    import shlex  # noqa: PLC0415 - only here are words made into a command, for the server's own shell

    flag = "-s" if interpreter(script) != "python3" else "-"
    words = shlex.join([interpreter(script), flag, *arguments])
    command = f"LAB_SEED={hand.seed} {words}"
    return hand.company.servers[at].execute(command, timeout=limit, stdin=script.read_bytes(), by="lab")


def interpreter(script: Path) -> str:
    """What runs a script: its first line may name bash or python3, anything else is for `sh`.

    Raises:
        LabError: it can't be read.
    """
    try:
        with script.open("rb") as file:
            first = file.readline(200).decode("utf-8", "replace")
    except OSError as problem:
        raise LabError(f"The script '{script.name}' can't be read: {problem.strerror}.") from problem
    words = first[2:].split() if first.startswith("#!") else []
    name = os.path.basename(words[-1]) if words else "sh"  # noqa: PTH119 - a word of a line, not a file
    return SHELLS.get(name, "sh")


def run_suite(hand: Stagehand, suite: Path, *, limit: float) -> AcceptanceRun:
    """Run an author's pytest suite from a copy of its folder, with the company's Python and nothing of the learner's around it.

    It finds `DOOR_URL` (the site), `CLONE` (a fresh clone of `main`) and `LAB_SEED` in its environment.
    """
    room = hand.folder("suite")
    shutil.copytree(suite, room, ignore=shutil.ignore_patterns("__pycache__"))
    report = room / "lab-report.xml"
    clone = hand.teammate("lena").git.directory
    env = hand.environment() | {"LAB_SEED": str(hand.seed), "CLONE": str(clone), "PYTHONDONTWRITEBYTECODE": "1"}
    words = ["python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", os.devnull,
             f"--rootdir={room}", f"--junitxml={report}", str(room)]  # fmt: skip
    done = process.run(words, cwd=room, env=env, timeout=limit, mark=f"{hand.mark}-0")
    ran, failed, broken = _read(report)
    return AcceptanceRun(None if done.timed_out else done.returncode, ran, failed, broken, done.output[-OUTPUT:], done.seconds, limit)


def _read(report: Path) -> tuple[int, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """How many tests ran; those that failed and those that broke, each with the first line of why."""
    if not report.is_file() or report.stat().st_size > REPORT_LIMIT:
        return 0, (), ()
    try:
        root = ET.fromstring(report.read_text(encoding="utf-8"))  # noqa: S314 - pytest wrote it, and its size is capped
    except ET.ParseError:
        return 0, (), ()
    cases = list(root.iter("testcase"))
    failed, broken = (
        tuple((case.get("name", ""), (note.get("message") or "").splitlines()[0:1]) for case in cases for note in case.findall(tag))
        for tag in ("failure", "error")
    )
    return len(cases), tuple((name, "".join(why)) for name, why in failed), tuple((name, "".join(why)) for name, why in broken)
