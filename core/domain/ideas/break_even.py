"""Adds up benefit and cost of months, and finds the one in which an idea has paid for itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from core.domain.ideas.tracking import Impact, ImpactKind

NOTHING = Decimal(0)
NO_COSTS: Mapping[date, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class MonthBalance:
    """One month, and what all months up to it come to after the costs before the first one."""

    month: date
    benefit: Decimal
    cost: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """What all months up to this one have brought and cost together."""

    month: date
    benefit: Decimal
    cost: Decimal


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
    def net(self) -> Decimal:
        return self.benefit - self.cost

    @property
    def break_even(self) -> date | None:
        return break_even(self.months)

    @property
    def missing(self) -> Decimal:
        """What has yet to come in until it has paid for itself, 0 where it has."""
        return max(-self.net, NOTHING)

    @property
    def roi(self) -> Decimal | None:
        return self.net / self.cost * 100 if self.cost else None

    @property
    def standings(self) -> tuple[Standing, ...]:
        """How benefit and cost grow from month to month."""
        benefit, cost, found = NOTHING, self.spent_before, []
        for month in self.months:
            benefit, cost = benefit + month.benefit, cost + month.cost
            found.append(Standing(month.month, benefit, cost))
        return tuple(found)


def course(
    impacts: Iterable[Impact],
    kind: ImpactKind,
    spent_before: Decimal,
    other_costs: Mapping[date, Decimal] = NO_COSTS,
) -> Course:
    """Return the months of this kind in their order; `other_costs` by month are added to theirs."""
    own = {impact.month: impact for impact in impacts if impact.kind is kind}
    return course_of(
        {month: impact.benefit for month, impact in own.items()},
        {
            month: (own[month].cost if month in own else NOTHING) + other_costs.get(month, NOTHING)
            for month in own.keys() | other_costs.keys()
        },
        spent_before,
    )


def course_of(
    benefits: Mapping[date, Decimal],
    costs: Mapping[date, Decimal],
    spent_before: Decimal = NOTHING,
) -> Course:
    """Return the months that have a benefit or a cost, in their order."""
    balance = -spent_before
    months = []
    for month in sorted(benefits.keys() | costs.keys()):
        benefit, cost = benefits.get(month, NOTHING), costs.get(month, NOTHING)
        balance += benefit - cost
        months.append(MonthBalance(month, benefit, cost, balance))
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
