"""What customers got, in a line. What was folded before is remembered, so that asking stays cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lab.ledger import customers
from lab.report.model import CustomersLine
from lab.session import durable

if TYPE_CHECKING:
    from lab.session.session import Session

_CACHE: Final = "customers.json"
_WORTH: Final = 100  # seconds folded anew that are worth a write


def customers_line(session: Session) -> CustomersLine:
    """What customers got since the company opened."""
    cache = session.workspace.cache / _CACHE
    told = durable.read_json(cache)
    try:
        start = customers.Totals(**told) if isinstance(told, dict) else customers.Totals()
    except TypeError:
        start = customers.Totals()
    if start.seq > session.ledger.seq():
        start = customers.Totals()
    total = customers.fold(session.ledger.events(customers.TYPE, after=start.seq), start=start)
    if total.seq - start.seq > _WORTH:
        durable.write_json(cache, total.as_dict())
    return in_line(total)


def in_line(total: customers.Totals) -> CustomersLine:
    """The totals that people are shown."""
    return CustomersLine(
        good=total.good,
        wrong=total.wrong,
        failed=total.failed,
        late=total.late,
        bad_seconds=total.bad_seconds,
        outage_minutes=total.outage_minutes,
        longest_outage=total.longest_outage,
        recent=total.recent,
        example=total.example,
    )
