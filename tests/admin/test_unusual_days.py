"""Days that cost far more than others are found, and ordinary ones are left alone."""

from datetime import date, timedelta
from random import Random

import pytest

from admin.usage.unusual import DAYS_BEFORE, expected_cost, unusual_days

FIRST = date(2026, 1, 5)  # a Monday
WEEK = 7


def ordinary(weeks: int, random: Random) -> dict[date, int]:
    """What a company spends: more in the middle of a week, little at its end, uneven."""
    by_weekday = (1.0, 1.2, 1.2, 1.1, 0.8, 0.05, 0.0)
    costs = {}
    for number in range(weeks * WEEK):
        usual = 2_000_000 * by_weekday[number % WEEK]
        costs[FIRST + timedelta(days=number)] = round(usual * random.lognormvariate(0, 0.35))
    return costs


def test_ordinary_weeks_raise_at_most_one_alarm_in_twenty() -> None:
    random, alarmed, weeks = Random(7), 0, 200
    costs = ordinary(weeks + DAYS_BEFORE // WEEK, random)
    days = sorted(costs)[DAYS_BEFORE:]

    for start in range(0, weeks * WEEK, WEEK):
        alarmed += bool(unusual_days(costs, days[start : start + WEEK]))

    assert alarmed <= weeks * 0.05


@pytest.mark.parametrize("seed", range(50))
def test_a_working_day_of_six_times_the_cost_is_found(seed: int) -> None:
    random = Random(seed)
    costs = ordinary(8, random)
    day = FIRST + timedelta(days=5 * WEEK + random.randrange(5))
    usual = sorted(costs[FIRST + timedelta(days=n)] for n in range(WEEK) if n % WEEK < 5)[2]
    costs[day] = 6 * usual

    assert day in [found for found, _ in unusual_days(costs, [day])]


def test_a_day_is_told_with_the_median_of_days_with_a_cost() -> None:
    days = [FIRST + timedelta(days=number) for number in range(30)]
    costs = {day: 100 for day in days if day.weekday() < 5} | {days[-1]: 900}

    assert unusual_days(costs, days) == [(days[-1], 100)]


def test_without_enough_days_there_is_no_verdict() -> None:
    days = [FIRST + timedelta(days=number) for number in range(9)]

    assert unusual_days(dict.fromkeys(days, 1) | {days[-1]: 1_000_000}, days) == []


def test_a_month_goes_on_as_it_began() -> None:
    assert expected_cost(300, 0.25) == 1_200
