"""What happens around every request: the X-Version header, the metrics, the log line, the last resort."""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics, tracing

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SERVER_ERROR = 500

log = logging.getLogger(__name__)


class Observed:
    """Wraps an application so that all its answers are seen, those it fails to give included."""

    def __init__(self, app: ASGIApp, *, version: str) -> None:
        """Take the application and the sha that goes into X-Version."""
        self._app = app
        self._version = version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        tracing.begin(Headers(scope=scope).get(tracing.HEADER, ""))
        status: int | None = None
        began = time.perf_counter()

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Version"] = self._version
                MutableHeaders(scope=message)[tracing.HEADER] = tracing.current()
            await send(message)

        with metrics.IN_FLIGHT.track_inprogress():
            try:
                await self._app(scope, receive, send_observed)
            except Exception:
                log.exception("request failed", extra=described(scope))
                if status is not None:
                    raise
                answer = JSONResponse({"detail": "Internal Server Error"}, SERVER_ERROR)
                await answer(scope, receive, send_observed)
        seconds = time.perf_counter() - began
        report(scope, status=status or SERVER_ERROR, seconds=seconds)


def report(scope: Scope, *, status: int, seconds: float) -> None:
    """Count and log an answered request."""
    names = described(scope)
    metrics.observe(**names, status=status, seconds=seconds)
    log.info("request", extra={**names, "status": status, "seconds": round(seconds, 6)})


def described(scope: Scope) -> dict[str, str]:
    """Return route and method of a request, as labels of which there are only so many."""
    route = getattr(scope.get("route"), "path", "unmatched")
    method = scope["method"] if scope["method"] in METHODS else "OTHER"
    return {"route": route, "method": method}
