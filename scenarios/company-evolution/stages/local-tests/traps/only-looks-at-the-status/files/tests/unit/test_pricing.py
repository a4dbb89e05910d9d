"""Every product can be priced."""

import pytest
from our_shop import PRICES, Shop


@pytest.mark.parametrize("sku", PRICES)
def test_it_has_a_price(shop: Shop, sku: str) -> None:
    assert shop.ask((sku, 4)).status_code == 200
