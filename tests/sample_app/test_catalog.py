"""GET /products and GET /products/{sku}."""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from .fresh import imported


def skus(client: TestClient, query: str = "") -> list[str]:
    return [product["sku"] for product in client.get(f"/products{query}").json()["products"]]


def test_the_shop_has_twelve_products_in_three_categories(client: TestClient) -> None:
    products = client.get("/products").json()["products"]

    assert len(products) == 12
    assert {product["category"] for product in products} == {"books", "garden", "kitchen"}
    assert products[0] == {
        "sku": "BK-001",
        "name": "The Harbour at Dawn",
        "category": "books",
        "price": "12.90",
        "currency": "EUR",
    }


def test_products_come_by_sku(client: TestClient) -> None:
    assert skus(client) == sorted(skus(client))


def test_a_category_lists_only_its_own(client: TestClient) -> None:
    assert skus(client, "?category=garden") == ["GD-001", "GD-002", "GD-003", "GD-004"]


@pytest.mark.parametrize("category", ["nothing", "book", "BOOKS", "%25", "' OR '1'='1", "'; DROP TABLE stock; --"])
def test_another_category_lists_nothing(client: TestClient, category: str) -> None:
    assert skus(client, f"?category={category}") == []
    assert len(skus(client)) == 12


def test_empty_parameters_count_as_absent(client: TestClient) -> None:
    assert len(skus(client, "?category=")) == 12


@pytest.mark.parametrize(("limit", "count"), [("1", 1), ("3", 3), ("100", 12)])
def test_the_limit_holds(client: TestClient, limit: str, count: int) -> None:
    assert len(skus(client, f"?limit={limit}")) == count


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?limit=-1", "?limit=x", "?category=%00"])
def test_a_parameter_out_of_range_is_422(client: TestClient, query: str) -> None:
    assert client.get(f"/products{query}").status_code == 422


def test_the_limit_is_fifty_when_nobody_says(tmp_path: Path, sqlite_environment: dict[str, str]) -> None:
    data = tables_with(tmp_path, sqlite_environment, number_of_products=120)
    with imported({**sqlite_environment, "DATA_DIR": str(data)}) as app, TestClient(app.main.app) as client:
        assert len(skus(client)) == 50
        assert len(skus(client, "?limit=100")) == 100


def test_the_list_takes_one_query_however_long_it_is(
    tmp_path: Path, sqlite_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tables_with(tmp_path, sqlite_environment, number_of_products=120)
    with imported({**sqlite_environment, "DATA_DIR": str(data)}) as app, TestClient(app.main.app) as client:
        asked: list[str] = []
        execute = app.db.Connection._execute

        def counted(self: Any, sql: str, parameters: tuple[object, ...]) -> Any:
            asked.append(sql)
            return execute(self, sql, parameters)

        monkeypatch.setattr(app.db.Connection, "_execute", counted)
        client.get("/products?limit=100")

        assert len(asked) == 1


def tables_with(tmp_path: Path, environment: dict[str, str], *, number_of_products: int) -> Path:
    """Write the shipped tables with other products, and return their folder."""
    data = tmp_path / "data"
    data.mkdir()
    for path in Path(environment["DATA_DIR"]).glob("*.json"):
        (data / path.name).write_bytes(path.read_bytes())
    products = [
        {"sku": f"X-{n:04}", "name": "x", "category": "x", "price": "1.00", "currency": "EUR", "stock": 1}
        for n in range(number_of_products)
    ]
    (data / "products.json").write_text(json.dumps(products), encoding="utf-8")
    return data


def test_a_product_alone_tells_its_stock(client: TestClient, shipped_tables: dict[str, Any]) -> None:
    for product in shipped_tables["products"]:
        assert client.get(f"/products/{product['sku']}").json() == product


@pytest.mark.parametrize("sku", ["NONE", "bk-001", "%00", "%ff", "a%20b", "'"])
def test_an_unknown_product_is_404(client: TestClient, sku: str) -> None:
    answer = client.get(f"/products/{sku}")

    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_a_product_that_this_release_does_not_know_is_not_listed(tmp_path: Path, sqlite_environment: dict[str, str]) -> None:
    newer = tables_with(tmp_path, sqlite_environment, number_of_products=1)
    with imported({**sqlite_environment, "DATA_DIR": str(newer)}) as app, TestClient(app.main.app):
        pass
    with imported(sqlite_environment) as app, TestClient(app.main.app) as client:
        assert len(skus(client)) == 12
