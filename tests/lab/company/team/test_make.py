"""Every entry of the bank, every variant, on the product's tree and on what a busy learner makes of it."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import replace

import pytest

from lab.company.team import probe
from lab.company.team.bench import NoAnchor
from lab.company.team.make import make_change
from lab.company.team.reviewer import review
from lab.company.team.tree import Tree

LEAST = 0.9
LONGEST = 40  # lines of code that a bug may change
REFUSED = {"agreed-tests", "unblock-build", "switch-off-ci", "switch-off-everything"}  # what only a reviewer can see
MAY_BE_REFUSED = {"zero-tests"}
NAMES_ARE_THE_HARM = {"branch-injection", "message-injection"}


def only(entry, variant):
    return entry.model_copy(update={"variants": (variant,)})


def variants(bank):
    return [(entry, variant) for entry in bank.entries.values() for variant in entry.variants if not entry.needs]


def lines_changed(tree, change):
    old = [(tree / path).read_text().splitlines() if (tree / path).exists() else [] for path in change.files]
    new = [(text or "").splitlines() for text in change.files.values()]
    return sum(len(set(before) ^ set(after)) for before, after in zip(old, new, strict=True))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("is_transformed", [False, True], ids=["plain", "transformed"])
def test_changes_find_their_place_and_are_proven_there(storefront, bench_of, bank, is_transformed):
    tree, bench = storefront(4, is_transformed=is_transformed), bench_of(4)
    lost = []
    for entry, variant in variants(bank):
        try:
            change = make_change(tree, only(entry, variant), bench=bench)
        except NoAnchor as problem:
            lost.append(f"{entry.id}/{variant.id}: {problem}")
            continue
        assert change.proof
        assert change.variant == variant.id
        assert "@" not in change.message + change.branch
        for path, text in change.files.items():
            if path.endswith(".py") and text is not None:
                ast.parse(text)
        if entry.id not in MAY_BE_REFUSED:
            assert _review(tree, change).approve == (entry.id not in REFUSED), (entry.id, variant.id)
        if entry.is_bad:
            assert lines_changed(tree, change) <= LONGEST, (entry.id, variant.id)
    assert len(lost) <= (1 - LEAST) * len(variants(bank)), lost
    if not is_transformed:
        assert not lost


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("is_transformed", [False, True], ids=["plain", "transformed"])
def test_every_bad_change_has_a_twin_that_differs_in_the_bug_alone(storefront, bench_of, bank, is_transformed):
    tree, bench = storefront(6, is_transformed=is_transformed), bench_of(6)
    for entry, variant in variants(bank):
        if not entry.is_bad:
            continue
        bad = make_change(tree, only(entry, variant), bench=bench)
        twin = make_change(tree, entry, bench=bench, twin=True, variant=variant.id)
        assert (twin.variant, set(twin.files)) == (variant.id, set(bad.files))
        assert (twin.message, twin.author, twin.label, bad.label) == (bad.message, bad.author, "good", "bad")
        assert twin.change_id != bad.change_id
        assert _review(tree, twin).approve, (entry.id, variant.id)
        assert (dict(twin.files) == dict(bad.files)) == (entry.id in NAMES_ARE_THE_HARM)


def test_the_same_seed_makes_the_same_change_and_the_tree_stays_as_it_is(storefront, bench_of, bank):
    tree, bench = storefront(2), bench_of(2)
    before = {path: (tree / path).read_bytes() for path in Tree(tree).paths}
    entry = bank.entry("bulk-boundary")
    one, other = (make_change(tree, entry, bench=bench) for _ in range(2))
    assert one == other
    assert before == {path: (tree / path).read_bytes() for path in Tree(tree).paths}
    assert len({make_change(tree, entry, bench=replace(bench, seed=seed)).variant for seed in range(8)}) > 1


def test_a_good_change_of_the_tables_is_true_afterwards(storefront, bench_of, bank, oracle):
    tree, bench = storefront(3), bench_of(3)
    change = make_change(tree, bank.entry("tax-change"), bench=bench)
    change.write(tree)
    tables = oracle.apply_patch(bench.tables, change.tables_patch)
    assert tables != bench.tables
    assert {path: (tree / path).read_text() for path in oracle.data_files(tables)} == oracle.data_files(tables)
    again = make_change(tree, bank.entry("tax-change"), bench=replace(bench, tables=tables))
    assert again.tables_patch != change.tables_patch


def test_a_page_can_be_kept_for_a_month_and_then_be_removed_with_its_test(storefront, bench_of, bank, oracle):
    tree, bench = storefront(5), bench_of(5)
    with pytest.raises(NoAnchor, match="the feature 'prices', which another entry brings"):
        make_change(tree, bank.entry("remove-price-page"), bench=bench)
    files = {path: (tree / path).read_text() for path in Tree(tree).paths}
    first = make_change(tree, bank.entry("old-price-page"), bench=bench)
    first.write(tree)
    tables = oracle.apply_patch(bench.tables, first.tables_patch)
    second = make_change(tree, bank.entry("remove-price-page"), bench=replace(bench, tables=tables))
    second.write(tree)
    assert oracle.apply_patch(tables, second.tables_patch) == bench.tables
    left = {path: (tree / path).read_text() for path in Tree(tree).paths}
    assert {path: text for path, text in left.items() if path not in {"CHANGELOG.md", "docs/api.md"}} == files


def test_a_place_that_is_not_found_is_merged_into(storefront, bench_of, bank):
    tree, start = storefront(2), storefront(2, name="start")
    quotes = tree / "app" / "routes" / "quotes.py"
    text = quotes.read_text().replace('@router.post("/quotes")\n', "")
    quotes.write_text(text + '\n\nrouter.add_api_route("/quotes", quote_cart, methods=["POST"])\n')
    entry = bank.entry("quotes-fail")
    with pytest.raises(NoAnchor, match="the function that answers 'POST /quotes'"):
        make_change(tree, entry, bench=bench_of(2))
    change = make_change(tree, entry, bench=replace(bench_of(2), start=lambda: start))
    assert "add_api_route" in change.files["app/routes/quotes.py"]


def test_another_entry_stands_in_where_one_has_no_place(storefront, bench_of, bank):
    tree = storefront(2)
    pricing = tree / "app" / "pricing.py"
    pricing.write_text(pricing.read_text().replace(" >= ", " > "))
    pricing.write_text("import operator\n" + pricing.read_text().replace("quantity > bulk.limit", "operator.ge(quantity, bulk.limit)"))
    text = pricing.read_text().replace("goods > shipping.free_from", "operator.ge(goods, shipping.free_from)")
    pricing.write_text(
        text.replace("subtotal > coupon.minimum", "operator.ge(subtotal, coupon.minimum)").replace('import operator\n"""', '"""', 1)
    )
    pricing.write_text(pricing.read_text().replace("from dataclasses", "import operator\nfrom dataclasses", 1))
    entry = bank.entry("bulk-boundary")
    with pytest.raises(NoAnchor, match=r"Looked for: '\$A >= \$B' near"):
        make_change(tree, entry, bench=bench_of(2))
    assert make_change(tree, entry, bench=bench_of(2), stand_ins=bank.stand_ins(entry)).entry.id == "simplify-totals"


def test_a_tree_that_does_not_start_is_said_to_be_the_reason(storefront, bench_of, bank):
    tree = storefront(2)
    (tree / "app" / "config.py").write_text("raise SystemExit('no')\n")
    with pytest.raises(NoAnchor, match=r"the storefront does not start as it is \(SystemExit: no\)"):
        make_change(tree, bank.entry("price-list"), bench=bench_of(2))


def test_a_bug_that_is_on_main_already_does_not_keep_good_changes_away(storefront, bench_of, bank):
    tree = storefront(2)
    make_change(tree, bank.entry("bulk-boundary"), bench=bench_of(2)).write(tree)
    assert make_change(tree, bank.entry("new-page"), bench=bench_of(2)).is_good
    with pytest.raises(NoAnchor):
        make_change(tree, only(bank.entry("bulk-boundary"), _broken(tree, bank)), bench=bench_of(2))


def _broken(tree, bank):
    """The variant whose bug the tree has."""
    text = (tree / "app" / "pricing.py").read_text()
    seen = {"bulk": "quantity > bulk", "shipping": "goods > shipping", "coupon": "subtotal > coupon"}
    return next(one for one in bank.entry("bulk-boundary").variants if seen[one.id] in text)


def test_a_locked_requirement_gets_the_hash_of_our_wheel(storefront, bench_of, bank, toolchain):
    tree = storefront(2)
    pins = (("fastapi==0.1", "00"), ("harborline-money==1.4", "11 \\\n    --hash=sha256:22"), ("uvicorn==1.0", "33"))
    lock = "".join(f"{name} \\\n    --hash=sha256:{digest}\n" for name, digest in pins)
    (tree / "requirements.txt").write_text(lock)
    change = make_change(tree, bank.entry("money-upgrade"), bench=bench_of(2))
    new = change.files["requirements.txt"]
    assert new.startswith("fastapi==0.1 \\\n    --hash=sha256:00\nharborline-money==2.0 \\\n    --hash=sha256:")
    assert new.endswith("\nuvicorn==1.0 \\\n    --hash=sha256:33\n")
    assert new.count("--hash") == 3


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["exit-mid-tests", "exit-with-zero", "import-error", "zero-tests", "hanging-test"])
def test_faults_in_the_test_phase_are_real_and_their_twins_are_not(storefront, bench_of, bank, toolchain, slug):
    for variant in bank.entry(slug).variants:
        for is_twin in (False, True):
            tree = storefront(2, name=f"{slug}-{variant.id}-{is_twin}")
            make_change(tree, only(bank.entry(slug), variant), bench=bench_of(2), twin=is_twin).write(tree)
            assert _suite(tree, toolchain, limit=60 if is_twin else 12) == is_twin, (slug, variant.id)


def _suite(tree, toolchain, *, limit):
    """Whether the unit tests are green; a hang is not."""
    try:
        words = [toolchain.python, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "tests/unit"]
        done = subprocess.run(words, cwd=tree, capture_output=True, timeout=limit, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and b" passed" in done.stdout  # an exit code of 0 is not yet a test that passed


@pytest.mark.slow
def test_tests_that_agree_with_a_bug_are_green_and_were_red(storefront, bench_of, bank, toolchain):
    tree = storefront(3)
    change = make_change(tree, bank.entry("agreed-tests"), bench=bench_of(3))
    assert _suite(tree, toolchain, limit=60)
    Tree(tree, {path: text for path, text in change.files.items() if path.startswith("app/")}).write(tree)
    assert not _suite(tree, toolchain, limit=60)
    change.write(tree)
    assert _suite(tree, toolchain, limit=60)


def test_what_a_tree_asks_for_is_taken_from_our_wheels(storefront, python, oracle):
    tree = storefront(2)
    assert [path.split("/")[-1][:20] for path in python.libraries(Tree(tree))] == ["harborline_money-1.4"]
    (tree / "requirements.txt").write_text("fastapi\nharborline-money >= 2 ; python_version > '3'\nnothing-of-ours\n")
    assert [path.split("/")[-1][:20] for path in python.libraries(Tree(tree))] == ["harborline_money-2.0"]
    assert "cannot import name 'text'" in probe.boots_in_production(Tree(tree), oracle=oracle, python=python)


def test_the_reviewer_approves_that_a_page_goes_with_its_test(storefront, bench_of, bank, oracle):
    tree, bench = storefront(8), bench_of(8)
    kept = make_change(tree, bank.entry("old-price-page"), bench=bench)
    kept.write(tree)
    bench = replace(bench, tables=oracle.apply_patch(bench.tables, kept.tables_patch))
    removed = make_change(tree, bank.entry("remove-price-page"), bench=bench)
    assert _review(tree, removed).approve


def _review(tree, change):
    return review({path: Tree(tree).read(path) for path in change.files}, change.files)
