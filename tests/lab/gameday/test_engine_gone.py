"""The engine goes away in the middle of a build: nobody is judged for it, and everything works again once it is back."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from lab.company.docker.engine import address
from lab.company.loop import Loop
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import WorldUnavailable
from lab.gameday.stagehand import Stagehand
from tests.lab.company import company_kit


class Relay:
    """Stands before the real engine, which other tests need: what goes through it can be cut, as if the engine had stopped."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="lr-"))
        self.path, self.real = str(self.place / "s"), address().removeprefix("unix://")
        self.loop, self.lines = Loop("relay"), []
        self.mend()

    def mend(self) -> None:
        self.server = self.loop.call(asyncio.start_unix_server(self.guest, self.path), timeout=5)

    def cut(self) -> None:
        self.loop.call(self._cut(), timeout=5)
        Path(self.path).unlink(missing_ok=True)

    async def _cut(self) -> None:
        self.server.close()
        for writer in self.lines:
            writer.transport.abort()

    async def guest(self, reader, writer) -> None:
        theirs, to_them = await asyncio.open_unix_connection(self.real)
        self.lines += [writer, to_them]
        with contextlib.suppress(OSError):
            await asyncio.gather(self.pour(reader, to_them), self.pour(theirs, writer))
        writer.close()

    async def pour(self, source, target) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
            if target.can_write_eof():
                target.write_eof()

    def close(self) -> None:
        self.loop.stop()
        shutil.rmtree(self.place)


@pytest.fixture
def relay(monkeypatch):
    made = Relay()
    monkeypatch.setenv("DOCKER_HOST", f"unix://{made.path}")
    yield made
    made.close()


@pytest.mark.docker
@pytest.mark.slow
def test_a_build_that_lost_its_engine_is_not_judged_and_the_next_one_works(relay, tmp_path):
    parts = replace(company_kit.parts(tmp_path / "cache"), toolchain=Toolchain.find())
    live = company_kit.found(tmp_path / "company", company_kit.write_scenario(tmp_path / "scenario"), parts, containers=True)
    clone = tmp_path / "clone"
    clone.mkdir()
    (clone / "Dockerfile").write_text("FROM lab/registry:2\nRUN sleep 3\n")
    (clone / "harborline.yaml").write_text('build: [docker, build, --no-cache, --tag, "{image}", .]\n')

    with (
        live.copy(tmp_path / "copy", seed=1, servers=()) as copy,
        Stagehand(copy, seed=1, room=tmp_path / "copy/room", tell=lambda _: None) as hand,
    ):
        copy.start(customers=0)
        harbour = copy.harbour
        first = harbour.open() and harbour._container
        threading.Timer(2.0, relay.cut).start()
        with pytest.raises(WorldUnavailable, match=r"No Docker engine answers|went away") as told:
            hand.dock.build(clone=clone, sha="1" * 40)
        assert told.value.exit_code == 4

        relay.mend()
        harbour.engine.kill(first)  # it ends with an engine that stops
        harbour.engine.wait(first, seconds=5)
        (clone / "Dockerfile").write_text("FROM lab/registry:2\nRUN true\n")
        harbour.open()
        built = hand.dock.build(clone=clone, sha="2" * 40)
        state = harbour.engine.state(harbour._container)
        assert built.id, built.run.output
        assert state is not None
        assert state.is_running
    live.stop()
