"""`lab export --bundle`: the evidence of a workspace in one file."""

from __future__ import annotations

import json
import os
import tempfile
import time
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lab import __version__, rooms
from lab.company.git import Git
from lab.errors import WorldUnavailable, WrongState
from lab.report import plain
from lab.session import durable
from lab.session.handin import members, signing
from lab.session.handin.members import Manifest

if TYPE_CHECKING:
    from lab.session.session import Session

LOG_BYTES: Final = 4000
LOGS: Final = 200


def pack(session: Session, target: Path, *, key: Path | None = None) -> Manifest:
    """Write the bundle into `target`, whole or not at all, signed with an SSH key if one is given.

    Raises:
        WrongState: no stage was opened, or the forge has no `main`.
        UsageProblem: the key can't be used.
        WorldUnavailable: the disk is full or read-only.
    """
    contents = {members.LEDGER: _ledger(session), members.TREE: _tree(session), members.LOGS: _logs(session)}
    made = _manifest(session, {name: members.sum_of(content) for name, content in contents.items()})
    told = json.dumps(made.plain(), indent=1).encode()
    contents = {members.MANIFEST: told} | contents
    if key:
        contents[members.SIGNATURE] = signing.sign(told, key)
    _write(target, contents)
    return made


def _manifest(session: Session, sums: dict[str, str]) -> Manifest:
    space, main = session.workspace, session.main()
    git = Git(session.parts.forge(space).path(space.repository))
    return Manifest(
        workspace=space.id,
        who=space.who,
        scenario=space.scenario,
        digest=space.digest,
        version=__version__,
        seed=space.seed,
        repository=space.repository,
        main=main,
        tree=git.out("rev-parse", f"{main}^{{tree}}"),
        start=_start(session) or main,
        made_at=round(time.time(), 1),
        sums=sums,
    )


def _start(session: Session) -> str:
    """What `main` was when the first stage opened, by its snapshot; empty when that is gone."""
    first = next(iter(session.progress().stages), None)
    if first is None:
        raise WrongState("No stage has been opened in this workspace yet, so there is nothing to hand in.", remedy="lab start")
    refs = durable.read_json(session.workspace.snapshots / first.id / "refs.json")
    return str(refs.get("refs/heads/main", "")) if isinstance(refs, dict) else ""


def _ledger(session: Session) -> bytes:
    return "".join(json.dumps(asdict(event)) + "\n" for event in session.ledger.events()).encode()


def _tree(session: Session) -> bytes:
    git = Git(session.parts.forge(session.workspace).path(session.workspace.repository))
    with tempfile.TemporaryDirectory(prefix=rooms.prefix("bundle")) as room:
        target = Path(room) / members.TREE
        git.run("bundle", "create", "--quiet", str(target), "--all", timeout=120)
        return target.read_bytes()


def _logs(session: Session) -> bytes:
    """The end of each log, by its path in `.lab`: for a person who wonders, no verdict rests on it."""
    folder = session.workspace.lab
    kept: dict[str, str] = {}
    for path in sorted(folder.rglob("*.log"))[:LOGS]:
        if path.is_file() and not path.is_symlink() and not path.is_relative_to(session.workspace.python):
            text = path.read_bytes()[-LOG_BYTES:].decode("utf-8", "replace")
            kept[path.relative_to(folder).as_posix()] = plain.clean(text)
    return json.dumps(kept, indent=1).encode()


def _write(target: Path, contents: dict[str, bytes]) -> None:
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in contents.items():
                file.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        beside.replace(target)
    except OSError as problem:
        raise WorldUnavailable(
            f"'{target}' could not be written: {problem.strerror or problem}.", remedy="Free some disk space, or name another file."
        ) from problem
    finally:
        beside.unlink(missing_ok=True)
