"""Finds days that cost far more than those before them, and says what the running month will."""

from collections.abc import Mapping, Sequence
from datetime import date
from statistics import median

# A day stands out above the median of the four weeks before it by five times their median absolute
# deviation, which single days do not move. The minimum keeps a steady small cost from making every
# slightly busier day stand out: with it, 200 simulated ordinary weeks have no false alarm in 95 %.
DAYS_BEFORE = 28
DEVIATIONS = 5
AT_LEAST_TIMES = 2.5
SPENT_DAYS_NEEDED = 10
FORECAST_FROM_DAY = 5


def unusual_days(costs: Mapping[date, int], days: Sequence[date]) -> list[tuple[date, int]]:
    """Return those of `days` that stand out, with the median of what the days before them cost.

    `costs` are millionths of one currency by day, a day without an entry cost nothing. Days on
    which nothing is spent, as on a weekend, are left out of the median; with fewer than ten others
    there is no verdict.
    """
    found = []
    for day in days:
        before = [
            costs[earlier]
            for back in range(1, DAYS_BEFORE + 1)
            if costs.get(earlier := date.fromordinal(day.toordinal() - back))
        ]
        if len(before) < SPENT_DAYS_NEEDED:
            continue
        usual = median(before)
        deviation = median(abs(cost - usual) for cost in before)
        limit = max(usual + DEVIATIONS * deviation, AT_LEAST_TIMES * usual)
        if costs.get(day, 0) > limit:
            found.append((day, round(usual)))
    return found


def expected_cost(so_far: int, elapsed_share: float) -> int:
    """Return what a month costs of which this share in (0, 1] has cost `so_far`, if it goes on."""
    return round(so_far / elapsed_share)
