"""What a cart would cost."""

from typing import Annotated

from fastapi import APIRouter, Depends

from app.schemas import CartIn, QuoteOut
from app.shop import Shop, shop_of

router = APIRouter()


@router.post("/quotes")
def quote_cart(body: CartIn, shop: Annotated[Shop, Depends(shop_of)]) -> QuoteOut:
    """Price a cart; nothing is reserved."""
    return QuoteOut.of(shop.quote(body.cart()))
