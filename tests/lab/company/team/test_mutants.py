"""Hidden mutants that show, and refactorings that do not."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest
from conftest import SCENARIO

from lab.company.team import mutants
from lab.company.team.proof import Court
from lab.company.team.tree import Tree

SENTENCE = "Nobody noticed that the bulk discount starts at {after} instead of {limit}."


@pytest.fixture(scope="session")
def families():
    return mutants.load(SCENARIO / "team")


def test_there_are_families_of_every_area(families):
    assert len(families) >= 20
    assert {area: sum(one.area == area for one in families) >= least for area, least in mutants.AREAS.items()} == dict.fromkeys(
        mutants.AREAS, True
    )
    assert all(one.breaks or one.proof == "settings" for one in families)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("is_transformed", [False, True], ids=["plain", "transformed"])
def test_every_family_shows_on_every_tree(storefront, bench_of, families, is_transformed):
    tree, bench = Tree(storefront(7, is_transformed=is_transformed)), bench_of(7)
    court = Court(bench.oracle, bench.python, tree)
    found = {family.id: mutants.made(family, court, bench) for family in families}
    assert [name for name, mutant in found.items() if mutant is None] == []
    assert len({str(sorted(mutant.files.items())) for mutant in found.values()}) == len(families)


@pytest.mark.slow
def test_twelve_are_drawn_by_the_seed_from_all_areas(storefront, bench_of, families):
    tree, bench = storefront(7), bench_of(7)
    drawn = mutants.draw(tree, families, bench=bench)
    assert len(drawn) == 12
    assert {mutant.area for mutant in drawn} == {"pricing", "inventory", "config"}
    assert [one.family for one in drawn] == [one.family for one in mutants.draw(tree, families, bench=bench)]
    assert {one.family for one in drawn} != {one.family for one in mutants.draw(tree, families, bench=replace(bench, seed=8))}
    assert all(mutant.unnoticed.startswith("Nobody noticed that ") and mutant.unnoticed.endswith(".") for mutant in drawn)


def test_a_mutant_says_which_behaviour_nobody_noticed(storefront, bench_of, families):
    tree, bench = Tree(storefront(7)), bench_of(7)
    family = next(one for one in families if one.id == "bulk-limit-late")
    mutant = mutants.made(family, Court(bench.oracle, bench.python, tree), bench)
    limit = bench.tables["bulk"]["limit"]
    assert mutant.unnoticed == SENTENCE.format(limit=limit, after=limit + 1)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("is_transformed", [False, True], ids=["plain", "transformed"])
def test_refactorings_change_the_text_and_keep_public_names_and_tests(storefront, bench_of, toolchain, is_transformed):
    root, bench = storefront(7, is_transformed=is_transformed), bench_of(7)
    found = mutants.refactors(root, bench=bench, n=9)
    assert len({one.family for one in found}) == 9
    for number, one in enumerate(found):
        tree = storefront(7, is_transformed=is_transformed, name=f"refactored-{number}")
        one.write(tree)
        words = [toolchain.python, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "tests/unit"]
        done = subprocess.run(words, cwd=tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (one.family, done.stdout[-800:])
