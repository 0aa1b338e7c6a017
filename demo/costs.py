"""What the made-up company pays beside the models."""

from collections.abc import Iterator
from decimal import Decimal

from core.domain.costs.months import month_of
from core.domain.costs.terms import CostRhythm
from core.domain.ideas.money import to_micros
from core.storage.tables import CostItemRow
from demo.calendar import Calendar
from demo.ideas import idea_id
from demo.marks import demo_id
from demo.script import CostScript, costs

CURRENCY = "EUR"


def cost_rows(calendar: Calendar) -> Iterator[CostItemRow]:
    """Yield the cost items."""
    for script in costs():
        yield _row(script, calendar)


def _row(script: CostScript, calendar: Calendar) -> CostItemRow:
    rhythm = CostRhythm.ONCE if script.once else CostRhythm.MONTHLY
    return CostItemRow(
        id=demo_id("cost", script.name),
        name=script.name,
        kind=script.kind.value,
        rhythm=rhythm.value,
        amount_micros=_micros(script.amount),
        hours_micros=_micros(script.hours),
        rate_micros=_micros(script.rate),
        currency=CURRENCY,
        first_month=month_of(calendar.day(script.since)),
        last_month=None if script.until is None else month_of(calendar.day(script.until)),
        note=script.note,
        idea_id=idea_id(script.idea) if script.idea else None,
        added_at=calendar.start_of(script.since),
    )


def _micros(value: float | None) -> int | None:
    return None if value is None else to_micros(Decimal(str(value)))
