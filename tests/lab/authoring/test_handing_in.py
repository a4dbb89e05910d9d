"""A forged ledger is found by a re-play: the one thing that nobody can write by hand is what their work does."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from lab.authoring.trying import Try, try_stage
from lab.company.pipelines.toolchain import Toolchain
from lab.scenario import library
from lab.session import grading, workspace
from lab.session.check import Heard, Wanted, check
from lab.session.handin import members
from lab.session.handin.packing import pack
from lab.session.handin.replaying import replay
from lab.session.handin.roster import Inquiry, verify
from lab.session.session import Session
from lab.session.wiring import House, read_scenario

if TYPE_CHECKING:
    from pathlib import Path

    from lab.report.roster import RosterLine


@pytest.fixture(autouse=True)
def own_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setattr(grading, "begin", lambda _: None)


@pytest.mark.slow
def test_a_re_play_finds_what_was_handed_in_and_what_was_forged(fresh: Path, tmp_path: Path) -> None:
    parts, folder, bundle = House(), tmp_path / "tried", tmp_path / "one.lab.zip"
    told = read_scenario(library.find(fresh))
    toolchain = Toolchain.find()
    toolchain.prepare(lambda _: None)

    def again(path: Path) -> RosterLine:
        (line,) = verify(Inquiry(path), lambda one, claim, room: replay(one, claim, told, toolchain, room, tell=lambda _: None)).lines
        return line

    try:
        try_stage(Try(str(fresh), "first", folder, "trap/greets-nobody", 7), parts, lambda _: None)
        session = Session(workspace.read(folder.resolve()), parts)
        check(session, Wanted(everything=True), Heard())
        pack(session, bundle)
        honest = again(bundle)
        assert (honest.verdict, honest.different) == ("same", 0)
        assert honest.same == 2
        lied = again(_forged(bundle))
        assert lied.verdict == "differs"
        assert "was passed, and is failed here" in lied.said
    finally:
        parts.sleep(workspace.read(folder.resolve()))


def _forged(bundle: Path) -> Path:
    """The same bundle, whose ledger says that everything passed, with sums that agree."""
    with zipfile.ZipFile(bundle) as file:
        told = {name: file.read(name) for name in file.namelist()}
    told[members.LEDGER] = told[members.LEDGER].replace(b'"verdict": "failed"', b'"verdict": "passed"')
    manifest = json.loads(told[members.MANIFEST])
    manifest["sums"][members.LEDGER] = members.sum_of(told[members.LEDGER])
    told[members.MANIFEST] = json.dumps(manifest).encode()
    target = bundle.with_name("forged.lab.zip")
    with zipfile.ZipFile(target, "w") as file:
        for name, content in told.items():
            file.writestr(name, content)
    return target
