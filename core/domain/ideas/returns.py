"""What ideas bring against what they cost."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from core.domain.ideas.break_even import NOTHING, Course, course_of
from core.domain.ideas.card import label_of
from core.domain.ideas.workflow import IdeaStatus


@dataclass(frozen=True, slots=True)
class Worth:
    """What something brought and cost, in the company's currency.

    `other_costs` have no rate: they are millionths by currency, and in no sum.
    """

    benefit: Decimal = NOTHING
    cost: Decimal = NOTHING
    other_costs: Mapping[str, int] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        return self.benefit - self.cost

    @property
    def roi(self) -> Decimal | None:
        """The gain for each unit spent, 0.5 for 150 out of 100; None without cost."""
        return self.net / self.cost if self.cost else None


@dataclass(frozen=True, slots=True)
class IdeaReturn:
    """What one idea was meant to bring and cost, and what it did.

    The actual course holds the months its owner entered, its experiments and the cost items that
    belong to it; `item_cost` is the part of the latter. `other_costs` are in no sum.
    """

    idea_id: str
    number: int
    title: str
    status: IdeaStatus
    planned: Course
    actual: Course
    item_cost: Decimal = NOTHING
    other_costs: Mapping[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return label_of(self.number)

    @property
    def has_actual(self) -> bool:
        return bool(self.actual.months or self.actual.spent_before)


def all_together(ledger: Mapping[date, Worth]) -> Course:
    """Return the course of all ideas together."""
    return course_of(
        {month: worth.benefit for month, worth in ledger.items()},
        {month: worth.cost for month, worth in ledger.items()},
    )


def sum_of(parts: Iterable[Worth]) -> Worth:
    """Return the sum."""
    benefit, cost, others = NOTHING, NOTHING, Counter[str]()
    for part in parts:
        benefit, cost = benefit + part.benefit, cost + part.cost
        others.update(part.other_costs)
    return Worth(benefit, cost, dict(others))
