"""A company's corner of the engine: a missing one is a sentence, a real registry keeps every digest a tag had, nothing is left."""

from __future__ import annotations

import io
import os
import secrets
import subprocess
import time

import pytest

from lab.company.docker import sweeping
from lab.company.docker.values import COMPANY
from lab.company.harbour import PUSHED, Harbour
from lab.company.images.registry import REGISTRY, Registry
from lab.company.pipelines.toolchain import Toolchain
from lab.company.servers.ports import PortBook
from lab.errors import WorldUnavailable
from lab.gameday.layers import tar_of
from lab.ledger.store import Ledger


@pytest.fixture
def harbour(tmp_path, loop):
    Ledger.create(tmp_path / "ledger.db")
    book = PortBook(tmp_path / "ports.json")
    book.hold(REGISTRY)
    name = f"harborline-{secrets.token_hex(4)}"  # the tests of this file may run side by side
    made = Harbour(name, tmp_path, book=book, ledger=Ledger(tmp_path / "ledger.db"), toolchain=Toolchain.find(), loop=loop)
    yield made
    made.close()
    book.release()


def test_a_company_without_an_engine_says_how_to_get_one(harbour, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    began = time.monotonic()
    with pytest.raises(WorldUnavailable, match="No Docker engine answers at") as told:
        harbour.open()

    assert told.value.exit_code == 4
    assert "lab doctor" in told.value.remedy
    assert time.monotonic() - began < 10


def test_a_tag_keeps_every_digest_that_it_ever_named(tmp_path):
    registry = Registry(5000, tmp_path)
    tag = tmp_path / "docker/registry/v2/repositories/storefront/_manifests/tags/latest"
    for digest in ("sha256:1", "sha256:2"):
        link = tag / "index/sha256" / digest.removeprefix("sha256:") / "link"
        link.parent.mkdir(parents=True)
        link.write_text(digest)
        time.sleep(0.01)
    (tag / "current").mkdir()
    (tag / "current/link").write_text("sha256:2")

    assert registry.tags("storefront") == ("latest",)
    assert registry.digests("storefront", "latest") == ("sha256:1", "sha256:2")
    assert registry.digest("storefront", "latest") == "sha256:2"
    assert (registry.tags("other"), registry.digest("storefront", "none")) == ((), None)


@pytest.mark.docker
@pytest.mark.slow
def test_a_push_is_in_the_registry_and_in_the_ledger_and_nothing_is_left_on_the_engine(harbour, tmp_path):
    registry = harbour.open()
    engine, name = harbour.engine, f"{registry.name}/storefront:{'a' * 40}"
    context = tar_of({"Dockerfile": b"FROM scratch\nCOPY Dockerfile /\n"})
    engine.call("build", lambda: list(engine.api.build(fileobj=io.BytesIO(context), custom_context=True, tag=name, rm=True)), seconds=60)
    said = engine.call("push", lambda: list(engine.api.push(name, stream=True, decode=True)), seconds=60)
    harbour.note_pushes("storefront")
    harbour.note_pushes("storefront")

    assert not [line for line in said if "error" in line]
    (event,) = harbour._ledger.events(PUSHED)
    assert event.data == {"repository": "storefront", "tag": "a" * 40, "digest": registry.digest("storefront", "a" * 40)}
    harbour.close()
    again = harbour.engine
    assert not any(sweeping.left(harbour.owner.labels, again).values())
    assert again.image(name) is None


@pytest.mark.docker
@pytest.mark.slow
def test_a_registry_that_is_killed_in_the_middle_of_a_push_comes_back_and_holds_the_image_once(harbour, tmp_path):
    registry = harbour.open()
    engine, name = harbour.engine, f"{registry.name}/storefront:{'b' * 40}"
    context = tar_of({"Dockerfile": b"FROM scratch\nCOPY big /\n", "big": os.urandom(30_000_000)})
    engine.call("build", lambda: list(engine.api.build(fileobj=io.BytesIO(context), custom_context=True, tag=name, rm=True)), seconds=60)

    said = engine.call("push", lambda: _push_and_kill(engine, harbour, name), seconds=60)
    harbour.note_pushes("storefront")
    assert said
    assert registry.digest("storefront", "b" * 40) is None
    assert harbour._ledger.events(PUSHED) == []

    assert harbour.open() == registry
    again = engine.call("push", lambda: list(engine.api.push(name, stream=True, decode=True)), seconds=60)
    harbour.note_pushes("storefront")
    assert not [line for line in again if "error" in line]
    assert [event.data["digest"] for event in harbour._ledger.events(PUSHED)] == [registry.digest("storefront", "b" * 40)]


def _push_and_kill(engine, harbour, name):
    """Push, and kill the registry as soon as it has some of the image; gives what the engine said till then."""
    lines = []
    for line in engine.api.push(name, stream=True, decode=True):
        lines.append(line)
        if line.get("status") == "Pushing" and (line.get("progressDetail") or {}).get("current", 0) > 0:
            engine.kill(f"{harbour.owner.company}-registry")
            break
    return lines


@pytest.mark.docker
@pytest.mark.slow
def test_dockers_own_client_builds_runs_and_talks_through_the_socket_and_all_it_makes_is_found_again(harbour, tmp_path):
    env = {**os.environ, **harbour.environment(tmp_path / "client")}

    def docker(*words, said=""):
        return subprocess.run(
            ["docker", *words], env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, input=said, check=False
        )

    (tmp_path / "Dockerfile").write_text("FROM lab/registry:2\nRUN echo made >/made\n")
    image = f"{harbour.registry.name}/try:1"
    assert docker("build", "--tag", image, ".").returncode == 0
    assert docker("run", "--interactive", "--name", "harborline-try", image, "cat", "/made", "-", said="said\n").stdout == "made\nsaid\n"
    assert "Error response from daemon: The folder '/etc'" in docker("run", "--volume", "/etc:/x", image, "true").stderr
    assert docker("volume", "create", "harborline-try").returncode == 0
    left = sweeping.left({COMPANY: harbour.owner.company}, harbour.engine)
    assert {kind: len(names) for kind, names in left.items()} == {"container": 1, "network": 0, "volume": 1, "image": 1}
    assert harbour.losses == 0
    harbour.close()
    assert not any(sweeping.left({COMPANY: harbour.owner.company}, harbour.engine).values())
