"""A company's forge in a temporary directory, for every test here."""

import shutil

import pytest
from forge_shop import Shop

from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.ledger.store import Ledger


@pytest.fixture(scope="session")
def _founded(tmp_path_factory):
    """A company with one push in it, made once: copying it takes a tenth of the time."""
    root = tmp_path_factory.mktemp("founded") / "the company"
    ledger = Ledger.create(root / "ledger.db")
    forge = Forge(root / "forge", ledger)
    forge.create("storefront")
    clone = Git.clone(forge.url("storefront"), root / "clone", actor="learner")
    found = Shop(root, ledger, forge, clone)
    found.commit({"app.py": "one = 1\n"}, "first")
    assert found.push("HEAD:refs/heads/main").is_success
    return root


@pytest.fixture
def shop(tmp_path, _founded):
    root = tmp_path / "the company"
    shutil.copytree(_founded, root)
    ledger = Ledger(root / "ledger.db")
    forge = Forge(root / "forge", ledger)
    clone = Git(root / "clone", actor="learner")
    clone.run("remote", "set-url", "origin", forge.url("storefront"))
    return Shop(root, ledger, forge, clone)
