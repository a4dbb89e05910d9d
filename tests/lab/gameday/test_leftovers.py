"""Twenty scenes with containers, each at a moment of its own when their player is killed: nothing of them stays.

No container, network, volume, image, process or folder. Four scenes share a player, as in `lab check`.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from lab import process
from lab.company.docker import sweeping
from lab.company.docker.engine import Engine
from lab.company.docker.values import COMPANY
from lab.company.images.building import Images
from lab.company.pipelines.toolchain import Toolchain
from tests.lab.company import company_kit

DRIVER = Path(__file__).with_name("container_driver.py")
PLAYERS = 5
SCENES = 4
SECONDS = 60.0  # on a machine that does much else; a second or two on one that does not


@pytest.fixture(scope="module")
def engine():
    made = Engine.connect()
    toolchain = Toolchain.find()
    Images(made, toolchain, toolchain.lock).ensure(("python", "registry"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """The live company that the scenes are copies of."""
    place = tmp_path_factory.mktemp("live")
    made = company_kit.found(
        place / "company", company_kit.write_scenario(place / "scenario"), company_kit.parts(place / "cache"), containers=True
    )
    yield made.root
    made.stop()


def play(company, *delays, kill_after=None):
    """Play the scenes and kill the player (None: let it end); gives the copies' ids, the temporary folder, and what it said."""
    place = Path(tempfile.mkdtemp(prefix="lk-"))
    env = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": os.pathsep.join(sys.path)}
    words = [sys.executable, str(DRIVER), str(company), *(str(delay) for delay in delays)]
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, text=True) as player:
        assert player.stdout.readline() == "ready\n"
        if kill_after is not None:
            time.sleep(kill_after)
            player.kill()
        said = [line.split(maxsplit=2) for line in player.stdout.read().splitlines()]
    return [words[1] for words in said if words[0] == "copy"], place, said


def left_of(engine, copies, place):
    """What is there of throwaway companies, as sentences."""
    found = [f"{kind} {name}" for copy in copies for kind, names in sweeping.left({COMPANY: copy}, engine).items() for name in names]
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            mark = one.environ().get(process.MARK, "")
            found += [f"process {one.pid}: {' '.join(one.cmdline())[:120]}"] if mark.startswith(tuple(copies)) else []
    return found + [f"folder {path.name}" for path in place.iterdir() if path.name.startswith("lab-")]


def wait_until_nothing(engine, copies, place):
    """What is still there after a while; without a copy there was no reaper yet, and the next command removes the folder."""
    deadline = time.monotonic() + SECONDS
    while (left := left_of(engine, copies, place)) and copies and time.monotonic() < deadline:
        time.sleep(0.5)
    return left if copies else [line for line in left if not line.startswith("folder")]


@pytest.mark.docker
@pytest.mark.slow
def test_scenes_whose_player_is_killed_leave_nothing(engine, company):
    copies, place, said = play(company, 0)
    word, seconds, *problem = said[-1]
    assert (word, problem) == ("over", []), said
    assert left_of(engine, copies, place) == []
    shutil.rmtree(place)
    luck, length = random.Random(20), float(seconds)

    killed = 0
    for _ in range(PLAYERS):
        moment = luck.uniform(0.8, 1.2) * length
        copies, place, said = play(company, *(luck.uniform(0, moment) for _ in range(SCENES)), kill_after=moment)
        killed += len(copies) - len([words for words in said if words[0] == "over"])
        assert wait_until_nothing(engine, copies, place) == []
        shutil.rmtree(place, ignore_errors=True)
    assert killed >= PLAYERS * SCENES / 2
