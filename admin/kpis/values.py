"""A figure for the board, in one period and those before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from admin.measures import Measure
from admin.usage.period import Period

Windows = Sequence[Period]
"""The period that is asked for, and those of the same length before it, newest first."""
Course = Sequence[Measure]
"""A measure in each window, newest first; one that has no past stands alone."""


class KpiGroup(StrEnum):
    """The groups in which figures are shown."""

    PORTFOLIO = "portfolio"
    COST = "cost"
    ADOPTION = "adoption"
    QUALITY = "quality"
    GOVERNANCE = "governance"


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure, that of the period before, and its values in all windows, oldest first.

    Money is in millionths of `currency`: what ideas bring is always told in the company's, and
    requests to models may all be in another one that has no rate.
    """

    group: KpiGroup
    measure: Measure
    currency: str
    previous: Measure | None = None
    trend: tuple[float | None, ...] = ()

    @classmethod
    def of(cls, group: KpiGroup, course: Course, currency: str) -> "Kpi":
        """Take a course apart."""
        newest, *earlier = course
        trend = tuple(one.value for one in reversed(course)) if len(course) > 2 else ()
        return cls(group, newest, currency, earlier[0] if earlier else None, trend)


@dataclass(frozen=True, slots=True)
class KpiReport:
    """All figures of a period; `currency` is that of requests to models."""

    period: Period
    currency: str
    kpis: tuple[Kpi, ...]

    def of_group(self, group: KpiGroup) -> list[Kpi]:
        return [kpi for kpi in self.kpis if kpi.group is group]
