"""Names and sentences: what the shop sells, what its coupons are called, and each behaviour said in plain words."""

from __future__ import annotations

SHELVES: dict[str, tuple[str, tuple[tuple[str, int, int], ...]]] = {
    "books": (
        "BK",
        (
            ("The Harbour at Dawn", 9, 16), ("Knots and Splices", 18, 29), ("A Field Guide to Gulls", 14, 22),
            ("Letters from the Pier", 7, 13), ("Bread for Beginners", 16, 27), ("The Lighthouse Keeper's Diary", 11, 19),
            ("Tides and Timetables", 12, 21), ("Small Boats, Long Nights", 15, 24),
        ),
    ),
    "garden": (
        "GD",
        (
            ("Watering Can", 19, 32), ("Pruning Shears", 24, 39), ("Lavender Seeds", 2, 6), ("Willow Basket", 29, 46),
            ("Terracotta Pot", 8, 17), ("Bird Feeder", 17, 28), ("Garden Twine", 3, 8), ("Hand Trowel", 11, 19),
        ),
    ),
    "kitchen": (
        "KT",
        (
            ("Enamel Mug", 6, 12), ("Cast Iron Pan", 45, 69), ("Linen Towel", 10, 18), ("Oak Board", 28, 44),
            ("Tea Pot", 22, 37), ("Paring Knife", 13, 24), ("Salt Cellar", 9, 16), ("Rolling Pin", 12, 21),
        ),
    ),
}  # fmt: skip
GREETINGS = ("WELCOME", "AHOY", "HELLO", "NEWCREW")
THANKS = ("THANKS", "OFF", "SAVE", "ANCHOR")
GIFTS = ("GIFT", "VOUCHER", "PRESENT")

BEHAVIOURS: dict[str, str] = {
    "plain": "a small cart costs the sum of its lines, plus shipping and tax",
    "bulk-boundary": "the bulk discount starts at the limit itself",
    "bulk-below": "one piece less than the bulk limit has no discount",
    "bulk-above": "the bulk discount is the percentage in the table",
    "rounding-line": "half a cent in a line goes up",
    "rounding-tax": "half a cent of tax goes up",
    "rounding-coupon": "half a cent of a coupon's discount goes up",
    "float-cents": "no cent is lost on the way from a total to its text",
    "tax-down": "less than half a cent of tax is dropped",
    "tax-once": "tax is rounded once, over all lines",
    "tax-standard": "goods bear the standard tax rate of their country",
    "tax-reduced": "books bear the reduced tax rate",
    "tax-country": "each country has its own tax rates",
    "two-countries": "a customer's country decides, not the country of the customer before",
    "coupon-percent": "a percent coupon takes its percentage off the subtotal",
    "coupon-amount": "an amount coupon takes its amount off",
    "coupon-cap": "a coupon never takes off more than the goods cost",
    "coupon-country": "a coupon is refused outside its countries",
    "coupon-everywhere": "a coupon without a list of countries is good everywhere",
    "coupon-minimum": "a coupon is good from exactly its minimum on",
    "coupon-below-minimum": "a coupon is refused below its minimum",
    "coupon-tax": "tax is taken on what is left after the discount",
    "shipping-boundary": "shipping is free from exactly the limit on",
    "shipping-below": "below the limit shipping costs its flat price",
    "shipping-discount": "the discount counts before shipping becomes free",
    "shipping-country": "each country has its own shipping cost",
    "quantity-most": "999 pieces of one product can be had",
    "quantity-over": "1000 pieces in one line are refused",
    "quantity-none": "a line of no pieces is refused",
    "empty-cart": "a cart without lines is refused",
    "unknown-names": "unknown products, countries and coupons are refused",
    "products": "the product list shows names and prices of the table",
    "product-filter": "a category shows its own products only",
    "product-page": "a product's page shows its price",
    "order-place": "an order is placed at the price of its quote",
    "order-repeat": "the same Idempotency-Key gives the same order",
    "order-conflict": "an Idempotency-Key with another body is refused",
    "order-key": "an order without Idempotency-Key is refused",
    "order-cancel": "a placed order can be cancelled once",
    "order-return": "a placed order can be returned",
    "return-window": "an order can be returned on day 30 and not on day 31",
    "stock-last": "the last piece can be sold",
    "stock-over": "more than there is can't be sold",
    "stock-taken": "an order takes its pieces off the shelf",
    "stock-release": "a cancelled order puts its pieces back",
    "stock-every-line": "an order that can't be met takes nothing",
    "health": "the health page answers",
    "categories": "the list of categories counts their products",
    "delivery": "the delivery page tells what shipping costs",
    "cheapest": "the cheapest product of a category can be asked for",
    "prices": "the old price page answers until it is removed",
    "report": "the daily report comes as CSV",
}
