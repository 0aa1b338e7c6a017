"""Monitors are quiet in ordinary weeks, notice planted faults, and say nothing of few cases."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from admin.quality.classifier import area_between, reached_by_chance
from admin.quality.monitors import (
    DEFINITIONS,
    LEAST_AREA,
    DayAmount,
    DayRate,
    Frame,
    Side,
    frames,
    judge_amount,
    judge_distribution,
    judge_rate,
    judge_topics,
)
from admin.quality.values import Days, Monitor, State, Verdict

END = date(2026, 11, 30)
WEEK, WEEKS = 7, 200
RATES = {
    Monitor.HELPFUL: (Side.BELOW, 29, 0.8),
    Monitor.ABSTAINED: (Side.EITHER, 75, 0.08),
    Monitor.UNSUPPORTED: (Side.ABOVE, 190, 0.05),
    Monitor.FAILED: (Side.ABOVE, 75, 0.02),
}


def days_before(end: date, count: int) -> list[date]:
    return [end - timedelta(days=n) for n in range(1, count + 1)]


def steady(random: Random, share: float, cases: int, days: int) -> dict[date, DayRate]:
    """Days on which everything is as usual."""
    return {day: day_rate(random, share, cases) for day in days_before(END, days)}


def day_rate(random: Random, share: float, cases: int) -> DayRate:
    return DayRate(sum(random.random() < share for _ in range(cases)), cases)


def amounts(random: Random, usual: float, days: int) -> dict[date, DayAmount]:
    return {
        day: DayAmount(usual * random.lognormvariate(0, 0.1), 40) for day in days_before(END, days)
    }


def judged_week(random: Random, end: date, series: "Series") -> list[Verdict]:
    """What all monitors say of one ordinary week."""
    choices = frames(end)
    frame = choices[0]
    closeness = [counted(random.gauss(620, 90) for _ in range(n)) for n in (500, 2_000)]
    lengths = [counted(random.choice((1, 2, 2, 3, 4)) for _ in range(n)) for n in (500, 2_000)]
    # As many dimensions as the components that are left of real vectors.
    points = np.random.default_rng(random.randrange(2**32)).normal(size=(280, 30))
    area = area_between(points[:120], points[120:])
    by_chance = reached_by_chance(points[:120], points[120:]) if area > LEAST_AREA else 1.0
    return [
        judge_topics(frame, 120, 160, area, by_chance),
        judge_distribution(Monitor.CLOSENESS, frame, closeness[0], closeness[1]),
        judge_distribution(Monitor.LENGTH, frame, lengths[0], lengths[1]),
        *(judge_rate(one, series.rates[one], RATES[one][0], choices) for one in RATES),
        *(judge_amount(one, days, choices) for one, days in series.amounts.items()),
    ]


class Series:
    """Ordinary days, year after year."""

    def __init__(self, random: Random, days: int) -> None:
        self.rates = {
            one: steady(random, share, cases, days) for one, (_, cases, share) in RATES.items()
        }
        kinds = (Monitor.FIRST_WORD, Monitor.TOTAL_TIME, Monitor.COST)
        self.amounts = {one: amounts(random, 2_000, days) for one in kinds}


def counted(values: Iterable[float]) -> Counter[int]:
    return Counter(map(int, values))


def test_all_monitors_together_raise_a_false_alarm_in_at_most_one_of_twenty_weeks() -> None:
    random = Random(20_260)
    series = Series(random, (WEEKS + 6) * WEEK)

    weeks = [judged_week(random, END - timedelta(weeks=number), series) for number in range(WEEKS)]

    alarmed = [
        {one.monitor for one in week if one.state in (State.ALERT, State.WARN)} for week in weeks
    ]
    assert all(one.state is not State.NO_DATA for week in weeks for one in week)
    assert sum(map(bool, alarmed)) <= 0.05 * WEEKS
    # Limits that nothing ever reaches would be none.
    assert any(alarmed)


def dropped(seed: int, weeks_of_drop: int) -> Verdict:
    """Two hundred rated answers a week, of which 15 points fewer are helpful in the last weeks."""
    random = Random(seed)
    days = steady(random, 0.8, 29, 42)
    for day in days_before(END, weeks_of_drop * WEEK):
        days[day] = day_rate(random, 0.65, 29)
    return judge_rate(Monitor.HELPFUL, days, Side.BELOW, frames(END))


def test_a_drop_of_15_points_in_200_ratings_is_noticed_after_one_week() -> None:
    states = [dropped(seed, 1).state for seed in range(100)]

    assert states.count(State.WARN) >= 85
    assert states.count(State.ALERT) <= 2


def test_a_drop_of_15_points_alerts_once_it_lasts_two_weeks() -> None:
    states = [dropped(seed, 2).state for seed in range(100)]

    assert states.count(State.ALERT) >= 75
    assert states.count(State.OK) <= 15


def test_answers_twice_as_slow_alert_once_it_lasts_two_weeks() -> None:
    days = amounts(Random(1), 2_000, 42)
    for day in days_before(END, 2 * WEEK):
        days[day] = DayAmount(2 * days[day].amount, 40)

    verdict = judge_amount(Monitor.TOTAL_TIME, days, frames(END))

    assert verdict.state is State.ALERT
    assert verdict.value == pytest.approx(4_000, rel=0.15)
    assert verdict.usual == pytest.approx(2_000, rel=0.15)


def test_faster_answers_are_no_alarm() -> None:
    days = amounts(Random(1), 2_000, 42)
    for day in days_before(END, 2 * WEEK):
        days[day] = DayAmount(days[day].amount / 2, 40)

    assert judge_amount(Monitor.TOTAL_TIME, days, frames(END)).state is State.OK


def test_more_helpful_answers_are_no_alarm() -> None:
    days = steady(Random(3), 0.5, 40, 42)
    for day in days_before(END, 2 * WEEK):
        days[day] = DayRate(40, 40)

    assert judge_rate(Monitor.HELPFUL, days, Side.BELOW, frames(END)).state is State.OK


@pytest.mark.parametrize("share", [0.0, 0.4])
def test_abstentions_alert_on_both_sides(share: float) -> None:
    days = steady(Random(3), 0.15, 40, 42)
    for day in days_before(END, 2 * WEEK):
        days[day] = day_rate(Random(4), share, 40)

    assert judge_rate(Monitor.ABSTAINED, days, Side.EITHER, frames(END)).state is State.ALERT


def test_a_share_that_jumps_from_one_side_to_the_other_only_warns() -> None:
    days = steady(Random(3), 0.15, 40, 42)
    for number, day in enumerate(days_before(END, 2 * WEEK)):
        days[day] = day_rate(Random(4), 0.4 if number < WEEK else 0.0, 40)

    assert judge_rate(Monitor.ABSTAINED, days, Side.EITHER, frames(END)).state is State.WARN


def test_a_certain_change_of_one_point_is_of_no_interest() -> None:
    days = {day: DayRate(800, 1_000) for day in days_before(END, 42)}
    for day in days_before(END, 2 * WEEK):
        days[day] = DayRate(7_900, 10_000)

    assert judge_rate(Monitor.HELPFUL, days, Side.BELOW, frames(END)).state is State.OK


def test_below_the_minimum_there_is_no_verdict_however_bad_it_looks() -> None:
    days = steady(Random(3), 1.0, 40, 42)
    for day in days_before(END, 2 * WEEK):
        days[day] = DayRate(0, 7)  # 98 in two weeks

    verdict = judge_rate(Monitor.HELPFUL, days, Side.BELOW, frames(END))

    assert (verdict.state, verdict.cases, verdict.value) == (State.NO_DATA, 98, None)


def test_a_week_with_too_few_cases_is_judged_with_the_one_before() -> None:
    days = steady(Random(3), 0.8, 10, 56)

    verdict = judge_rate(Monitor.HELPFUL, days, Side.BELOW, frames(END))

    assert (verdict.state, verdict.cases) == (State.OK, 140)
    assert verdict.window == Days(END - timedelta(days=14), END)


def test_a_reference_with_too_few_cases_gives_no_verdict() -> None:
    days = steady(Random(3), 0.8, 20, 14)

    assert judge_rate(Monitor.HELPFUL, days, Side.BELOW, frames(END)).state is State.NO_DATA


def test_days_without_answers_are_no_days_of_speed() -> None:
    busy = {day: DayAmount(2_000.0, 60) for day in days_before(END, 42) if day.day % 9 == 0}

    assert judge_amount(Monitor.TOTAL_TIME, busy, frames(END)).state is State.NO_DATA


def narrow(frame: Frame) -> Verdict:
    return judge_distribution(
        Monitor.CLOSENESS, frame, dict.fromkeys(range(99), 1), dict.fromkeys(range(500), 1)
    )


def separated(frame: Frame) -> Verdict:
    return judge_topics(frame, 99, 400, None, 1.0)


@pytest.mark.parametrize("judge", [narrow, separated])
def test_99_answers_or_questions_are_too_few(judge: Callable[[Frame], Verdict]) -> None:
    assert judge(frames(END)[0]).state is State.NO_DATA


def test_passages_that_come_less_near_alert() -> None:
    random, frame = Random(5), frames(END)[0]
    window = counted(random.gauss(550, 90) for _ in range(300))
    reference = counted(random.gauss(620, 90) for _ in range(1_000))

    verdict = judge_distribution(Monitor.CLOSENESS, frame, window, reference)

    assert verdict.state is State.ALERT


def test_what_was_accepted_as_normal_is_compared_with() -> None:
    accepted = Days(date(2026, 5, 1), date(2026, 5, 29))

    assert {frame.reference for frame in frames(END, accepted)} == {accepted}


def test_the_reference_lies_before_both_windows() -> None:
    week, fortnight = frames(END)

    assert week.reference == Days(END - timedelta(days=42), END - timedelta(days=14))
    assert fortnight.reference == Days(END - timedelta(days=56), END - timedelta(days=28))


def test_every_monitor_says_what_it_means() -> None:
    assert set(DEFINITIONS) == set(Monitor)
    assert all(one.meaning.endswith(".") for one in DEFINITIONS.values())
