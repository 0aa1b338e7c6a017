"""Figures that say what they mean and of how many cases they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import sqrt

MIN_CASES = 20
"""A rate of fewer cases says more about chance than about the thing itself, and is not told."""
Z_95 = 1.959964
"""The quantile of the standard normal distribution that leaves 2.5 % above it."""


class Unit(StrEnum):
    """What a value counts."""

    NUMBER = "number"
    SHARE = "share"
    """In [0, 1]."""
    MONEY = "money"
    """Millionths of the report's currency."""
    DAYS = "days"
    MILLISECONDS = "milliseconds"
    RETURN = "return"
    """Gain for each unit spent: 0.5 for 150 out of 100."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure is: a key for programs, a title, and a sentence that says how it is counted."""

    key: str
    title: str
    meaning: str
    unit: Unit = Unit.NUMBER


@dataclass(frozen=True, slots=True)
class Interval:
    """The range that holds the true rate in 95 of 100 samples like this one."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Measure:
    """The value of a figure in one period; None where there is none, or too few cases for a rate.

    `cases` is of how many things it is, None where that says nothing, as with a plain count.
    `parts` are the same figure of each kind, such as a severity or a stage, in their order; `note`
    is a sentence that goes with the value.
    """

    definition: Definition
    value: float | None
    cases: int | None = None
    interval: Interval | None = None
    parts: Mapping[str, float | None] = field(default_factory=dict)
    note: str = ""


def rate(definition: Definition, hits: int, cases: int) -> Measure:
    """Return the share of `hits` in `cases` with its interval; no value below `MIN_CASES`."""
    if cases < MIN_CASES:
        return Measure(definition, None, cases)
    return Measure(definition, hits / cases, cases, wilson(hits, cases))


def wilson(hits: int, cases: int) -> Interval:
    """Return the 95 % score interval of a rate (Wilson 1927, JASA 22, 209-212).

    Raises ZeroDivisionError without cases.
    """
    share, spread = hits / cases, Z_95**2 / cases
    centre = (share + spread / 2) / (1 + spread)
    reach = Z_95 * sqrt(share * (1 - share) / cases + spread / (4 * cases)) / (1 + spread)
    return Interval(max(0.0, centre - reach), min(1.0, centre + reach))
