"""Costs beside those of the models: what is paid once or every month, in its own currency."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.domain.costs.money import Costs
from core.domain.costs.months import months
from core.domain.ideas.money import to_micros


class CostKind(StrEnum):
    """What is paid for."""

    LICENCE = "licence"
    SERVER = "server"
    STAFF = "staff"
    OTHER = "other"


class CostRhythm(StrEnum):
    """How often it is paid."""

    MONTHLY = "monthly"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class CostTerms:
    """What somebody enters: either an amount, or hours and what one of them costs.

    Both are per month, or once, in `currency` (ISO 4217). Months are given by their first day; an
    item without a last month goes on, and one that is paid once has only its first. `idea_id` is
    the idea that it belongs to, "" for none.
    """

    name: str
    kind: CostKind
    first_month: date
    currency: str
    rhythm: CostRhythm = CostRhythm.MONTHLY
    amount: Decimal | None = None
    hours: Decimal | None = None
    hourly_rate: Decimal | None = None
    last_month: date | None = None
    note: str = ""
    idea_id: str = ""

    @property
    def micros(self) -> int:
        """Millionths of the currency, per month or once; a product is rounded half to even."""
        if self.amount is not None:
            return to_micros(self.amount) or 0
        return to_micros((self.hours or Decimal(0)) * (self.hourly_rate or Decimal(0))) or 0


@dataclass(frozen=True, slots=True)
class CostItem:
    """Terms that are stored; `version` counts their changes, `idea` is what the idea is called."""

    id: str
    terms: CostTerms
    version: int = 1
    idea: str = ""


def costs_by_month(
    terms: Iterable[CostTerms], first: date, last: date
) -> Mapping[tuple[date, CostKind], Costs]:
    """Return what is paid in each month and for each kind, by currency; both months included."""
    found: dict[tuple[date, CostKind], Counter[str]] = {}
    for each in terms:
        end = each.first_month if each.rhythm is CostRhythm.ONCE else each.last_month
        for month in months(max(first, each.first_month), min(last, end or last)):
            found.setdefault((month, each.kind), Counter())[each.currency] += each.micros
    return found
