"""`lab author kit`: what is in it, and that it plays on a machine without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from lab.authoring.kit import NAME, Kit, Sources, make
from lab.errors import LabError, UsageProblem, WrongState
from lab.scenario import library
from lab.session.wiring import read_scenario

INSTALL = """\
import os, pathlib, sys
lab = pathlib.Path(__file__).parents[1]
(lab / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
for name in ("lab", "python"):
    program = lab / ".venv" / "bin" / name
    program.write_text('#!/bin/sh\\necho "$(basename "$0") $*" >> "$SAID"\\n')
    program.chmod(0o755)
with open(os.environ["SAID"], "a") as said:
    print("install", *sys.argv[1:], os.environ["PIP_NO_INDEX"], os.environ["PIP_FIND_LINKS"], file=said)
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    wheels = tmp_path_factory.mktemp("company") / "company's wheels"
    wheels.mkdir()
    (wheels / "harborline_money-1.4-py3-none-any.whl").write_bytes(b"money")

    def fetch(lock: Path, folder: Path) -> None:
        (folder / f"{lock.stem}-1-py3-none-any.whl").write_bytes(lock.read_bytes())

    def save(target: Path) -> Sequence[str]:
        target.write_bytes(b"images")
        return ("lab/python:3.11",)

    return Sources(fetch, wheels, save)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory, sources: Sources) -> Kit:
    return made(library.told("company-evolution"), tmp_path_factory.mktemp("kit") / "out" / "kit.tar.gz", sources)


def made(told: Path, target: Path, sources: Sources) -> Kit:
    return make(told, read_scenario(library.find(told)), target, sources)


def unpacked(kit: Kit, folder: Path) -> Path:
    with tarfile.open(kit.path) as archive:
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - our own
    return folder / NAME


def play(kit: Path, *words: str, said: Path) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "SAID": str(said), "HOME": str(kit)}
    return subprocess.run([sys.executable, kit / "play", *words], env=env, cwd=kit, capture_output=True, text=True, check=False)


def test_a_kit_has_the_lab_the_scenario_every_package_and_the_images(tmp_path: Path, shipped: Kit) -> None:
    assert (shipped.scenario, shipped.wheels, shipped.images) == ("company-evolution", 4, ("lab/python:3.11",))
    assert shipped.size == shipped.path.stat().st_size
    there = unpacked(shipped, tmp_path)
    told = json.loads((there / "kit.json").read_text())
    assert {"play", "images/images.tar", "wheels/play-1-py3-none-any.whl", "lab/setup/install.py"} <= set(told["sums"])
    assert library.digest(there / "lab" / "scenarios" / "company-evolution") == library.digest(library.told("company-evolution"))
    assert [path.name for path in shipped.path.parent.iterdir()] == ["kit.tar.gz"]  # nothing half-written is left


def test_an_author_s_own_scenario_is_in_it_and_needs_no_images_where_no_stage_needs_docker(
    fresh: Path, tmp_path: Path, sources: Sources
) -> None:
    kit = made(fresh, tmp_path / "kit.tar.gz", sources)
    assert (kit.scenario, kit.images) == ("my-workshop", ())
    assert (unpacked(kit, tmp_path / "there") / "lab" / "scenarios" / "my-workshop" / "scenario.yaml").is_file()


def test_play_installs_from_the_kit_alone_and_opens_a_workspace(tmp_path: Path, shipped: Kit) -> None:
    there = unpacked(shipped, tmp_path)
    installer = there / "lab" / "setup" / "install.py"
    installer.write_text(INSTALL)
    told = json.loads((there / "kit.json").read_text())
    del told["sums"]["lab/setup/install.py"]
    (there / "kit.json").write_text(json.dumps(told))
    done = play(there, "--as", "Ada L.", "--class", "KEY", said=tmp_path / "said")
    assert done.returncode == 0, done.stderr
    lists = " ".join(f"-r {there / 'lab' / 'requirements' / name}.txt" for name in ("dashboard", "monitoring"))
    assert (tmp_path / "said").read_text().splitlines() == [
        f"install play 1 {(there / 'wheels').as_uri()}",
        f"python -m pip install --quiet --no-deps --require-hashes {lists}",
        f"lab images load {there / 'images' / 'images.tar'}",
        "lab start company-evolution --as Ada L. --class KEY",
    ]


def test_a_kit_that_is_damaged_or_for_another_machine_says_so_and_installs_nothing(tmp_path: Path, shipped: Kit) -> None:
    there = unpacked(shipped, tmp_path)
    (there / "images" / "images.tar").write_bytes(b"imag")
    done = play(there, said=tmp_path / "said")
    assert (done.returncode, done.stderr) == (4, "'images/images.tar' was damaged on its way here: copy the kit again.\n")
    (there / "images" / "images.tar").unlink()
    assert play(there, said=tmp_path / "said").stderr == "The kit lacks 'images/images.tar': unpack it again.\n"
    told = json.loads((there / "kit.json").read_text())
    (there / "kit.json").write_text(json.dumps(told | {"python": "3.99"}))
    done = play(there, said=tmp_path / "said")
    assert done.returncode == 4
    assert done.stderr.startswith(f"This kit is for Python 3.99 on {told['platform']}, and this is Python ")
    assert not (there / "lab" / ".venv").exists()


def test_what_can_not_be_fetched_leaves_no_archive(tmp_path: Path, sources: Sources) -> None:
    def unreachable(lock: Path, folder: Path) -> None:
        raise LabError("No network.")

    with pytest.raises(LabError, match="No network"):
        made(library.told("company-evolution"), tmp_path / "kit.tar.gz", Sources(unreachable, sources.wheels))
    assert not list(tmp_path.glob("*kit*"))


def test_a_scenario_with_a_shipped_name_is_refused(tmp_path: Path, sources: Sources, fresh: Path) -> None:
    fresh.rename(tmp_path / "company-evolution")
    with pytest.raises(UsageProblem, match="has the name of one that comes with the lab"):
        made(tmp_path / "company-evolution", tmp_path / "kit.tar.gz", sources)


def test_an_installed_lab_says_that_a_kit_is_made_from_a_checkout(
    tmp_path: Path, sources: Sources, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = read_scenario(library.find(fresh))
    monkeypatch.setattr(library, "root", lambda: tmp_path / "lab_data" / "scenarios")
    with pytest.raises(WrongState, match="installed as a package"):
        make(fresh, scenario, tmp_path / "kit.tar.gz", sources)
