"""Adds up benefit and cost of months, and finds the one in which an idea has paid for itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.domain.ideas.tracking import Impact, ImpactKind

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class MonthBalance:
    """One month, and what all months up to it come to after the costs before the first one."""

    month: date
    benefit: Decimal
    cost: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Course:
    """The months of one kind, planned or actual; `spent_before` is what experiments cost.

    `break_even` is the first month from which the balance is no longer negative, None where it is
    at the end. `roi` is (benefit - cost) / cost in percent, None without cost.
    """

    months: tuple[MonthBalance, ...]
    spent_before: Decimal = NOTHING

    @property
    def benefit(self) -> Decimal:
        return sum((month.benefit for month in self.months), NOTHING)

    @property
    def cost(self) -> Decimal:
        return sum((month.cost for month in self.months), self.spent_before)

    @property
    def break_even(self) -> date | None:
        return break_even(self.months)

    @property
    def roi(self) -> Decimal | None:
        return (self.benefit - self.cost) / self.cost * 100 if self.cost else None


def course(impacts: Iterable[Impact], kind: ImpactKind, spent_before: Decimal) -> Course:
    """Return the months of this kind in their order."""
    balance = -spent_before
    months = []
    for impact in sorted((i for i in impacts if i.kind is kind), key=lambda i: i.month):
        balance += impact.benefit - impact.cost
        months.append(MonthBalance(impact.month, impact.benefit, impact.cost, balance))
    return Course(tuple(months), spent_before)


def break_even(months: Sequence[MonthBalance]) -> date | None:
    """Return the month from which the balance stays at 0 or above, None if it ends below."""
    reached: date | None = None
    for month in months:
        if month.balance < 0:
            reached = None
        elif reached is None:
            reached = month.month
    return reached
