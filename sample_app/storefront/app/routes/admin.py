"""What other systems of the company read. Not for the public door: there is no login."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app import outbox
from app.schemas import EventOut, ExportOut, OptionalId, OptionalMoment
from app.shop import Shop, shop_of

router = APIRouter(prefix="/admin")


@router.get("/export")
def export_events(
    shop: Annotated[Shop, Depends(shop_of)],
    since: Annotated[OptionalMoment, Query()] = None,
    cursor: Annotated[OptionalId, Query()] = None,
) -> ExportOut:
    """Give a page of events in the order of their ids; asking with a cursor confirms all up to it.

    `since` without a time zone is read as UTC.
    """
    if cursor is not None:
        with shop.database.writing() as connection:
            outbox.confirm(connection, cursor)
    with shop.database.reading() as connection:
        events = outbox.read_page(connection, since, cursor or 0)
    is_last = len(events) < outbox.PAGE_SIZE
    return ExportOut(
        events=[EventOut.of(event) for event in events],
        next_cursor=None if is_last else events[-1].id,
    )
