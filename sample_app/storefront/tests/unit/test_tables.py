"""The tables that this storefront is delivered with."""

from pathlib import Path

from app.tables import load_tables

DATA = Path(__file__).resolve().parents[2] / "data"


def test_the_tables_can_be_read() -> None:
    tables = load_tables(DATA)

    assert tables.products
    assert tables.tax.rates.keys() == tables.shipping.flat.keys()
