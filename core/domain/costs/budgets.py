"""Budgets: how much money the requests of people may cost in a day or a month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from core.domain.costs.months import later, month_of

NEAR_PERCENT = 80
"""From this share of a budget on, whoever it is for is told."""


class BudgetScope(StrEnum):
    """Whose requests a budget pays for; of everybody's, each person has one of their own."""

    PERSON = "person"
    GROUP = "group"
    EVERYBODY = "everybody"
    COMPANY = "company"

    @property
    def has_subject(self) -> bool:
        """Whether such a budget names a person or a group."""
        return self in (BudgetScope.PERSON, BudgetScope.GROUP)


class BudgetPeriod(StrEnum):
    """How long a budget lasts before it begins anew, on the company's calendar."""

    DAY = "day"
    MONTH = "month"

    def first_day(self, day: date) -> date:
        """Return the first day of the period with this day."""
        return day if self is BudgetPeriod.DAY else month_of(day)

    def next_first_day(self, first: date) -> date:
        """Return the day on which the period after the one from `first` on begins."""
        return first + timedelta(days=1) if self is BudgetPeriod.DAY else later(first, 1)


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins on the calendar of a zone, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit in millionths of the company's currency.

    `subject_id` is the id of a person or a group, "" for everybody and for the company.
    """

    id: str
    scope: BudgetScope
    period: BudgetPeriod
    limit_micros: int
    currency: str
    subject_id: str = ""


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """How much of a budget is spent, or reserved for requests under way, from `first_day` on.

    Amounts are in millionths of its currency. `unpriced` counts requests whose cost is not known.
    """

    budget: Budget
    first_day: date
    spent_micros: int = 0
    reserved_micros: int = 0
    unpriced: int = 0

    @property
    def taken_micros(self) -> int:
        return self.spent_micros + self.reserved_micros

    @property
    def left_micros(self) -> int:
        return max(0, self.budget.limit_micros - self.taken_micros)

    @property
    def percent(self) -> float:
        """The share that is spent or reserved; of a budget of nothing, all of it."""
        if not self.budget.limit_micros:
            return 100.0
        return 100 * self.taken_micros / self.budget.limit_micros

    @property
    def is_near(self) -> bool:
        return self.percent >= NEAR_PERCENT

    @property
    def begins_again(self) -> date:
        return self.budget.period.next_first_day(self.first_day)
