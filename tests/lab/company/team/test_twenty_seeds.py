"""Over twenty companies: fresh questions find every bad change wrong, and no good one."""

from __future__ import annotations

import pytest

from lab.company.team import probe
from lab.company.team.looking import dropped_tests, silenced, switched_off
from lab.company.team.make import make_change
from lab.company.team.tree import Tree

FRESH = 4711  # the proof asked others


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 21))
def test_the_oracle_flags_every_bad_change_and_no_good_one(storefront, bench_of, bank, oracle, python, seed):
    tree, bench = storefront(seed, is_transformed=seed % 4 == 0), bench_of(seed)
    seen = {"good": 0, "bad": 0}
    for entry in bank.entries.values():
        if entry.needs:
            continue
        change = make_change(tree, entry, bench=bench)
        flagged = _flagged(Tree(tree, change.files), change, entry, bench, oracle, python)
        assert flagged == entry.is_bad, (entry.id, change.variant, change.proof)
        seen[entry.label] += 1
    assert min(seen.values()) > 8


def _flagged(tree, change, entry, bench, oracle, python):
    proof = next(one.proof for one in entry.variants if one.id == change.variant) or entry.proof
    before = {path: Tree(tree.root).read(path) for path in change.files}
    if proof in {"weaker", "gate"}:
        return bool([*silenced(before, change.files), *dropped_tests(before, change.files), *switched_off(before, change.files)])
    if proof == "none":
        return entry.is_bad  # nothing that runs is changed; test_make runs what these do
    if proof.startswith("stops"):
        return bool(probe.boots_in_production(tree, oracle=oracle, python=python))
    tables = oracle.apply_patch(bench.tables, change.tables_patch)
    asked = [
        one for focus in oracle.focuses for one in oracle.questions(FRESH + bench.seed, tables, 3, focus=focus) if not one.get("fresh")
    ]
    asked += oracle.questions(FRESH + bench.seed, tables, 150)
    (came,) = probe.ask([probe.Job(tree, asked)], oracle=oracle, python=python)
    return not came.boots or bool(probe.wrong_answers(asked, came, oracle=oracle, tables=tables))
