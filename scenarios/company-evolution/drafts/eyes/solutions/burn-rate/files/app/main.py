"""The storefront as an ASGI application: `uvicorn app.main:app`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from app import logging as json_logs
from app import metrics
from app.config import settings
from app.errors import StorefrontError
from app.middleware import Observed
from app.routes import admin, catalog, health, orders, quotes, returns
from app.shop import open_shop

json_logs.configure(settings.log_level)
log = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the shop before the first request and close it after the last."""
    shop = open_shop(settings)
    app.state.shop = shop
    log.info("storefront is open", extra={"sha": settings.build_sha, "env": settings.env})
    try:
        yield
    finally:
        shop.database.close()


app = FastAPI(title="storefront", version="1", lifespan=lifespan)
app.add_middleware(Observed, version=settings.build_sha)
for routes in (health, catalog, quotes, orders, returns, admin):
    app.include_router(routes.router)
    for route in routes.router.routes:
        for method in sorted(getattr(route, "methods", ())):
            metrics.expect(route=getattr(route, "path", "unmatched"), method=method)


@app.exception_handler(StorefrontError)
def explain(_: Request, error: StorefrontError) -> JSONResponse:
    """Answer with the sentence and the status that the error carries."""
    headers = {"Retry-After": "1"} if error.status == HTTPStatus.SERVICE_UNAVAILABLE else None
    return JSONResponse({"detail": str(error)}, status_code=error.status, headers=headers)


@app.exception_handler(RequestValidationError)
def explain_invalid(_: Request, error: RequestValidationError) -> JSONResponse:
    """Answer where and why a request is not valid, without repeating what it said."""
    detail = [{name: problem[name] for name in ("loc", "msg", "type")} for problem in error.errors()]
    return JSONResponse({"detail": detail}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
