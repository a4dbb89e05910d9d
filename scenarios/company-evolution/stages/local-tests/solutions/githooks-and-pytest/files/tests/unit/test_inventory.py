"""What can be sold. Each test has a product to itself, of which there are five pieces."""

from uuid import uuid4

from our_shop import Shop


def test_what_is_sold_is_gone(shop: Shop, scarce: str) -> None:
    assert shop.order((scarce, 2)).status_code == 201

    assert shop.stock(scarce) == 3


def test_the_last_piece_can_be_sold(shop: Shop, scarce: str) -> None:
    assert shop.order((scarce, 5)).status_code == 201

    assert shop.stock(scarce) == 0


def test_no_more_is_sold_than_there_is(shop: Shop, scarce: str) -> None:
    assert shop.order((scarce, 6)).status_code == 409
    assert shop.order((scarce, 3)).status_code == 201
    assert shop.order((scarce, 3)).status_code == 409

    assert shop.stock(scarce) == 2


def test_all_lines_are_sold_or_none(shop: Shop, scarce: str, scarce_too: str) -> None:
    for lines in ([(scarce, 2), (scarce_too, 6)], [(scarce_too, 6), (scarce, 2)]):
        assert shop.order(*lines).status_code == 409

    assert (shop.stock(scarce), shop.stock(scarce_too)) == (5, 5)


def test_every_line_is_taken_from_its_own_shelf(shop: Shop, scarce: str, scarce_too: str) -> None:
    assert shop.order((scarce, 1), (scarce_too, 4)).status_code == 201

    assert (shop.stock(scarce), shop.stock(scarce_too)) == (4, 1)


def test_cancelled_pieces_can_be_sold_again(shop: Shop, scarce: str) -> None:
    order = shop.order((scarce, 4)).json()["id"]

    assert shop.http.post(f"/orders/{order}/cancel").json()["status"] == "cancelled"
    assert shop.stock(scarce) == 5
    assert shop.http.post(f"/orders/{order}/cancel").status_code == 409
    assert shop.stock(scarce) == 5


def test_returned_pieces_are_not_sold_again(shop: Shop, scarce: str) -> None:
    order = shop.order((scarce, 4)).json()["id"]

    assert shop.http.post(f"/orders/{order}/return").json()["status"] == "returned"
    assert shop.stock(scarce) == 1


def test_an_order_that_is_sent_twice_is_sold_once(shop: Shop, scarce: str) -> None:
    key = uuid4().hex
    first, again = shop.order((scarce, 2), key=key), shop.order((scarce, 2), key=key)

    assert first.json()["id"] == again.json()["id"]
    assert shop.order((scarce, 1), key=key).status_code == 409
    assert shop.stock(scarce) == 3


def test_a_quote_takes_nothing(shop: Shop, scarce: str) -> None:
    shop.quote((scarce, 3))

    assert shop.stock(scarce) == 5


def test_a_list_has_one_category_and_no_more_than_asked(shop: Shop) -> None:
    def skus(**query: object) -> list[str]:
        return [product["sku"] for product in shop.http.get("/products", params=query).json()["products"]]

    assert skus(category="books") == ["BOOK", "CARD", "NOTE", "STAMP"]
    assert skus(category="books", limit=2) == ["BOOK", "CARD"]
    assert len(skus(limit=1)) == 1
    assert len(skus(limit=100)) > len(skus())
    assert len(skus()) == 50
    assert [shop.http.get("/products", params={"limit": limit}).status_code for limit in (0, 101)] == [422, 422]
