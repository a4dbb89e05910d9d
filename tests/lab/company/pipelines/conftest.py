"""The one toolchain of the machine, and a shop of one's own for each test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pipeline_shop import make_shop

from lab.company.pipelines.toolchain import Toolchain


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    os.environ.setdefault("LAB_CACHE", str(Path(__file__).parents[4] / ".cache"))
    chain = Toolchain.find()
    chain.prepare()
    return chain


@pytest.fixture
def shop(tmp_path: Path, toolchain: Toolchain):
    with make_shop(tmp_path, toolchain) as made:
        yield made
