"""The scenario's oracle: an implementation of the shop's rules of its own, held against worked examples and against the app."""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path

import pytest

from lab.company import oracle as oracle_door
from lab.company.pipelines.toolchain import Toolchain
from lab.company.team import probe
from lab.company.team.tree import Tree

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "company-evolution"
ORACLE = oracle_door.load(SCENARIO)
SEEDS = range(20)
TABLES = {
    "products": [
        {"sku": "MUG", "name": "Mug", "category": "kitchen", "price": "12.35", "currency": "EUR", "stock": 20},
        {"sku": "BOOK", "name": "Book", "category": "books", "price": "20.00", "currency": "EUR", "stock": 20},
    ],
    "tax": {
        "rates": {"DE": {"standard": "19", "reduced": "7"}, "CH": {"standard": "8.1", "reduced": "2.6"}},
        "reduced_categories": ["books"],
    },
    "coupons": {
        "FIVE": {"kind": "percent", "value": "5", "countries": ["DE"], "minimum": "20.00"},
        "GIFT": {"kind": "amount", "value": "30.00", "countries": None, "minimum": "0.00"},
    },
    "shipping": {"flat": {"DE": "4.90", "CH": "9.90"}, "free_from": "100.00"},
    "bulk": {"limit": 10, "percent": 5},
    "features": {},
}


def quote(lines, country="DE", coupon=None):
    body = {"lines": [{"sku": sku, "quantity": n} for sku, n in lines], "country": country, "coupon": coupon}
    return {"method": "POST", "path": "/quotes", "headers": {}, "json": body, "focus": "plain"}


def answer(question, **amounts):
    cart = question["json"]
    return {"currency": "EUR", "country": cart["country"], **amounts}


@pytest.mark.parametrize(
    ("lines", "country", "coupon", "total", "line_totals"),
    [
        ([("MUG", 1)], "DE", None, "19.60", ["12.35"]),  # 12.35 + 2.3465 + 4.90
        ([("MUG", 9)], "DE", None, "132.27", ["111.15"]),  # free from 100: 111.15 + 21.1185
        ([("MUG", 10)], "DE", None, "139.62", ["117.33"]),  # 123.50 - 5 % = 117.325, half up; tax 22.2927
        ([("BOOK", 5)], "DE", None, "107.00", ["100.00"]),  # free at exactly 100; 7 %
        ([("BOOK", 1)], "DE", "FIVE", "25.23", ["20.00"]),  # valid at exactly 20: 19.00 + 1.33 + 4.90
        ([("MUG", 1)], "CH", "GIFT", "9.90", ["12.35"]),  # never more than the goods
        ([("BOOK", 1), ("MUG", 1)], "CH", None, "43.77", ["20.00", "12.35"]),  # 0.52 + 1.00035, rounded once
    ],
)
def test_worked_examples(lines, country, coupon, total, line_totals):
    question = quote(lines, country, coupon)
    wrong = ORACLE.judge(question, 200, {**answer(question), "total": total}, TABLES)
    assert wrong is None or f"total was {total}" not in wrong, wrong
    assert "should be" in (ORACLE.judge(question, 200, {**answer(question), "total": "0.00"}, TABLES) or "")
    from_oracle = ORACLE.judge(question, 200, {**answer(question), "total": total, "lines": []}, TABLES)
    assert from_oracle is not None
    assert ORACLE.expected_row((country, coupon, lines, ""), TABLES) == (country, coupon, lines, total)
    assert len(line_totals) == len(lines)


@pytest.mark.parametrize(
    ("lines", "country", "coupon"),
    [([("MUG", 1)], "CH", "FIVE"), ([("MUG", 1)], "DE", "FIVE"), ([("MUG", 1)], "XX", None),
     ([("CUP", 1)], "DE", None), ([("MUG", 0)], "DE", None),
     ([("MUG", 1000)], "DE", None), ([], "DE", None), ([("MUG", 1)], "DE", "NONE")],
)  # fmt: skip
def test_what_the_shop_refuses(lines, country, coupon):
    question = quote(lines, country, coupon)
    assert ORACLE.judge(question, 422, {}, TABLES) is None
    assert "should be refused with 422" in ORACLE.judge(question, 200, {}, TABLES)


def test_a_wrong_answer_is_told_in_one_sentence():
    question = quote([("MUG", 10)])
    assert ORACLE.judge(question, 200, {"total": "139.61"}, TABLES) == "quote for 10 x 'MUG' to DE: total was 139.61, should be 139.62"
    assert ORACLE.judge(question, 500, "", TABLES) == "quote for 10 x 'MUG' to DE: answered with 500, should be 200"


def test_an_order_that_comes_twice_is_told():
    (asked,) = ORACLE.questions(1, ORACLE.tables(1), 1, focus="order-repeat")
    again, cancel = ORACLE.steps(asked, {"id": "a1"})
    assert (again["path"], again["headers"], cancel["path"]) == ("/orders", asked["headers"], "/orders/a1/cancel")
    assert "a second order 'b2' was made, should be the first, 'a1'" in ORACLE.judge(
        again, 201, {"id": "b2", "status": "placed"}, ORACLE.tables(1)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_behaviour_can_be_asked_about_in_every_company(seed):
    tables = ORACLE.tables(seed)
    assert set(ORACLE.behaviours) == set(ORACLE.focuses)
    for focus in ORACLE.focuses:
        assert len(ORACLE.questions(seed, tables, 3, focus=focus)) == 3, focus
    assert len(ORACLE.questions(seed, tables, 200)) == 200


def test_companies_differ_in_all_that_a_test_could_have_learned_by_heart():
    all_tables = [ORACLE.tables(seed) for seed in SEEDS]
    for pick in (
        lambda one: str(sorted(product["sku"] for product in one["products"])),
        lambda one: str(sorted(product["name"] for product in one["products"])),
        lambda one: str(sorted(product["price"] for product in one["products"])),
        lambda one: str(one["tax"]["rates"]),
        lambda one: str(sorted(one["coupons"])),
        lambda one: str(one["shipping"]["flat"]),
    ):
        assert len({pick(one) for one in all_tables}) > 15
    assert len({one["bulk"]["limit"] for one in all_tables}) > 3
    assert len({one["shipping"]["free_from"] for one in all_tables}) > 2
    assert ORACLE.tables(3) == ORACLE.tables(3)


@pytest.mark.parametrize("seed", range(6))
def test_the_past_is_a_month_of_small_commits_that_end_in_lenas_wish(seed):
    tables = ORACLE.tables(seed)
    past = ORACLE.history(seed, tables)
    assert past[0]["files"]["VERSION"] == "$Format:%H$\n"
    *month, toms = past
    assert (month[0]["tag"], month[-1]["tag"], toms["tag"]) == ("web1", "friday", "toms-fix")
    assert 29 <= len(month) - 2 <= 31
    days = [one["days"] for one in past]
    assert days == sorted(days, reverse=True)
    assert len({one["change_id"] for one in past}) == len(past)
    laid, now = {}, tables
    for one in past:
        laid |= one["files"]
        now = ORACLE.apply_patch(now, one["tables"])
        assert {path: laid[path] for path in ORACLE.data_files(now)} == ORACLE.data_files(now)
        assert one["files"]
        assert one["message"].strip() == one["message"]
    assert month[-1]["message"].startswith(f"Free shipping from {now['shipping']['free_from'].removesuffix('.00')}")
    assert (toms["label"], list(toms["files"])) == ("bad", ["app/promotions/rounding.py"])
    assert ORACLE.history(seed, tables) == past


def test_a_patch_names_products_by_sku_and_null_removes():
    patched = ORACLE.apply_patch(
        TABLES, {"products": {"MUG": {"price": "1.00"}}, "coupons": {"FIVE": None}, "shipping": {"free_from": None}}
    )
    assert [one["price"] for one in patched["products"]] == ["1.00", "20.00"]
    assert (list(patched["coupons"]), patched["shipping"]["free_from"]) == (["GIFT"], None)
    assert TABLES["products"][0]["price"] == "12.35"


def test_files_are_the_shapes_that_the_app_reads_and_tests_that_parse():
    files = ORACLE.files(ORACLE.tables(5))
    assert {path for path in files if path.endswith(".json")} == {
        f"data/{name}.json" for name in ("products", "tax", "coupons", "shipping", "bulk")
    }
    for path, text in files.items():
        json.loads(text) if path.endswith(".json") else ast.parse(text)
        assert max(map(len, text.splitlines())) <= 120, path


def test_it_shares_no_code_with_the_app_or_the_lab():
    for path in (SCENARIO / "oracle").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not {name.split(".")[0] for name in names} & {"app", "lab", "harborline_money"}, path


@pytest.fixture(scope="session")
def python():
    os.environ.setdefault("LAB_CACHE", str(ROOT / ".cache"))
    tools = Toolchain.find()
    tools.prepare()
    return probe.Python(tools.plain / "bin" / "python", tools.wheels)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_the_app_and_the_oracle_agree_on_every_answer(python, seed):
    tables = ORACLE.tables(seed)
    tree = Tree(ROOT / "sample_app" / "storefront", ORACLE.data_files(tables))
    names = sorted(ORACLE.focuses, key=lambda name: not name.startswith("stock"))
    asked = [one for name in names for one in ORACLE.questions(seed, tables, 6, focus=name)] + ORACLE.questions(seed, tables, 200)
    (came,) = probe.ask([probe.Job(tree, asked)], oracle=ORACLE, python=python)
    assert came.boots, came.error
    assert len(came.answers) == len(asked)
    assert [str(one) for one in probe.wrong_answers(asked, came, oracle=ORACLE, tables=tables)] == []


@pytest.mark.slow
def test_toms_fix_takes_a_cent_from_some_carts(python):
    tables = ORACLE.tables(4)
    *_, toms = ORACLE.history(4, tables)
    tree = Tree(ROOT / "sample_app" / "storefront", {**ORACLE.data_files(tables), **toms["files"]})
    asked = ORACLE.questions(4, tables, 300)
    (came,) = probe.ask([probe.Job(tree, asked)], oracle=ORACLE, python=python)
    wrong = probe.wrong_answers(asked, came, oracle=ORACLE, tables=tables)
    assert {"float-cents"} <= {one.focus for one in wrong}
    assert 3 <= len(wrong) <= 100
