"""The client of the payment provider: bounded in time, patient, and never charging twice."""

import http.client
import json
import logging
import random
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http import HTTPStatus

from app import tracing
from app.errors import PaymentDeclined, PaymentUnavailable

TIMEOUT_SECONDS = 2.0
ATTEMPTS = 3
PAUSE_SECONDS = 0.1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Payments:
    """How to charge customers; with an empty `url` every payment is accepted here."""

    url: str
    key: str = field(repr=False)

    def charge(self, *, order_id: str, amount: str, currency: str) -> None:
        """Charge an amount such as "12.30" for an order.

        The order id is the idempotency key, so asking again is safe. Raises PaymentDeclined, or
        PaymentUnavailable after ATTEMPTS tries of TIMEOUT_SECONDS each.
        """
        if not self.url:
            return
        body = {"order_id": order_id, "amount": amount, "currency": currency}
        request = urllib.request.Request(  # noqa: S310 - config.py admits only http and https
            f"{self.url}/charges",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                "Idempotency-Key": order_id,
                tracing.HEADER: tracing.current(),
            },
            method="POST",
        )
        for attempt in range(ATTEMPTS):
            if attempt > 0:
                time.sleep(pause_before(attempt))
            if self._is_answered(request):
                return
        message = "the payment provider does not answer; try again with the same Idempotency-Key"
        raise PaymentUnavailable(message)

    def _is_answered(self, request: urllib.request.Request) -> bool:
        """Return whether the charge was accepted; False means: not known, try again."""
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310 - as above
                return True
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == HTTPStatus.PAYMENT_REQUIRED:
                message = "the payment was declined"
                raise PaymentDeclined(message) from error
            log.warning("payment provider failed", extra={"provider_status": error.code})
        except (OSError, http.client.HTTPException) as error:
            log.warning("payment provider unreachable", extra={"error": type(error).__name__})
        return False


def pause_before(attempt: int) -> float:
    """Return the seconds to wait before a further attempt: doubling, and spread at random."""
    longest = PAUSE_SECONDS * 2**attempt
    return random.uniform(longest / 2, longest)  # noqa: S311 - not a secret
