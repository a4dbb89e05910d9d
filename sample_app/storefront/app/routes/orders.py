"""Buying, looking, changing one's mind."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Response

from app import orders
from app.schemas import OrderIn, OrderOut, Text
from app.shop import Shop, shop_of

LONGEST_KEY = 200

router = APIRouter()

OrderId = Annotated[Text, Path()]


def required_key(idempotency_key: Annotated[str | None, Header()] = None) -> str:
    """Return the Idempotency-Key header; without one the answer is 400."""
    if not idempotency_key or len(idempotency_key) > LONGEST_KEY:
        detail = f"the header Idempotency-Key is needed, with 1 to {LONGEST_KEY} characters"
        raise HTTPException(HTTPStatus.BAD_REQUEST, detail)
    return idempotency_key


@router.post("/orders", status_code=HTTPStatus.CREATED)
def place_order(
    body: OrderIn,
    response: Response,
    key: Annotated[str, Depends(required_key)],
    shop: Annotated[Shop, Depends(shop_of)],
) -> OrderOut:
    """Place an order; the same key and body again give the same order, with status 200."""
    order, is_new = orders.place(shop, body, key)
    if not is_new:
        response.status_code = HTTPStatus.OK
    return order.out()


@router.get("/orders/{order_id}")
def show_order(order_id: OrderId, shop: Annotated[Shop, Depends(shop_of)]) -> OrderOut:
    """Show an order."""
    with shop.database.reading() as connection:
        return orders.find(connection, order_id).out()


@router.post("/orders/{order_id}/cancel")
def cancel_order(order_id: OrderId, shop: Annotated[Shop, Depends(shop_of)]) -> OrderOut:
    """Cancel a placed order; its pieces can be sold again."""
    return orders.cancel(shop, order_id).out()
