"""Days on the calendar of whoever reads a report, as moments that a database can compare."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import groupby


class Step(StrEnum):
    """The length of the steps in which a period is shown."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"

    def begins(self, day: date) -> date:
        """Return the first day of the step with this day; weeks begin on Monday (ISO 8601)."""
        if self is Step.WEEK:
            return day - timedelta(days=day.weekday())
        return day.replace(day=1) if self is Step.MONTH else day


@dataclass(frozen=True, slots=True)
class Span:
    """The time from `since` up to, and without, `until`; `first` is its first day."""

    first: date
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included, as a calendar in `zone` has them.

    A day begins at midnight there, and so has 23 or 25 hours where clocks change. What is later
    than `as_of` is left out, so that a day that has begun is compared with as much of another one.
    """

    first: date
    last: date
    zone: tzinfo
    as_of: datetime

    @classmethod
    def of_days(cls, days: int, zone: tzinfo, as_of: datetime) -> "Period":
        """Return the last `days` days, the day of `as_of` included."""
        today = as_of.astimezone(zone).date()
        return cls(today - timedelta(days=days - 1), today, zone, as_of)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        return midnight(self.first, self.zone)

    @property
    def until(self) -> datetime:
        """The end of the last day, or `as_of` if that is earlier."""
        return max(self.since, min(midnight(self.last + timedelta(days=1), self.zone), self.as_of))

    @property
    def whole(self) -> Span:
        return Span(self.first, self.since, self.until)

    @property
    def previous(self) -> "Period":
        """The period of as many days before this one, up to the same time of its last day."""
        back = timedelta(days=self.days)
        as_of = (self.as_of.astimezone(self.zone) - back).astimezone(UTC)
        return Period(self.first - back, self.last - back, self.zone, as_of)

    def before(self, days: int) -> "Period":
        """Return the period that also has so many days before this one."""
        return Period(self.first - timedelta(days=days), self.last, self.zone, self.as_of)

    def spans(self, step: Step = Step.DAY) -> list[Span]:
        """Return the steps of the period in order; the first and last may be parts of a step."""
        spans = []
        for _, group in groupby(self._each_day(), step.begins):
            days = list(group)
            until = min(midnight(days[-1] + timedelta(days=1), self.zone), self.until)
            since = midnight(days[0], self.zone)
            spans.append(Span(days[0], since, max(since, until)))
        return spans

    def _each_day(self) -> Iterator[date]:
        return (self.first + timedelta(days=number) for number in range(self.days))


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins in a time zone."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
