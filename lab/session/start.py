"""`lab start`: from nothing to a workspace with its first stage open. What is interrupted is finished by the next one."""
# ruff: noqa: PLC0415 - heavy parts are loaded where they are needed: a status uses none

from __future__ import annotations

import os
import secrets
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from lab import __version__
from lab.errors import UsageProblem, WrongState
from lab.failpoints import failpoint
from lab.report.model import StartReport
from lab.session import durable, enter, keeping, locks, naming, workspace
from lab.session.opening import open_stage
from lab.session.place import place
from lab.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.scenario.model import Scenario
    from lab.session.parts import Parts

DEFAULT_SCENARIO: Final = "company-evolution"
DEFAULT_FOLDER: Final = "harborline"
RUNNERS: Final = ("host", "docker")
TRUST: Final = (
    "The lab runs your pipelines, your scripts and your teammates' commits on this machine, as you and with your rights. "
    "Somebody else's workspace is somebody else's code: open only what you trust."
)
_SEED_LIMIT: Final = 10**9
_GIT_HOMES: Final = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM")
_UNUSABLE: Final = ':"\n'


@dataclass(frozen=True)
class Wish:
    """What `lab start` was asked for. `seed` None draws one; with a name `who` and the `key` of a class it comes of these."""

    scenario: str = DEFAULT_SCENARIO
    folder: Path = Path(DEFAULT_FOLDER)
    seed: int | None = None
    runner: str = "host"
    who: str = ""
    key: str = ""


def start(wish: Wish, parts: Parts, *, tell: Callable[[str], None], on_story: Callable[[str], None] = lambda _: None) -> StartReport:
    """Open a workspace, or say where the one is that is open already. `on_story` gets the story before the work begins.

    Raises:
        WrongState: the folder holds something else; nothing in it was touched.
        UsageProblem: there is no such scenario, or the runner or seed is off.
        WorldUnavailable: the disk, the network or a program is missing.
    """
    root = _root(wish.folder)
    with locks.hold(_lock_name(root), locks.CHANGE, command="lab start", patience=1.0):
        if (root / workspace.FOLDER / workspace.FILE).is_file():
            return _again(Session(workspace.read(root), parts), tell)
        began = time.monotonic()
        path = parts.find(wish.scenario)
        scenario = parts.read(path)
        _refuse(wish, scenario)
        wish = _named(wish)
        seed = _clear(root, scenario, wish)
        on_story(scenario.story)
        space = _describe(root, scenario, seed=seed, wish=wish)
        session = Session(space, parts, told=_moved(scenario, space.kept_scenario))
        _build(session, path, tell)
        return _report(session, seconds=time.monotonic() - began)


def _root(folder: Path) -> Path:
    if folder.is_symlink() and not folder.exists():
        raise WrongState(f"'{folder}' is a link to nothing.", remedy="Remove it, or name another folder with `--dir`.")
    root = folder.expanduser()
    root = (root if root.is_absolute() else workspace.current_directory() / root).resolve()
    if any(sign in str(root) for sign in _UNUSABLE):
        raise UsageProblem(
            f"A workspace can't stand in '{root}': PATH and ssh can't name a folder with a colon, a double quote or a line break in it.",
            remedy="Name another folder: lab start --dir DIR.",
        )
    return root


def _named(wish: Wish) -> Wish:
    """The wish with the seed that its name has in its class.

    Raises:
        UsageProblem: one was given without the other, or together with a seed.
    """
    if not (wish.who or wish.key):
        return wish
    if not (wish.who and wish.key):
        raise UsageProblem("'--as NAME' and '--class KEY' go together: the seed comes of both.", remedy="Ask whoever teaches for the key.")
    if wish.seed is not None:
        raise UsageProblem("'--seed' and '--as' exclude each other: the seed comes of the name and the class's key.")
    who = naming.normal(wish.who)
    return replace(wish, who=who, seed=naming.seed(who, wish.key))


def _lock_name(root: Path) -> str:
    """Before there is a workspace there is no id: the folder's own name in hexadecimal stands for it."""
    return f"start-{abs(hash_of(str(root))):x}"


def hash_of(text: str) -> int:
    """A number of a text that is the same in every process."""
    import zlib

    return zlib.crc32(text.encode("utf-8", "surrogateescape"))


def _refuse(wish: Wish, scenario: Scenario) -> None:
    if wish.runner not in RUNNERS:
        raise UsageProblem(f"There is no runner '{wish.runner}'.", remedy="There are: host, docker.")
    if wish.runner == "docker":
        raise UsageProblem("The runner 'docker' is not built yet.", remedy="Leave `--runner` out: pipelines run on this machine.")
    if not scenario.stages:
        raise UsageProblem(f"The scenario '{scenario.id}' has no stage.")


def _clear(root: Path, scenario: Scenario, wish: Wish) -> int:
    """Make room: an interrupted start is cleared away, anything else is refused. Gives the seed to use."""
    begun = durable.read_json(root / workspace.FOLDER / workspace.STARTING)
    if isinstance(begun, dict):
        shutil.rmtree(root / workspace.FOLDER, ignore_errors=True)
        if begun.get("made_clone"):
            shutil.rmtree(root / str(begun["made_clone"]).replace("/", ""), ignore_errors=True)
    if root.exists() and not root.is_dir():
        raise WrongState(f"'{root}' is a file, and a workspace is a folder.", remedy="Name another with `--dir`.")
    there = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    others = [name for name in there if name != "enter" or not isinstance(begun, dict)]
    if others:
        shown = ", ".join(f"'{name}'" for name in others[:3])
        raise WrongState(
            f"The folder '{root}' is not empty (it has {shown}), and nothing in it will be overwritten.",
            remedy="Name another folder: lab start --dir DIR.",
        )
    seed = wish.seed if wish.seed is not None else int(begun["seed"]) if isinstance(begun, dict) and "seed" in begun else None
    seed = secrets.randbelow(_SEED_LIMIT) if seed is None else seed
    durable.write_json(root / workspace.FOLDER / workspace.STARTING, {"pid": os.getpid(), "seed": seed, "made_clone": scenario.repository})
    return seed


def _describe(root: Path, scenario: Scenario, *, seed: int, wish: Wish) -> workspace.Workspace:
    notes = tuple(workspace.StageNote(stage.id, stage.title, stage.code, stage.job, stage.minutes) for stage in scenario.stages)
    return workspace.Workspace(
        root=root,
        id=workspace.new_id(),
        scenario=scenario.id,
        title=scenario.company,
        repository=scenario.repository,
        seed=seed,
        runner=wish.runner,
        digest=scenario.digest,
        version=__version__,
        made_at=time.time(),
        stages=notes,
        who=wish.who,
    )


def _moved(scenario: Scenario, target: Path) -> Scenario:
    """The scenario as it is once its folder was copied to `target`: reading it again would cost a second."""

    def at(told: Any) -> Any:
        return told.model_copy(update={"path": target / told.path.relative_to(scenario.path)})

    stages = tuple(
        at(stage).model_copy(update={"solutions": tuple(map(at, stage.solutions)), "traps": tuple(map(at, stage.traps))})
        for stage in scenario.stages
    )
    return scenario.model_copy(update={"path": target, "stages": stages})


def _build(session: Session, path: Path, tell: Callable[[str], None]) -> None:
    """Every step in order; `workspace.json` comes last but for the stage, whose opening can be repeated.

    The environment's thousands of files are linked beside the founding: the one waits for the disk, the other computes.
    """
    space, parts, scenario = session.workspace, session.parts, session.scenario
    parts.prepare(tell)
    tell("Founding the company, and copying your Python environment.")
    with ThreadPoolExecutor(max_workers=1) as beside:
        copied = beside.submit(parts.copy_environment, space.python)
        shutil.copytree(path, space.kept_scenario, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        parts.found(space, scenario)
        failpoint("start.founded")
        tell("Cloning the repository.")
        _clone(session)
        copied.result()
    failpoint("start.cloned")
    workspace.write(space)
    failpoint("start.written")
    first = scenario.stages[0]
    open_stage(session, first, tell)
    if first.skipped or first.team_tests or first.start.is_dir():  # the stage's start put commits onto main
        keeping.follow(space.clone, forge=parts.forge(space).path(space.repository))
    enter.write(space, variables=parts.variables(space))
    failpoint("start.opened")
    (space.lab / workspace.STARTING).unlink(missing_ok=True)


def _clone(session: Session) -> None:
    """The learner's clone; it gets an identity of its own where the machine has none."""
    from lab.company.git import Git

    space = session.workspace
    git = Git.clone(session.parts.forge(space).url(space.repository), space.clone)
    if not has_identity():
        git.run("config", "--local", "user.name", "You")
        git.run("config", "--local", "user.email", "you@harborline.example")


def has_identity() -> bool:
    """Whether git would know the learner's name and address by itself."""
    from lab import process

    if os.environ.get("GIT_AUTHOR_NAME") and os.environ.get("GIT_AUTHOR_EMAIL"):
        return True
    kept = process.environment({name: os.environ[name] for name in _GIT_HOMES if name in os.environ})
    asked = (process.run(["git", "config", "--get", f"user.{name}"], cwd="/", env=kept, timeout=20) for name in ("name", "email"))
    return all(done.is_success and done.output.strip() for done in asked)


def _again(session: Session, tell: Callable[[str], None]) -> StartReport:
    """The workspace is there: finish its first stage if a start was interrupted there, wake it, say where you are."""
    space = session.workspace
    if session.progress().current is None:
        open_stage(session, session.scenario.stages[0], tell)
    (space.lab / workspace.STARTING).unlink(missing_ok=True)
    session.parts.wake(space)
    enter.write(space, variables=session.parts.variables(space))
    return StartReport(
        workspace=str(space.root),
        enter=enter.command_line(space, here=workspace.current_directory()),
        title=space.title,
        is_new=False,
        door=session.parts.door(space),
        place=place(session.progress()),
    )


def _report(session: Session, *, seconds: float) -> StartReport:
    space, scenario = session.workspace, session.scenario
    first: Any = scenario.stages[0]
    return StartReport(
        workspace=str(space.root),
        enter=enter.command_line(space, here=workspace.current_directory()),
        title=scenario.company,
        is_new=True,
        seconds=seconds,
        door=session.parts.door(space),
        story=scenario.story,
        stage=first.title,
        briefing=first.brief,
        trust=TRUST,
        place=place(session.progress()),
    )
