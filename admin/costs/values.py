"""What everything costs, month by month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.domain.costs.money import added
from core.domain.costs.terms import CostKind


class CostPart(StrEnum):
    """What costs are told apart by: three metered parts of the models, then the kinds of items."""

    ANSWERS = "answers"
    """Requests for answers, and all others that are neither of the next two."""
    EMBEDDINGS = "embeddings"
    EVALUATIONS = "evaluations"
    LICENCE = CostKind.LICENCE.value
    SERVER = CostKind.SERVER.value
    STAFF = CostKind.STAFF.value
    OTHER = CostKind.OTHER.value


METERED = (CostPart.ANSWERS, CostPart.EMBEDDINGS, CostPart.EVALUATIONS)


@dataclass(frozen=True, slots=True)
class TotalCost:
    """All costs of a stretch of time, in millionths of `currency`, and who had an answer for them.

    What cannot be told in `currency` stands in `other_costs` by its own, and in no sum. `answers`
    are complete ones, `people` those who asked; test questions are in neither.
    """

    currency: str
    parts: Mapping[CostPart, int] = field(default_factory=dict)
    other_costs: Mapping[str, int] = field(default_factory=dict)
    answers: int = 0
    people: int = 0

    @property
    def micros(self) -> int:
        return sum(self.parts.values())

    @property
    def metered(self) -> int:
        return sum(self.parts.get(part, 0) for part in METERED)

    @property
    def per_answer(self) -> int | None:
        """Millionths for each complete answer; None without any."""
        return round(self.micros / self.answers) if self.answers else None

    @property
    def per_person(self) -> int | None:
        """Millionths for each person who asked; None without any."""
        return round(self.micros / self.people) if self.people else None


@dataclass(frozen=True, slots=True)
class MonthCost:
    """The costs of one month, which is given by its first day."""

    month: date
    cost: TotalCost


@dataclass(frozen=True, slots=True)
class CostReport:
    """The costs of months, both ends included, and of as many months before them.

    `is_running` says that the last month is not over, so that its metered part still grows while
    its items count whole.
    """

    first_month: date
    last_month: date
    total: TotalCost
    previous: TotalCost
    months: tuple[MonthCost, ...]
    is_running: bool = False

    @property
    def currency(self) -> str:
        return self.total.currency


def together(months: Iterable[TotalCost], currency: str, answers: int, people: int) -> TotalCost:
    """Return the sum of months; people who asked in several of them are counted once."""
    all_months = list(months)
    return TotalCost(
        currency,
        {part: sum(month.parts.get(part, 0) for month in all_months) for part in CostPart},
        dict(added(month.other_costs for month in all_months)),
        answers,
        people,
    )
