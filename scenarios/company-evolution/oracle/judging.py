"""Whether an answer is right: everything is computed again from the tables, nothing is taken from the answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from .money import NotSold, Tables, add_up, cents, text
from .money import product as product_of

FEATURE_PATHS = {
    "categories": "/categories",
    "delivery": "/delivery/",
    "cheapest": "/cheapest",
    "prices": "/prices/",
    "report": "/reports/",
}


def judge(question: dict[str, Any], status: int, body: object, tables: Tables) -> str | None:
    """None when the answer is right; else one sentence that says what came and what should have come."""
    parts = urlsplit(question["path"])
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
    expect = question.get("expect", {})
    if parts.path == "/quotes":
        return _quote("quote for " + told(question["json"]), question["json"], status, body, tables)
    if parts.path == "/orders":
        return _order(question, expect, status, body, tables)
    if parts.path.startswith("/orders/"):
        return _expected(f"{question['method']} {parts.path}", expect or {"status": [200]}, status, body)
    if parts.path.startswith("/products"):
        return _products(parts.path, asked, expect, status, body, tables)
    for name, path in FEATURE_PATHS.items():
        if parts.path.startswith(path):
            return _feature(name, parts.path, asked, status, body, tables)
    return None if status == 200 else f"GET {parts.path} was answered with {status}, should be 200"  # noqa: PLR2004 - HTTP


def told(cart: dict[str, Any]) -> str:
    """A cart in words: "10 x 'KT-210' to DE with coupon 'AHOY5'"."""
    lines = " and ".join(f"{line['quantity']} x '{line['sku']}'" for line in cart["lines"]) or "nothing"
    return f"{lines} to {cart['country']}" + (f" with coupon '{cart['coupon']}'" if cart.get("coupon") else "")


def quoted(cart: dict[str, Any], tables: Tables) -> dict[str, Any] | None:
    """The right quote; None when the shop must refuse the cart."""
    lines = [(line["sku"], line["quantity"]) for line in cart["lines"]]
    if not lines or any(not 1 <= quantity <= 999 for _, quantity in lines):  # noqa: PLR2004 - the contract's bounds
        return None
    try:
        found = add_up(tables, lines, cart["country"], cart.get("coupon"))
    except NotSold:
        return None
    return {
        "currency": "EUR",
        "country": cart["country"],
        "lines": [
            {
                "sku": sku,
                "quantity": quantity,
                "unit_price": text(cents((product_of(tables, sku) or {})["price"])),
                "line_total": text(total),
            }
            for (sku, quantity), total in zip(lines, found.lines, strict=True)
        ],
        "subtotal": text(found.subtotal),
        "discount": text(found.discount),
        "shipping": text(found.shipping),
        "tax": text(found.tax),
        "total": text(found.total),
    }


def _quote(what: str, cart: dict[str, Any], status: int, body: object, tables: Tables) -> str | None:
    right = quoted(cart, tables)
    if right is None:
        return None if status == 422 else f"{what}: answered with {status}, should be refused with 422"  # noqa: PLR2004 - HTTP
    if status != 200 or not isinstance(body, dict):  # noqa: PLR2004 - HTTP
        return f"{what}: answered with {status}, should be 200"
    for name in ("total", "tax", "discount", "shipping", "subtotal", "currency", "country"):
        if body.get(name) != right[name]:
            return f"{what}: {name} was {_shown(body.get(name))}, should be {right[name]}"
    return (
        None if body.get("lines") == right["lines"] else f"{what}: the lines were {_shown(body.get('lines'))}, should be {right['lines']}"
    )


def _shown(value: object) -> str:
    return str(value) if isinstance(value, str) else repr(value)


def _order(question: dict[str, Any], expect: dict[str, Any], status: int, body: object, tables: Tables) -> str | None:
    cart, what = question["json"], "order of " + told(question["json"])
    if "Idempotency-Key" not in question["headers"]:
        return None if status == 400 else f"{what} without Idempotency-Key: answered with {status}, should be 400"  # noqa: PLR2004 - HTTP
    if expect.get("status") == [409]:
        return _expected(what, expect, status, body)
    wrong = _expected(what, {"status": [200, 201], "order": "placed", **expect}, status, body)
    if wrong or not isinstance(body, dict):
        return wrong
    return _quote(what, cart, 200, body.get("quote"), tables)


def _expected(what: str, expect: dict[str, Any], status: int, body: object) -> str | None:
    allowed = expect.get("status", [200])
    if status not in allowed:
        return f"{what}: answered with {status}, should be {' or '.join(map(str, allowed))}"
    fields = body if isinstance(body, dict) else {}
    if expect.get("same_id") and fields.get("id") != expect.get("id"):
        return f"{what}: a second order '{fields.get('id')}' was made, should be the first, '{expect.get('id')}'"
    if "order" in expect and fields.get("status") != expect["order"]:
        return f"{what}: status was {_shown(fields.get('status'))}, should be {expect['order']}"
    if "stock" in expect and fields.get("stock") != expect["stock"]:
        return f"{what}: stock was {_shown(fields.get('stock'))}, should be {expect['stock']}"
    return None


def _products(path: str, asked: dict[str, str], expect: dict[str, Any], status: int, body: object, tables: Tables) -> str | None:
    shown = [{key: one[key] for key in ("sku", "name", "category", "price", "currency")} for one in tables["products"]]
    sku = path.removeprefix("/products").strip("/")
    if sku:
        right = next((one for one in shown if one["sku"] == sku), None)
        if right is None or status != 200 or not isinstance(body, dict):  # noqa: PLR2004 - HTTP
            wanted = 404 if right is None else 200
            return None if status == wanted else f"product '{sku}': answered with {status}, should be {wanted}"
        wrong = next((key for key, value in right.items() if body.get(key) != value), None)
        if wrong:
            return f"product '{sku}': {wrong} was {_shown(body.get(wrong))}, should be {right[wrong]}"
        return _expected(f"product '{sku}'", expect or {"status": [200]}, status, body)
    chosen = [one for one in shown if asked.get("category") in (None, one["category"])]
    chosen = sorted(chosen, key=lambda one: str(one["sku"]))[: int(asked.get("limit", "50"))]
    if status != 200 or not isinstance(body, dict):  # noqa: PLR2004 - HTTP
        return f"product list {asked or ''}: answered with {status}, should be 200"
    if body.get("products") == chosen:
        return None
    return f"product list {asked or ''}: {_difference(body.get('products'), chosen)}"


def _difference(came: object, right: list[dict[str, Any]]) -> str:
    if not isinstance(came, list) or len(came) != len(right):
        return f"{len(came) if isinstance(came, list) else 'no'} products were listed, should be {len(right)}"
    pairs = [(one, other) for one, other in zip(came, right, strict=True) if one != other]
    return f"one product was {pairs[0][0]}, should be {pairs[0][1]}"


def _feature(name: str, path: str, asked: dict[str, str], status: int, body: object, tables: Tables) -> str | None:
    if not tables.get("features", {}).get(name):
        return None if status == 404 else f"GET {path} was answered with {status}, should be 404: there is no such page"  # noqa: PLR2004 - HTTP
    right = _featured(name, path, asked, tables)
    if status != 200:  # noqa: PLR2004 - HTTP
        return f"GET {path} was answered with {status}, should be 200"
    if name == "report":
        return None if str(body).splitlines()[:1] == [right] else f"GET {path} began with {str(body)[:60]!r}, should be {right!r}"
    return None if body == right else f"GET {path} was {_shown(body)}, should be {right}"


def _featured(name: str, path: str, asked: dict[str, str], tables: Tables) -> Any:
    products = sorted(tables["products"], key=lambda one: str(one["sku"]))
    last = path.rsplit("/", 1)[-1]
    if name == "categories":
        names = sorted({one["category"] for one in products})
        return {"categories": [{"name": one, "products": sum(p["category"] == one for p in products)} for one in names]}
    if name == "delivery":
        return {"country": last, "flat": tables["shipping"]["flat"][last], "free_from": tables["shipping"]["free_from"]}
    if name == "cheapest":
        chosen = min((one for one in products if one["category"] == asked["category"]), key=lambda one: cents(one["price"]))
        return {"sku": chosen["sku"], "price": chosen["price"]}
    if name == "prices":
        return {"sku": last, "price": (product_of(tables, last) or {}).get("price")}
    return "sku,category,price"
