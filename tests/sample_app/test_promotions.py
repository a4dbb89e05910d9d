"""app/promotions: a module that is dropped in acts on every quote, and on nothing else."""

from pathlib import Path

from fastapi.testclient import TestClient

from .fresh import TREE, imported
from .shopping import cart, order

ROUNDING = """
from dataclasses import replace
from decimal import Decimal

def adjust(quote):
    return replace(quote, total=quote.total - Decimal("0.01"))
"""
DOUBLE = """
from dataclasses import replace

def adjust(quote):
    return replace(quote, total=quote.total * 2)
"""
BODY = cart(("BK-001", 1))


def total(environment: dict[str, str], tree: Path) -> str:
    with imported(environment, tree=tree) as app, TestClient(app.main.app) as client:
        return str(client.post("/quotes", json=BODY).json()["total"])


def test_there_is_no_rule_at_the_start() -> None:
    assert [path.name for path in (TREE / "app" / "promotions").glob("*.py")] == ["__init__.py"]


def test_a_rule_acts_from_the_next_start(sqlite_environment: dict[str, str], tree: Path) -> None:
    assert total(sqlite_environment, tree) == "18.70"
    (tree / "app" / "promotions" / "rounding.py").write_text(ROUNDING)
    assert total(sqlite_environment, tree) == "18.69"
    (tree / "app" / "promotions" / "rounding.py").unlink()
    assert total(sqlite_environment, tree) == "18.70"


def test_rules_act_in_the_order_of_their_names(sqlite_environment: dict[str, str], tree: Path) -> None:
    (tree / "app" / "promotions" / "b_rounding.py").write_text(ROUNDING)
    (tree / "app" / "promotions" / "a_double.py").write_text(DOUBLE)
    assert total(sqlite_environment, tree) == "37.39"


def test_a_module_without_adjust_is_not_a_rule(sqlite_environment: dict[str, str], tree: Path) -> None:
    (tree / "app" / "promotions" / "notes.py").write_text("ANYTHING = 1\n")
    assert total(sqlite_environment, tree) == "18.70"


def test_orders_obey_rules_too(sqlite_environment: dict[str, str], tree: Path) -> None:
    (tree / "app" / "promotions" / "rounding.py").write_text(ROUNDING)
    with imported(sqlite_environment, tree=tree) as app, TestClient(app.main.app) as client:
        assert order(client, ("BK-001", 1)).json()["quote"]["total"] == "18.69"
