"""Any cart costs what the model says."""

from fastapi.testclient import TestClient
from hypothesis import example, given, settings
from hypothesis import strategies as some
from model import COUPONS, LIMIT, LINE_LIMITS, PRICES, RATES, Lines, expected

skus = some.sampled_from(sorted(PRICES))
lines = some.lists(some.tuples(skus, some.sampled_from(LINE_LIMITS[:-1])), min_size=1, max_size=4)
countries = some.sampled_from(sorted(RATES))
coupons = some.none() | some.sampled_from(sorted(COUPONS))


def ask(client: TestClient, cart: Lines, country: str, coupon: str | None) -> tuple[int, dict[str, str]]:
    """Ask for a quote."""
    wanted = [{"sku": sku, "quantity": quantity} for sku, quantity in cart]
    answer = client.post("/quotes", json={"lines": wanted, "country": country, "coupon": coupon})
    return answer.status_code, answer.json()


@given(lines, countries, coupons)
@settings(max_examples=60)
@example([("NOVEL", LIMIT - 1)], "DE", None)
@example([("NOVEL", LIMIT)], "DE", None)
@example([("ATLAS", 2)], "DE", None)  # 50.00: shipping is free
@example([("GNOME", 2)], "DE", None)  # 49.98: not yet
@example([("ATLAS", 2)], "DE", "TENTH")  # 45.00 after the coupon: no longer
@example([("ATLAS", 1)], "DE", "TENTH")  # 25.00: the minimum itself
@example([("GNOME", 1)], "DE", "TENTH")  # a cent below it
@example([("ATLAS", 1)], "AT", "TENTH")  # not in this country
@example([("PAN", 2)], "FR", "FIVE")
@example([("NOVEL", 1)], "AT", "GIFT")  # worth more than the goods
@example([("LEAF", 1)], "DE", None)  # half a cent of tax
@example([("LEAF", LIMIT)], "DE", None)  # 22.5 cents
@example([("CUP", LIMIT)], "AT", None)  # 5.175
@example([("SEED", 1), ("SEED", 1), ("SEED", 1)], "DE", None)  # three times 0.2 cents of tax
@example([("ATLAS", 1), ("LEAF", 1)], "DE", "TENTH")  # a discount of 2.505
@example([("NOVEL", 1), ("PAN", 1)], "AT", "FIVE")
def test_a_cart_costs_what_the_model_says(client: TestClient, cart: Lines, country: str, coupon: str | None) -> None:
    status, quote = ask(client, cart, country, coupon)
    right = expected(cart, country, coupon)

    assert (status == 422) == (right is None), quote
    if right is not None:
        assert {name: quote[name] for name in right} == right
        assert [line["unit_price"] for line in quote["lines"]] == [PRICES[sku][1] for sku, _ in cart]


@given(lines)
@settings(max_examples=5)
def test_the_next_customer_is_not_charged_by_the_last_ones_country(client: TestClient, cart: Lines) -> None:
    for country in ("DE", "AT", "FR", "DE"):
        assert ask(client, cart, country, None)[1].get("total") == (expected(cart, country, None) or {})["total"]


@given(skus, some.integers(min_value=-2, max_value=1002))
@settings(max_examples=10)
@example("SEED", 0)
@example("SEED", 1)
@example("SEED", 999)
@example("SEED", 1000)
def test_a_line_has_1_to_999_pieces(client: TestClient, sku: str, quantity: int) -> None:
    status, _ = ask(client, [(sku, quantity)], "DE", None)

    assert status == (200 if 1 <= quantity <= 999 else 422)


def test_what_nobody_knows_is_refused(client: TestClient) -> None:
    for cart, country, coupon in (
        ([], "DE", None),
        ([("YACHT", 1)], "DE", None),
        ([("CUP", 1)], "XX", None),
        ([("PAN", 9)], "DE", "NOSUCH"),
    ):
        assert ask(client, cart, country, coupon)[0] == 422
