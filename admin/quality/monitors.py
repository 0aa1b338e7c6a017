"""What is watched, and when a window counts as different from its reference.

All limits together are past in at most 5 of 100 ordinary weeks: each monitor has its share of that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from statistics import median
from typing import TypeVar

from admin.measures import Definition, Unit
from admin.quality.statistics import (
    dispersion,
    index_limit,
    rank_score,
    stability_index,
    two_sided,
    usual_range,
)
from admin.quality.values import Days, Monitor, State, Verdict

DEFINITIONS = {
    one.key: one
    for one in (
        Definition(
            Monitor.TOPICS,
            "Topics of questions",
            "How well a classifier tells questions of the window from those of the reference by "
            "their meaning: 0.50 is guessing, 1.00 is always right. Alert above 0.60, if fewer "
            "than 1 in 200 shuffles of the same questions reaches as much.",
        ),
        Definition(
            Monitor.CLOSENESS,
            "Closeness of the best passage",
            "Population stability index of how near the best passage comes to a question. Alert "
            "above 0.10, or what chance alone explains with so few answers.",
        ),
        Definition(
            Monitor.LENGTH,
            "Length of answers",
            "Population stability index of the number of sentences in an answer. Alert above 0.10, "
            "or what chance alone explains with so few answers.",
        ),
        Definition(
            Monitor.HELPFUL,
            "Rated helpful",
            "Answers rated helpful, of all that were rated. Warns below the usual range, alerts if "
            "the window before was below it too.",
            Unit.SHARE,
        ),
        Definition(
            Monitor.ABSTAINED,
            "Not in the documents",
            "Questions that the documents did not answer, of all questions. Warns outside the "
            "usual range, alerts if the window before was past the same end of it.",
            Unit.SHARE,
        ),
        Definition(
            Monitor.UNSUPPORTED,
            "Sentences without support",
            "Sentences that their sources do not fully support, of all sentences. Warns above the "
            "usual range, alerts if the window before was above it too.",
            Unit.SHARE,
        ),
        Definition(
            Monitor.FAILED,
            "Failed answers",
            "Answers that ended with an error, of all questions. Warns above the usual range, "
            "alerts if the window before was above it too.",
            Unit.SHARE,
        ),
        Definition(
            Monitor.FIRST_WORD,
            "Time to the first word",
            "The median of each day; of these, that of the window. Warns if it is a quarter longer "
            "than usual and its days rank above those of the reference, alerts if the window "
            "before did too.",
            Unit.MILLISECONDS,
        ),
        Definition(
            Monitor.TOTAL_TIME,
            "Time to the whole answer",
            "The median of each day; of these, that of the window. Warns if it is a quarter longer "
            "than usual and its days rank above those of the reference, alerts if the window "
            "before did too.",
            Unit.MILLISECONDS,
        ),
        Definition(
            Monitor.COST,
            "Cost per answer",
            "What a complete answer cost on each day; of these, the median of the window. Warns if "
            "it is a quarter higher than usual and its days rank above those of the reference, "
            "alerts if the window before did too.",
            Unit.MONEY,
        ),
    )
}
"""By the value of the monitor."""

T = TypeVar("T")

LEAST_CASES = 100
"""With fewer in a window or its reference there is no verdict."""
FALSE_ALARMS = 0.05
"""In how many ordinary weeks any of the monitors may be past its limit."""
LEVEL = FALSE_ALARMS / len(Monitor)
LIMIT = two_sided(LEVEL)
LEAST_AREA = 0.6
LEAST_DIFFERENCE = 0.02
"""A smaller change of a share is of no interest, however certain."""
LEAST_GROWTH = 1.25
LEAST_DAYS, LEAST_USUAL_DAYS, LEAST_ON_A_DAY = 4, 12, 3
WINDOWS = (7, 14)
"""The days of a window; the longer one where the shorter has too few cases."""
REFERENCE_DAYS = 28

Histogram = Mapping[int, int]
"""How often each value occurs."""


class Side(Enum):
    """Which side of the usual range is past the limit."""

    BELOW = "below"
    ABOVE = "above"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Frame:
    """A window, the one before it, and what both are compared with."""

    window: Days
    before: Days
    reference: Days


@dataclass(frozen=True, slots=True)
class DayRate:
    """Of a day: how many of how many."""

    hits: int
    cases: int


@dataclass(frozen=True, slots=True)
class DayAmount:
    """Of a day: the amount for a typical answer, and how many answers there were."""

    amount: float
    cases: int


def frames(end: date, accepted: Days | None = None) -> list[Frame]:
    """Return the frames of the windows up to a day, the shorter one first.

    The reference are the four weeks before both windows, unless others were accepted as normal.
    """
    found = []
    for days in WINDOWS:
        window = Days.before(end, days)
        before = Days.before(window.first, days)
        reference = accepted or Days.before(before.first, REFERENCE_DAYS)
        found.append(Frame(window, before, reference))
    return found


def judge_rate(
    monitor: Monitor, days: Mapping[date, DayRate], side: Side, choices: Sequence[Frame]
) -> Verdict:
    """Judge a share: warn if the window is past a limit, alert if the one before was as well."""
    frame = _large_enough(choices, {day: one.cases for day, one in days.items()})
    hits, cases = _sums(days, frame.window)
    usual_hits, usual_cases = _sums(days, frame.reference)
    if min(cases, usual_cases) < LEAST_CASES:
        return _no_data(monitor, frame, cases, usual_cases)
    usual = usual_hits / usual_cases
    spread = dispersion([(one.hits, one.cases) for one in _within(days, frame.reference)])

    def past(window_hits: int, window_cases: int) -> Side | None:
        if window_cases < LEAST_CASES:
            return None
        bounds = _bounds(usual, window_cases / spread, usual_cases / spread)
        return _past(window_hits / window_cases, bounds, side)

    low, high = _bounds(usual, cases / spread, usual_cases / spread)
    return Verdict(
        monitor,
        _in_a_row(past(hits, cases), past(*_sums(days, frame.before))),
        frame.window,
        frame.reference,
        cases,
        usual_cases,
        hits / cases,
        usual,
        None if side is Side.ABOVE else low,
        None if side is Side.BELOW else high,
    )


def judge_amount(
    monitor: Monitor, days: Mapping[date, DayAmount], choices: Sequence[Frame]
) -> Verdict:
    """Judge what is too long or too dear, by the medians of days and the ranks of days."""
    days = {day: one for day, one in days.items() if one.cases >= LEAST_ON_A_DAY}
    frame = _large_enough(choices, {day: one.cases for day, one in days.items()})
    window, reference = (_within(days, part) for part in (frame.window, frame.reference))
    cases, usual_cases = (sum(one.cases for one in part) for part in (window, reference))
    has_days = len(window) >= LEAST_DAYS and len(reference) >= LEAST_USUAL_DAYS
    if min(cases, usual_cases) < LEAST_CASES or not has_days:
        return _no_data(monitor, frame, cases, usual_cases)
    usual = median(one.amount for one in reference)

    def past(part: Sequence[DayAmount]) -> Side | None:
        amounts = [one.amount for one in part]
        if len(part) < LEAST_DAYS or median(amounts) <= LEAST_GROWTH * usual:
            return None
        score = rank_score(amounts, [one.amount for one in reference])
        return Side.ABOVE if score > LIMIT else None

    return Verdict(
        monitor,
        _in_a_row(past(window), past(_within(days, frame.before))),
        frame.window,
        frame.reference,
        cases,
        usual_cases,
        median(one.amount for one in window),
        usual,
        None,
        LEAST_GROWTH * usual,
    )


def judge_distribution(
    monitor: Monitor, frame: Frame, window: Histogram, reference: Histogram
) -> Verdict:
    """Judge how values are spread, by the stability index; one window is enough for an alert."""
    cases, usual_cases = sum(window.values()), sum(reference.values())
    if min(cases, usual_cases) < LEAST_CASES:
        return _no_data(monitor, frame, cases, usual_cases)
    index, bins = stability_index(window, reference)
    limit = index_limit(cases, usual_cases, bins, LEVEL)
    state = State.ALERT if index > limit else State.OK
    return Verdict(
        monitor, state, frame.window, frame.reference, cases, usual_cases, index, high=limit
    )


def judge_topics(
    frame: Frame, cases: int, usual_cases: int, area: float | None, by_chance: float
) -> Verdict:
    """Judge how well questions can be told apart; `area` is None where there are too few."""
    if area is None:
        return _no_data(Monitor.TOPICS, frame, cases, usual_cases)
    state = State.ALERT if area > LEAST_AREA and by_chance <= LEVEL else State.OK
    return Verdict(
        Monitor.TOPICS,
        state,
        frame.window,
        frame.reference,
        cases,
        usual_cases,
        area,
        high=LEAST_AREA,
    )


def _large_enough(choices: Sequence[Frame], cases: Mapping[date, int]) -> Frame:
    """Return the first frame whose window has enough cases, the last one if none has."""
    for frame in choices:
        if sum(cases.get(day, 0) for day in frame.window.each) >= LEAST_CASES:
            return frame
    return choices[-1]


def _no_data(monitor: Monitor, frame: Frame, cases: int, usual_cases: int) -> Verdict:
    return Verdict(monitor, State.NO_DATA, frame.window, frame.reference, cases, usual_cases)


def _bounds(usual: float, cases: float, usual_cases: float) -> tuple[float, float]:
    low, high = usual_range(usual, cases, usual_cases, LIMIT)
    return (
        max(0.0, min(low, usual - LEAST_DIFFERENCE)),
        min(1.0, max(high, usual + LEAST_DIFFERENCE)),
    )


def _past(value: float, bounds: tuple[float, float], side: Side) -> Side | None:
    low, high = bounds
    if value < low and side is not Side.ABOVE:
        return Side.BELOW
    return Side.ABOVE if value > high and side is not Side.BELOW else None


def _in_a_row(now: Side | None, before: Side | None) -> State:
    if now is None:
        return State.OK
    return State.ALERT if before is now else State.WARN


def _sums(days: Mapping[date, DayRate], part: Days) -> tuple[int, int]:
    found = _within(days, part)
    return sum(one.hits for one in found), sum(one.cases for one in found)


def _within(days: Mapping[date, T], part: Days) -> list[T]:
    return [days[day] for day in part.each if day in days]
