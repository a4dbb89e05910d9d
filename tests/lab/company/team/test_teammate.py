"""Colleagues with clones of their own, on a real forge, and which tables are true after them."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from conftest import PRODUCT

from lab import process
from lab.company import founding
from lab.company.forge.forge import Forge
from lab.company.git import Git
from lab.company.team.teammate import Teammate
from lab.company.team.truth import LedgerTruth
from lab.ledger.store import Ledger

SEED = 4
OPENED = 1_700_000_000


@pytest.fixture
def company(tmp_path, oracle, bank, toolchain):
    """A company as far as colleagues need one: a forge with the storefront's past, an oracle, the truth."""
    ledger = Ledger.create(tmp_path / "ledger.db")
    forge = Forge(tmp_path / "forge", ledger, follow=False)
    names = ("author", "message", "days", "files", "tables", "change_id", "tag", "label")
    commits = [founding.Commit(*(one[name] for name in names)) for one in oracle.history(SEED, oracle.tables(SEED))]
    emails = {one.id: one.email for one in bank.personas.values()}
    founding.found(forge, "storefront", founding.Past(PRODUCT, commits, emails, OPENED, "friday"))
    return SimpleNamespace(
        forge=forge,
        ledger=ledger,
        oracle=oracle,
        repository="storefront",
        truth=LedgerTruth(forge, "storefront", oracle, seed=SEED),
        parts=SimpleNamespace(toolchain=toolchain),
        charter=SimpleNamespace(seed=SEED),
    )


@pytest.fixture
def colleague(company, bank, tmp_path):
    return lambda name: Teammate.arrive(company, bank, name, tmp_path / f"clone-{name}")


@pytest.fixture
def environment(tmp_path):
    return process.environment({"HOME": str(tmp_path), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"})


def hook(clone, text):
    path = clone / ".git" / "hooks" / "pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_the_truth_follows_the_past_commit_by_commit(company):
    git = Git(company.forge.path("storefront"))
    for sha in git.lines("rev-list", "main"):
        tables = company.truth.tables_at(sha)
        assert {
            path: company.forge.read("storefront", sha, path) for path in company.oracle.data_files(tables)
        } == company.oracle.data_files(tables)
    assert company.truth.tables_at("0" * 40) is None
    assert company.truth.tables_at("--all") is None


def test_a_pushed_change_is_true_from_its_commit_on(company, colleague):
    before = company.forge.head("storefront")
    old = company.truth.tables_now()
    priya = colleague("priya")
    change = priya.change(["tax-change"], seed=7)
    sha = priya.commit_unhooked(change)
    assert priya.push("main").accepted
    assert company.forge.head("storefront") == sha
    assert company.truth.tables_at(before) == old
    assert company.truth.tables_now() == company.oracle.apply_patch(old, change.tables_patch) != old
    assert company.ledger.last("change.pushed").data["entry"] == "tax-change"
    assert priya.git.out("log", "-1", "--format=%an <%ae>|%cn|%(trailers:key=Change-Id,valueonly)").strip() == (
        f"Priya Nair <priya@harborline.example>|Priya Nair|{change.change_id}"
    )


def test_a_bad_change_never_becomes_the_truth(company, colleague):
    old = company.truth.tables_now()
    mei = colleague("mei")
    sha = mei.commit_unhooked(mei.change(["export-csv"], seed=7))
    assert mei.push("main").accepted
    assert company.truth.tables_at(sha) == old


def test_a_merged_change_is_true_in_the_merge(company, colleague):
    ana = colleague("ana")
    change = ana.change(["new-page"], seed=7)
    ana.commit_unhooked(change)
    assert ana.push("ana/page").accepted
    pull = company.forge.open_pull_request("storefront", "ana/page", title="A page", by="ana")
    company.forge.merge(pull.number, by="ana")
    assert company.truth.tables_now()["features"] == change.tables_patch["features"]


def test_the_clones_own_hook_decides_and_its_words_are_kept(colleague, environment):
    tom = colleague("tom")
    hook(tom.clone, "echo no tests, no commit; exit 1")
    change = tom.change(["bulk-boundary"], seed=7)
    tried = tom.try_commit(change, staging="all", where="root", env=environment)
    assert (tried.accepted, "no tests, no commit" in tried.output) == (False, True)
    hook(tom.clone, "exit 0")
    assert tom.try_commit(change, staging="all", where="subdirectory", env=environment).accepted
    assert tom.git.out("status", "--porcelain") == ""


def test_what_is_staged_and_what_lies_about_can_differ(colleague, environment):
    priya, tom = colleague("priya"), colleague("tom")
    for who, staging in ((priya, "bad-index"), (tom, "bad-tree")):
        hook(who.clone, "git show :app/pricing.py > staged.txt; cp app/pricing.py lying.txt; exit 1")
        change = who.change(["bulk-boundary"], seed=7)
        twin = who.twin(change, seed=7)
        assert not who.try_commit(change, staging=staging, where="root", env=environment, twin=twin).accepted
        bad, good = change.files["app/pricing.py"], (who.git.run("show", "HEAD:app/pricing.py").output, twin.files["app/pricing.py"])
        staged, lying = ((who.clone / name).read_text() for name in ("staged.txt", "lying.txt"))
        assert (staged == bad, lying == bad) == (staging == "bad-index", staging == "bad-tree")
        assert (lying if staging == "bad-index" else staged) in good


def test_a_twin_is_the_same_commit_without_the_bug(company, colleague):
    tom = colleague("tom")
    bad = tom.change(["bulk-boundary", "simplify-totals"], seed=11)
    twin = tom.twin(bad, seed=11)
    assert (twin.message, twin.author, set(twin.files), twin.is_good) == (bad.message, "tom", set(bad.files), True)


def test_a_place_is_looked_for_in_what_the_learner_began_with_too(company, colleague):
    tom = colleague("tom")
    assert (tom.bench(1).start() / "app" / "pricing.py").is_file()
