"""Sending things back."""

from typing import Annotated

from fastapi import APIRouter, Depends

from app import orders
from app.routes.orders import OrderId
from app.schemas import OrderOut
from app.shop import Shop, shop_of

router = APIRouter()


@router.post("/orders/{order_id}/return")
def return_order(order_id: OrderId, shop: Annotated[Shop, Depends(shop_of)]) -> OrderOut:
    """Take back a placed order within 30 days."""
    return orders.take_back(shop, order_id).out()
