"""A bundle that somebody else made, read with suspicion: what is not as it must be is refused with one sentence.

Nothing of it is unpacked by name, no size is believed, and git checks every object before it is taken.
"""

from __future__ import annotations

import json
import re
import stat
import zipfile
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from lab.company.git import Git, GitFailed
from lab.errors import Refused, UsageProblem
from lab.ledger.store import Event
from lab.session.handin import members, signing
from lab.session.handin.members import Manifest

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK: Final = 1 << 20
_REF: Final = re.compile(r"refs/[A-Za-z0-9._/-]{1,200}")
_FIELDS: Final[dict[str, Any]] = {
    "seq": int,
    "at": (int, float),
    "minute": (int, float),
    "type": str,
    "actor": str,
    "source": str,
    "data": dict,
}
MAIN: Final = "refs/heads/main"


@dataclass(frozen=True)
class Received:
    """A bundle that is whole: its manifest, its events, and a bare repository of what it brought. `signed`: by the key asked for."""

    path: Path
    manifest: Manifest
    events: tuple[Event, ...]
    git: Git
    is_signed: bool = False


def receive(path: Path, room: Path, *, signer: Path | None = None) -> Received:
    """Read a bundle; its repository is made in the folder `room`. With `signer` (a public key) it must be signed by its owner.

    Raises:
        UsageProblem: there is no such file.
        Refused: it is not a bundle, it was changed, or it holds what none may hold. The message says which.
    """
    if not path.is_file():
        raise UsageProblem(f"There is no bundle '{path}'.", remedy="A learner makes one: lab export --bundle FILE")
    try:
        contents = _members(path)
        manifest = Manifest.read(_json(contents[members.MANIFEST], members.MANIFEST))
        _check_sums(contents, manifest)
        if signer:
            _check_signature(contents, signer)
        events = _events(contents[members.LEDGER])
        git = _repository(contents[members.TREE], room)
        _check_tree(git, manifest)
        _check_main(events, manifest)
    except Refused as problem:
        raise Refused(f"The bundle '{path.name}' is refused. {problem.message}", remedy=problem.remedy) from problem
    return Received(path, manifest, events, git, is_signed=signer is not None)


def _members(path: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as file:
            names = [info.filename for info in file.infolist()]
            for info in file.infolist():
                if info.filename not in members.LARGEST or names.count(info.filename) > 1:
                    raise Refused(f"It has a member '{_shown(info.filename)}', and a bundle has none of that name, or has it once.")
                kind = stat.S_IFMT(info.external_attr >> 16)
                if kind not in (0, stat.S_IFREG) or info.flag_bits & 1:
                    raise Refused(f"Its member '{info.filename}' is a link or is encrypted; a bundle has plain files.")
            missing = [name for name in members.REQUIRED if name not in names]
            if missing:
                raise Refused(f"It lacks '{missing[0]}'.")
            return {name: _content(file, name) for name in names}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError) as problem:
        raise Refused(f"It is no ZIP file, or a damaged one: {_shown(str(problem))}.") from problem


def _content(file: zipfile.ZipFile, name: str) -> bytes:
    """A member, read until it ends or is too large: what its header says of its size is not believed."""
    read, total = [], 0
    with file.open(name) as member:
        while chunk := member.read(_CHUNK):
            total += len(chunk)
            if total > members.LARGEST[name]:
                raise Refused(f"Its member '{name}' is larger than {members.LARGEST[name] >> 10} KiB.")
            read.append(chunk)
    return b"".join(read)


def _json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as problem:
        raise Refused(f"Its '{name}' is not JSON.") from problem


def _check_sums(contents: dict[str, bytes], manifest: Manifest) -> None:
    for name in members.REQUIRED[1:]:
        if manifest.sums.get(name) != members.sum_of(contents[name]):
            raise Refused(f"Its '{name}' is not the one that it was made with: the SHA-256 in its manifest is another.")


def _check_signature(contents: dict[str, bytes], signer: Path) -> None:
    if members.SIGNATURE not in contents:
        raise Refused("It is not signed, and a signature was asked for.")
    signing.check(contents[members.MANIFEST], contents[members.SIGNATURE], signer)


def _events(content: bytes) -> tuple[Event, ...]:
    """The ledger: numbered from 1 without a gap, its times never running back."""
    found = []
    for number, line in enumerate(content.splitlines(), start=1):
        told = _json(line, members.LEDGER)
        wrong = not isinstance(told, dict) or any(not isinstance(told.get(name), kind) for name, kind in _FIELDS.items())
        if wrong or told.keys() != _FIELDS.keys() or told["seq"] != number:
            raise Refused(f"Its ledger was changed: line {number} is not event {number}.")
        found.append(Event(**told))
    late = next((then for now, then in pairwise(found) if then.minute < now.minute - 1), None)
    if late:
        raise Refused(f"Its ledger was changed: event {late.seq} happened before the one before it.")
    return tuple(found)


def _repository(content: bytes, room: Path) -> Git:
    room.mkdir(parents=True, exist_ok=True)
    bundle = room / members.TREE
    bundle.write_bytes(content)
    try:
        git = Git.init(room / "forge.git", bare=True)
        names = [line.partition(" ")[2] for line in git.lines("bundle", "list-heads", str(bundle), timeout=60)]
        strange = next((name for name in names if name != "HEAD" and not (_REF.fullmatch(name) and ".." not in name)), None)
        if strange is not None:
            raise Refused(f"Its repository has a branch or tag '{_shown(strange)}', which no company has.")
        git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", str(bundle), "+refs/*:refs/*", timeout=120)
        git.run("fsck", "--full", "--strict", "--no-dangling", timeout=120)  # a fetch from a bundle does not look at trees
    except GitFailed as problem:
        raise Refused(f"Its repository is damaged: {problem.message}") from problem
    finally:
        bundle.unlink()
    return git


def _check_tree(git: Git, manifest: Manifest) -> None:
    if git.out("rev-parse", "--verify", "--quiet", MAIN, check=False) != manifest.main:
        raise Refused("Its repository's 'main' is another commit than its manifest says.")
    if git.out("rev-parse", f"{MAIN}^{{tree}}", check=False) != manifest.tree:
        raise Refused("Its tree is another one than its manifest says.")


def _check_main(events: tuple[Event, ...], manifest: Manifest) -> None:
    """The ledger and the repository tell of the same `main`."""
    moved = [event for event in events if event.type == "ref.updated" and event.data.get("ref") == MAIN]
    ours = [event for event in moved if event.data.get("repo", manifest.repository) == manifest.repository]
    if ours and ours[-1].data.get("new") != manifest.main:
        raise Refused("Its ledger was changed: the last push to 'main' that it tells of is not the commit that it brings.")


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:60]
