"""What can be bought."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app import inventory
from app.errors import UnknownProduct
from app.schemas import OptionalText, ProductDetailOut, ProductOut, ProductsOut
from app.shop import Shop, shop_of

router = APIRouter()


@router.get("/products")
def list_products(
    shop: Annotated[Shop, Depends(shop_of)],
    category: Annotated[OptionalText, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ProductsOut:
    """List products by sku, of one category or of all."""
    with shop.database.reading() as connection:
        skus = inventory.list_skus(connection, category, limit)
    products = [shop.tables.products[sku] for sku in skus if sku in shop.tables.products]
    return ProductsOut(products=[ProductOut.of(product) for product in products])


@router.get("/products/{sku}")
def show_product(sku: str, shop: Annotated[Shop, Depends(shop_of)]) -> ProductDetailOut:
    """Show one product and how many pieces of it are left."""
    product = shop.tables.products.get(sku)
    if product is None:
        message = f"there is no product '{sku}'"
        raise UnknownProduct(message)
    with shop.database.reading() as connection:
        stock = inventory.stock_of(connection, sku)
    return ProductDetailOut(**ProductOut.of(product).model_dump(), stock=stock)
