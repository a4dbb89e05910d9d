from __future__ import annotations

import os

import pytest

from lab import process
from lab.company.pipelines import hashing
from lab.company.pipelines.environments import script_head
from lab.company.pipelines.toolchain import Toolchain
from lab.errors import WorldUnavailable


def say(program, *words: str) -> process.Completed:
    return process.run([program, *words], cwd="/", timeout=60, env=process.environment())


def test_a_prepared_toolchain_asks_nothing_of_the_network(toolchain: Toolchain, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    told: list[str] = []
    toolchain.prepare(told.append)
    assert told == []
    assert toolchain.is_ready()


def test_a_machine_without_an_index_is_told_what_to_do(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    chain = Toolchain(tmp_path / "cache")
    with pytest.raises(WorldUnavailable, match="packages could not be downloaded") as problem:
        chain.prepare()
    assert "pip config list" in problem.value.remedy
    assert not chain.is_ready()


def test_a_copy_of_the_environment_stands_alone(toolchain: Toolchain, tmp_path):
    place = tmp_path / "a place with spaces"
    toolchain.copy_environment(place)
    assert say(place / "bin" / "python", "-c", "import sys; print(sys.prefix)").output.strip() == str(place)
    assert say(place / "bin" / "pytest", "--version").output.startswith("pytest ")
    done = process.run(
        [place / "bin" / "pip", "install", "--quiet", "harborline-money==2.0"],
        cwd="/",
        timeout=60,
        env=process.environment(toolchain.pip_environment()),
    )
    assert done.is_success, done.output
    version = "from importlib.metadata import version; print(version('harborline-money'))"
    assert say(place / "bin" / "python", "-c", version).output.strip() == "2.0"
    assert say(toolchain.python, "-c", version).output.strip() == "1.4"
    with pytest.raises(OSError, match=r"not empty|exists"):
        toolchain.copy_environment(place)


def test_a_job_s_pytest_compiles_nothing_of_its_plugins_again(toolchain: Toolchain):
    plugins = toolchain.prepared / "lib"
    assert list(plugins.rglob("hypothesis/internal/conjecture/__pycache__/engine.*-pytest-*.pyc"))
    assert not (toolchain.home / "warm").exists()
    assert not (toolchain.home / ".hypothesis").exists()


def test_production_has_no_test_tools(toolchain: Toolchain):
    python = toolchain.plain / "bin" / "python"
    assert say(python, "-c", "import fastapi, uvicorn, prometheus_client, harborline_money").is_success
    assert not say(python, "-c", "import pytest").is_success


def test_a_script_finds_its_python_however_long_its_path_is():
    assert script_head("/a/bin/python") == b"#!/a/bin/python\n"
    assert script_head("/a b/bin/python").startswith(b"#!/bin/sh\n'''exec' \"/a b/bin/python\"")
    assert script_head("/" + "a" * 130).startswith(b"#!/bin/sh\n")


def test_the_key_names_every_version(toolchain: Toolchain):
    assert "python-3." in toolchain.key()
    assert "git version" in toolchain.key()
    assert "act version" in toolchain.key()


def test_hash_files_counts_what_matches(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.txt").write_text("b")
    every, one = hashing.digest(tmp_path, ["**/*.txt"]), hashing.digest(tmp_path, ["**/*.txt", "!**/b.txt"])
    assert len(every) == len(one) == 64
    assert every != one == hashing.digest(tmp_path, ["a.txt"])
    assert hashing.digest(tmp_path, ["*.lock"]) == ""
