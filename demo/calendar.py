"""When things happen in the demo year: on working days, more from month to month."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

WEEKS = 52
FIRST_HOUR, LAST_HOUR = 7, 17
QUIET_WEEKS = frozenset({1, 30, 31, 32, 52})
"""Calendar weeks in which half of the people are away."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The 52 weeks before a moment; `weeks_ago` counts back from it."""

    until: datetime

    def day(self, weeks_ago: float) -> date:
        """Return the working day at or before so many weeks ago."""
        day = (self.until - timedelta(weeks=weeks_ago)).date()
        return day - timedelta(days=max(0, day.weekday() - 4))

    def start_of(self, weeks_ago: float) -> datetime:
        """Return the beginning of that day."""
        return datetime.combine(self.day(weeks_ago), time(), UTC)

    def moment(self, weeks_ago: float, random: Random) -> datetime:
        """Return a moment in the office hours of that day, never after the end."""
        seconds = random.randint(FIRST_HOUR * 3600, LAST_HOUR * 3600)
        return min(self.start_of(weeks_ago) + timedelta(seconds=seconds), self.until)

    def questions_in(self, weeks_ago: int, random: Random) -> int:
        """Return how many questions are asked in that week: 8 at first, about 55 in the end."""
        trend = 8 + 0.9 * (WEEKS - weeks_ago)
        if self.day(weeks_ago).isocalendar().week in QUIET_WEEKS:
            trend /= 2
        return max(1, round(trend * random.uniform(0.8, 1.2)))
