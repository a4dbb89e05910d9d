"""The workspace on disk: where it is, what it says of itself, and every path in it.

    harborline/
      .lab/workspace.json   the one file that makes it a workspace; written last
      .lab/company/         where the company lives
      .lab/scenario/        the scenario as it was when the workspace was made, until `lab update`
      .lab/bin/ .lab/ssh/ .lab/python/ .lab/cache/ .lab/snapshots/
      enter                 what the learner sources
      storefront/           the learner's clone

A folder with `.lab` but without that file was not made to the end; nothing in it is touched but by `lab start`.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final

from lab.errors import WrongState
from lab.session import durable

FORMAT: Final = 1
FOLDER: Final = ".lab"
FILE: Final = "workspace.json"
STARTING: Final = "starting.json"


@dataclass(frozen=True)
class StageNote:
    """What the workspace remembers of a stage, so that a status needs no scenario."""

    id: str
    title: str
    code: str = ""
    job: str = ""
    minutes: int = 0


@dataclass(frozen=True)
class Workspace:
    """One learner's workspace. `root` is absolute; `seed` decides every variant; `digest` is the scenario's; `who` a name in a class."""

    root: Path
    id: str
    scenario: str
    title: str
    repository: str
    seed: int
    runner: str
    digest: str
    version: str
    made_at: float
    stages: tuple[StageNote, ...] = ()
    who: str = ""

    @property
    def lab(self) -> Path:
        """The folder that the lab keeps to itself."""
        return self.root / FOLDER

    @property
    def company(self) -> Path:
        """The root of the live company."""
        return self.lab / "company"

    @property
    def ledger(self) -> Path:
        """The live company's ledger."""
        return self.company / "ledger.db"

    @property
    def clone(self) -> Path:
        """The learner's clone."""
        return self.root / self.repository

    @property
    def kept_scenario(self) -> Path:
        """The scenario as it was when the workspace was made, or moved on by `lab update`."""
        return self.lab / "scenario" / self.scenario

    @property
    def ssh_config(self) -> Path:
        """How ssh, scp and rsync reach the servers; the company writes it each time it starts."""
        return self.company / "ssh_config"

    @property
    def python(self) -> Path:
        """The learner's Python environment."""
        return self.lab / "python"

    @property
    def cache(self) -> Path:
        """What may be thrown away at any time."""
        return self.lab / "cache"

    @property
    def snapshots(self) -> Path:
        """The forge as it was when each stage opened."""
        return self.lab / "snapshots"

    def note(self, stage: str) -> StageNote | None:
        """What is remembered of a stage, or None."""
        return next((note for note in self.stages if note.id == stage), None)

    def after(self, stage: str) -> StageNote | None:
        """The stage that follows; None for the last."""
        names = [note.id for note in self.stages]
        place = names.index(stage) + 1 if stage in names else len(names)
        return self.stages[place] if place < len(names) else None


def new_id() -> str:
    """A name for a workspace that no other has."""
    import secrets  # noqa: PLC0415 - slow to import, and only a start needs it

    return secrets.token_hex(6)


def write(workspace: Workspace) -> None:
    """Make it a workspace: the last step of `lab start`.

    Raises:
        WorldUnavailable: the disk is full or read-only.
    """
    told = {"format": FORMAT, **asdict(workspace), "root": str(workspace.root)}
    durable.write_json(workspace.lab / FILE, told)


def find(start: Path | None = None) -> Workspace:
    """The workspace that `start` (default: the current directory) lies in, found by walking up, as git does.

    Raises:
        WrongState: there is none, its `.lab` is half-written, or a newer lab made it.
    """
    here = start or current_directory()
    if not here.is_dir():
        raise WrongState(f"'{here}' is not a folder.", remedy="Name an existing one with `-C DIR`, or open a workspace with `lab start`.")
    folder = here.resolve()
    for candidate in (folder, *folder.parents):
        if (candidate / FOLDER / FILE).is_file() or _is_half(candidate):
            return read(candidate)
    raise WrongState(f"There is no workspace in '{folder}' or above it.", remedy="Open one with `lab start`, or name one with `-C DIR`.")


def read(root: Path) -> Workspace:
    """The workspace whose folder is `root`.

    Raises:
        WrongState: there is none, its `.lab` is half-written, it was moved, or a newer lab made it.
    """
    if not (root / FOLDER / FILE).is_file():
        raise _broken(root, "was not made to the end")
    told = durable.read_json(root / FOLDER / FILE)
    if not isinstance(told, dict):
        raise _broken(root, f"has a half-written '{FOLDER}/{FILE}'")
    if told.get("format") != FORMAT:
        raise WrongState(
            f"The workspace '{root}' has format {told.get('format')!r}, and this lab knows format {FORMAT}.",
            remedy="A newer lab made it: use that one; nothing was changed.",
        )
    workspace = _workspace(root, told)
    if workspace is None:
        raise _broken(root, f"has a '{FOLDER}/{FILE}' that lacks something")
    if str(told["root"]) != str(root):
        raise WrongState(
            f"The workspace '{root}' was made at '{told['root']}', and its environment and remotes still point there.",
            remedy=f"Move it back: mv '{root}' '{told['root']}'; or open a new one with `lab start --dir DIR`.",
        )
    if not workspace.ledger.is_file():
        raise _broken(root, "has lost its company's ledger")
    return workspace


def _workspace(root: Path, told: dict[str, Any]) -> Workspace | None:
    """The dataclass of what the file says; None when something is missing or of the wrong kind."""
    names = [field.name for field in fields(Workspace) if field.name not in {"root", "stages"}]
    notes = {field.name for field in fields(StageNote)}
    told = {"who": ""} | told  # a workspace of an older lab's has none
    try:
        stages = tuple(StageNote(**{key: value for key, value in note.items() if key in notes}) for note in told["stages"])
        return Workspace(root=root, stages=stages, **{name: told[name] for name in names})
    except (KeyError, TypeError, AttributeError):
        return None


def _is_half(folder: Path) -> bool:
    """Whether a workspace was begun here, or its file is gone while the rest of it stands."""
    return (folder / FOLDER / STARTING).is_file() or ((folder / FOLDER / "company").is_dir() and (folder / "enter").is_file())


def _broken(root: Path, what: str) -> WrongState:
    return WrongState(
        f"The workspace '{root}' {what}.",
        remedy=f"Your clone is untouched. `lab start --dir '{root}'` finishes one that was interrupted; "
        "else move the folder away and start anew.",
    )


def current_directory() -> Path:
    """The current directory.

    Raises:
        WrongState: it was deleted while a shell stood in it.
    """
    try:
        return Path.cwd()
    except FileNotFoundError as problem:
        gone = os.environ.get("PWD", "the current directory")
        raise WrongState(f"The directory '{gone}' is gone.", remedy="`cd` to one that is there, then run the command again.") from problem
