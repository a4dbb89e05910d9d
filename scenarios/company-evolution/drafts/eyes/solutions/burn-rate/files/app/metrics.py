"""What Prometheus reads. Labels are the route's template, the method and the status class."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from app import outbox
from app.db import Database

disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LABELS = ("route", "method", "status")

REQUESTS = Counter("storefront_requests", "Requests answered.", LABELS, registry=REGISTRY)
SECONDS = Histogram(
    "storefront_request_seconds",
    "Seconds from a request's arrival to the end of its answer.",
    LABELS,
    buckets=BUCKETS,
    registry=REGISTRY,
)
IN_FLIGHT = Gauge("storefront_requests_in_flight", "Requests being answered.", registry=REGISTRY)
OUTBOX_LAG = Gauge(
    "storefront_outbox_lag_seconds",
    "Age in seconds of the oldest event that no reader has confirmed; NaN without a database.",
    registry=REGISTRY,
)


def expect(*, route: str, method: str) -> None:
    """Let the counters of a route begin at 0: one that is born with its first error hides that error from every rate()."""
    for status in ("2xx", "4xx", "5xx"):
        REQUESTS.labels(route, method, status)
        SECONDS.labels(route, method, status)


def observe(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request."""
    labels = (route, method, f"{status // 100}xx")
    REQUESTS.labels(*labels).inc()
    SECONDS.labels(*labels).observe(seconds)


def exposition(database: Database) -> bytes:
    """Return all metrics in the text format of Prometheus."""
    try:
        with database.reading() as connection:
            OUTBOX_LAG.set(outbox.lag_seconds(connection))
    except database.errors:
        OUTBOX_LAG.set(float("nan"))
    return generate_latest(REGISTRY)
