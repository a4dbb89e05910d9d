"""The real oracle, the real bank, the Python of production, and trees of the storefront to change."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import transforming

from lab.company import oracle as oracle_door
from lab.company.pipelines.toolchain import Toolchain
from lab.company.team import bank as team_bank
from lab.company.team.make import Workbench
from lab.company.team.probe import Python
from lab.company.team.tree import Tree

ROOT = Path(__file__).parents[4]
SCENARIO = ROOT / "scenarios" / "company-evolution"
PRODUCT = ROOT / "sample_app" / "storefront"
WORKFLOW = """name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Install
        run: pip install -r requirements-dev.txt
      - name: Test
        run: python -m pytest
"""


@pytest.fixture(scope="session")
def oracle():
    return oracle_door.load(SCENARIO)


@pytest.fixture(scope="session")
def bank(oracle):
    return team_bank.load(SCENARIO / "team", oracle=oracle)


@pytest.fixture(scope="session")
def toolchain():
    os.environ.setdefault("LAB_CACHE", str(ROOT / ".cache"))
    chain = Toolchain.find()
    chain.prepare()
    return chain


@pytest.fixture(scope="session")
def python(toolchain):
    return Python(toolchain.plain / "bin" / "python", toolchain.wheels)


@pytest.fixture
def bench_of(oracle, python):
    """The workbench of a seed."""
    return lambda seed: Workbench(oracle, python, oracle.tables(seed), seed)


@pytest.fixture
def storefront(tmp_path, oracle):
    """Lay a tree of the storefront out with the tables of a seed; `is_transformed` as a busy learner would leave it."""

    def lay(seed: int, *, is_transformed: bool = False, name: str = "tree") -> Path:
        root = tmp_path / f"{name}-{seed}-{is_transformed}"
        shutil.copytree(PRODUCT, root, ignore=shutil.ignore_patterns("__pycache__", "*.db*", ".pytest_cache"))
        Tree(root, {**oracle.files(oracle.tables(seed)), ".github/workflows/ci.yml": WORKFLOW}).write(root)
        return transforming.transform(root) if is_transformed else root

    return lay
