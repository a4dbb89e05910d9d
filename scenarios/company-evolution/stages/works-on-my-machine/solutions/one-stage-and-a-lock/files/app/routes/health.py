"""How the storefront is, for those who run it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app import clock, metrics
from app.config import settings
from app.schemas import StatusOut, VersionOut
from app.shop import Shop, shop_of

STARTED_AT = clock.stamp(clock.now())

router = APIRouter()


@router.get("/healthz")
def healthz() -> StatusOut:
    """Say that the process is alive."""
    return StatusOut(status="ok")


@router.get("/readyz")
def readyz(shop: Annotated[Shop, Depends(shop_of)], answer: Response) -> StatusOut:
    """Say whether customers are to be sent here: the database is there, and its schema is up to date."""
    if shop.is_ready():
        return StatusOut(status="ready")
    answer.status_code = 503
    return StatusOut(status="waiting for the database")


@router.get("/version")
def version() -> VersionOut:
    """Say which build this is."""
    return VersionOut(sha=settings.build_sha, build_id=settings.build_id, started_at=STARTED_AT)


@router.get("/metrics", response_class=Response)
def read_metrics(shop: Annotated[Shop, Depends(shop_of)]) -> Response:
    """Give Prometheus its numbers."""
    return Response(metrics.exposition(shop.database), media_type=CONTENT_TYPE_LATEST)
