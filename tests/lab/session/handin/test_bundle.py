"""A bundle is whole, or it is refused with one sentence, whatever was done to it."""

from __future__ import annotations

import json
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab.company.git import Git
from lab.errors import Refused, UsageProblem
from lab.session import grading
from lab.session.check import Heard, Wanted, check
from lab.session.handin import members
from lab.session.handin.packing import pack
from lab.session.handin.receiving import receive

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.session.session import Session


@pytest.fixture(autouse=True)
def no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grading, "begin", lambda _: None)


@pytest.fixture
def bundle(session: Session, tmp_path: Path) -> Path:
    check(session, Wanted(everything=True), Heard())
    target = tmp_path / "ada.lab.zip"
    pack(session, target)
    return target


def changed(bundle: Path, change: Callable[[dict[str, bytes]], None], *, sums: bool = False) -> Path:
    """The same bundle with some members changed; with `sums` its manifest agrees."""
    with zipfile.ZipFile(bundle) as file:
        told = {name: file.read(name) for name in file.namelist()}
    change(told)
    if sums:
        manifest = json.loads(told[members.MANIFEST])
        manifest["sums"] = {name: members.sum_of(told[name]) for name in manifest["sums"]}
        told[members.MANIFEST] = json.dumps(manifest).encode()
    target = bundle.with_name("changed.lab.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in told.items():
            file.writestr(name, content)
    return target


def refusal(path: Path, room: Path, **asked: Path) -> str:
    with pytest.raises(Refused) as raised:
        receive(path, room / "received", **asked)
    told = str(raised.value)
    assert "\n" not in told
    assert not list(room.glob("received/**/*.bundle"))
    return told


def test_what_was_packed_is_what_is_received(bundle: Path, session: Session, tmp_path: Path) -> None:
    got = receive(bundle, tmp_path / "received")
    assert got.manifest.seed == 7
    assert got.manifest.main == session.main()
    assert [event.type for event in got.events] == [event.type for event in session.ledger.events()]
    assert got.git.out("rev-parse", "refs/heads/main") == session.main()
    assert got.git.out("cat-file", "-p", "refs/heads/main:app.py") == "print('hello')"


def drop_ledger(told: dict[str, bytes]) -> None:
    del told[members.LEDGER]


def climb(told: dict[str, bytes]) -> None:
    told["../../evil"] = b"x"


def extra(told: dict[str, bytes]) -> None:
    told["hooks/post-checkout"] = b"x"


def pass_a_check(told: dict[str, bytes]) -> None:
    told[members.LEDGER] = told[members.LEDGER].replace(b'"passed"', b'"failed"')


def drop_an_event(told: dict[str, bytes]) -> None:
    told[members.LEDGER] = b"".join(line for place, line in enumerate(told[members.LEDGER].splitlines(keepends=True)) if place != 1)


def another_main(told: dict[str, bytes]) -> None:
    lines = told[members.LEDGER].splitlines(keepends=True)
    data = {"repo": "storefront", "ref": "refs/heads/main", "old": "0" * 40, "new": "1" * 40}
    event = {**json.loads(lines[-1]), "seq": len(lines) + 1, "type": "ref.updated", "data": data}
    told[members.LEDGER] = b"".join(lines) + json.dumps(event).encode() + b"\n"


def no_json(told: dict[str, bytes]) -> None:
    told[members.MANIFEST] = b"[" * 100_000


def newer(told: dict[str, bytes]) -> None:
    told[members.MANIFEST] = told[members.MANIFEST].replace(b'"format": 1', b'"format": 2')


def no_bundle(told: dict[str, bytes]) -> None:
    told[members.TREE] = b"# v2 git bundle\nnothing\n"


def seed_of_text(told: dict[str, bytes]) -> None:
    told[members.MANIFEST] = told[members.MANIFEST].replace(b'"seed": 7', b'"seed": "7"')


def large(told: dict[str, bytes]) -> None:
    told[members.LOGS] = b"\0" * ((4 << 20) + 1)


CASES = [
    (drop_ledger, False, "It lacks 'ledger.jsonl'."),
    (climb, False, "It has a member '../../evil'"),
    (extra, False, "It has a member 'hooks/post-checkout'"),
    (pass_a_check, False, "Its 'ledger.jsonl' is not the one that it was made with"),
    (drop_an_event, True, "Its ledger was changed: line 2 is not event 2."),
    (another_main, True, "the last push to 'main' that it tells of is not the commit that it brings"),
    (no_json, False, "Its 'manifest.json' is not JSON."),
    (newer, False, "Its format is '2', and this lab reads format 1."),
    (no_bundle, True, "Its repository is damaged"),
    (seed_of_text, False, "Its manifest lacks 'seed', or has it in another kind."),
    (large, True, "Its member 'logs.json' is larger than 4096 KiB."),
]


@pytest.mark.parametrize(("change", "sums", "words"), CASES, ids=lambda one: getattr(one, "__name__", None))
def test_what_was_changed_is_refused_with_one_sentence(
    bundle: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], None], words: str, *, sums: bool
) -> None:
    told = refusal(changed(bundle, change, sums=sums), tmp_path)
    assert words in told
    assert told.startswith("The bundle 'changed.lab.zip' is refused. ")
    assert not (tmp_path.parent / "evil").exists()


def test_a_link_and_a_second_member_of_one_name_are_refused(bundle: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.lab.zip"
    shutil.copyfile(bundle, link)
    with zipfile.ZipFile(bundle) as file:
        told = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(link, "w") as file:
        for name, content in told.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16 if name == members.LOGS else 0
            file.writestr(info, b"/etc/passwd" if name == members.LOGS else content)
    assert "Its member 'logs.json' is a link" in refusal(link, tmp_path)
    twice = tmp_path / "twice.lab.zip"
    shutil.copyfile(bundle, twice)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as file:
        file.writestr(members.LOGS, b"{}")
    assert "or has it once" in refusal(twice, tmp_path)


def test_what_is_no_archive_at_all_is_refused_and_what_is_not_there_is_a_usage_problem(tmp_path: Path) -> None:
    path = tmp_path / "note.lab.zip"
    path.write_bytes(b"PK\x05\x06 nothing")
    assert "It is no ZIP file, or a damaged one" in refusal(path, tmp_path)
    with pytest.raises(UsageProblem, match="There is no bundle"):
        receive(tmp_path / "none", tmp_path / "room")


def test_a_branch_that_climbs_and_a_tree_that_reaches_into_git_are_refused(bundle: Path, tmp_path: Path) -> None:
    room = tmp_path / "evil.git"
    git = Git.init(room, bare=True)
    blob = git.run("hash-object", "-w", "--stdin", stdin=b"x").output.strip()
    inner = git.run("mktree", stdin=f"100644 blob {blob}\tconfig\n".encode()).output.strip()
    tree = git.run("mktree", stdin=f"040000 tree {inner}\t.git\n".encode()).output.strip()
    commit = git.out("commit-tree", "-m", "evil", tree)
    git.run("update-ref", "refs/heads/main", commit)
    git.run("bundle", "create", "--quiet", str(tmp_path / "evil.bundle"), "--all")

    def bring(told: dict[str, bytes]) -> None:
        told[members.TREE] = (tmp_path / "evil.bundle").read_bytes()
        manifest = json.loads(told[members.MANIFEST])
        told[members.MANIFEST] = json.dumps({**manifest, "main": commit, "tree": tree}).encode()

    assert "Its repository is damaged" in refusal(changed(bundle, bring, sums=True), tmp_path)


def test_a_signature_is_asked_for_and_belongs_to_the_content(session: Session, tmp_path: Path) -> None:
    for name in ("key", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
    signed, plain = tmp_path / "signed.lab.zip", tmp_path / "plain.lab.zip"
    pack(session, signed, key=tmp_path / "key")
    pack(session, plain)
    public = tmp_path / "key.pub"
    assert receive(signed, tmp_path / "room", signer=public).is_signed
    assert "It is not signed" in refusal(plain, tmp_path, signer=public)
    assert "is not one by the key" in refusal(signed, tmp_path, signer=tmp_path / "other.pub")
    bent = changed(signed, lambda told: told.update({members.MANIFEST: told[members.MANIFEST].replace(b'"seed": 7', b'"seed": 8')}))
    assert "is not one by the key" in refusal(bent, tmp_path, signer=public)
    with pytest.raises(UsageProblem, match="signs nothing"):
        pack(session, tmp_path / "x.lab.zip", key=plain)
