"""How the storefront is, for those who run it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
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
def readyz(request: Request, response: Response) -> StatusOut:
    """Say whether customers may be sent here."""
    if request.app.state.readiness:
        return StatusOut(status="ready")
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return StatusOut(status="not ready")


@router.get("/version")
def version() -> VersionOut:
    """Say which build this is."""
    return VersionOut(sha=settings.build_sha, build_id=settings.build_id, started_at=STARTED_AT)


@router.get("/metrics", response_class=Response)
def read_metrics(shop: Annotated[Shop, Depends(shop_of)]) -> Response:
    """Give Prometheus its numbers."""
    return Response(metrics.exposition(shop.database), media_type=CONTENT_TYPE_LATEST)
