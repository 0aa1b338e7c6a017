"""Reads bounds: six years lie within "More than 5 years", 800 euros within "501 to 2,500 EUR"."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.figures.measures import measure_of
from rag.figures.reading import Figure, find_figures
from rag.vocabulary.words import stem

# What a table row is the row of: a few words, not a sentence with a number in it.
MAX_WORDS = 9
COUNT = "count"
"""The dimension of a number of people: "four of us", "Travellers: 3 to 4"."""
CLOCK = "clock"

_LOWER = (
    r"(?:more|longer|greater|higher|older|later|heavier|larger|bigger) than|over|above|exceeding"
    r"|beyond|after|>"
)
_FROM = (
    r"at least|from|as of|since|starting (?:at|from|with)|minimum(?: of)?|min\.?|not less than"
    r"|no less than|≥|>="
)
_UPPER = r"(?:less|fewer|shorter|lower|younger|lighter|smaller|earlier) than|under|below|before|<"
_UNTIL = (
    r"up to(?: and including)?|at most|until|till|maximum(?: of)?|max\.?|not more than|no more than"
    r"|within|≤|<="
)
_BEFORE = re.compile(
    rf"(?<!\w)(?:(?P<since>{_FROM})|(?P<until>{_UNTIL})|(?P<lower>{_LOWER})|(?P<upper>{_UPPER}))"
    r"\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_AND_MORE = re.compile(
    r"\s*(?:\+|(?:or|and) (?:more|over|above|longer|older|later|higher)\b)", re.I
)
_AND_LESS = re.compile(r"\s*(?:or|and) (?:less|fewer|under|below|younger|earlier|lower)\b", re.I)
_TO = re.compile(r"\s*(?:-|–|—|to|until|till|and|through)\s*", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:persons?|people|passengers?|travell?ers?|participants?|employees?|colleagues?|guests?"
    r"|visitors?|members?|adults?|children|seats?|heads?|pax)\b",
    re.IGNORECASE,
)
_OF_US = re.compile(r"\s+(?:of (?:us|them|you)|others?)\b", re.IGNORECASE)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"
_DAY_SPAN = re.compile(
    rf"\b(?P<first>{_DAY})\b(?:\s*(?:-|–|to|until|till|through)\s*(?P<last>{_DAY})\b)?",
    re.IGNORECASE,
)
_WEEKEND = re.compile(r"\bweekends?\b", re.IGNORECASE)
_WEEKDAYS = re.compile(r"\b(?:weekdays?|working days?|workdays?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a question; `value` is in the base unit of its `dimension`.

    Dimensions are those of `measures`, CLOCK in minutes, COUNT, or the stem of what is counted
    otherwise: "pallet". `days` are weekdays from 0.
    """

    value: Decimal
    dimension: str
    days: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Bounds:
    """The values from `low` to `high` of a dimension, None where there is no limit.

    `excludes_low` and `excludes_high` say that the limits themselves are outside.
    """

    dimension: str
    low: Decimal | None = None
    high: Decimal | None = None
    excludes_low: bool = False
    excludes_high: bool = False
    days: frozenset[int] = frozenset()

    def holds(self, amount: Amount) -> bool:
        """Return whether the amount lies within; on another weekday it does not."""
        if amount.dimension != self.dimension:
            return False
        if self.days and amount.days and not self.days & amount.days:
            return False
        if self.low is not None and not _is_above(amount.value, self.low, self.excludes_low):
            return False
        return self.high is None or _is_above(self.high, amount.value, self.excludes_high)


def amounts_in(question: str) -> tuple[Amount, ...]:
    """Return the durations, sums, measures, times and numbers of people that a question names."""
    days = weekdays_in(question)
    found = (_amount(question, figure, days) for figure in find_figures(question).numbers)
    return tuple(amount for amount in found if amount is not None)


def bounds_in(cell: str, column: str = "") -> Bounds | None:
    """Return the bounds that a table cell holds, None if it holds none.

    A number without a unit takes it from the name of its column: "Travellers", "Amount in EUR".
    """
    if len(cell.split()) > MAX_WORDS:
        return None
    figures = [f for f in find_figures(cell).numbers if f.kind in {"", CLOCK}]
    dimension = next((d for f in figures if (d := _dimension(cell, f))), "") or _of_column(column)
    if not figures or not dimension:
        return None
    return _bounds(cell, figures, dimension, column)


def weekdays_in(text: str) -> frozenset[int]:
    """Return the weekdays that a text names, Monday as 0; "Mon-Fri" names five."""
    days: set[int] = set()
    for match in _DAY_SPAN.finditer(text):
        first = _DAYS.index(match["first"][:3].lower())
        last = _DAYS.index(match["last"][:3].lower()) if match["last"] else first
        days.update(day % 7 for day in range(first, last + 1 if last >= first else last + 8))
    days.update((5, 6) if _WEEKEND.search(text) else ())
    days.update(range(5) if _WEEKDAYS.search(text) else ())
    return frozenset(days)


def _amount(question: str, figure: Figure, days: frozenset[int]) -> Amount | None:
    dimension = _dimension(question, figure)
    return Amount(_in_base(figure), dimension, days) if dimension else None


def _dimension(text: str, figure: Figure) -> str:
    """Return the dimension by the unit of a figure or by what it counts, "" without either."""
    if figure.kind:
        return CLOCK if figure.kind == CLOCK else ""
    if figure.measure is not None:
        return figure.measure.dimension
    after = text[figure.end :]
    if _OF_US.match(after) or _PEOPLE.match(after.lstrip()):
        return COUNT
    return figure.counted


def _in_base(figure: Figure, unit: str = "") -> Decimal:
    measure = figure.measure or (measure_of(unit) if unit else None)
    return figure.amount * (measure.factor if measure else 1)


def _of_column(column: str) -> str:
    measure = measure_of(_unit_of(column))
    if measure is not None:
        return measure.dimension
    if _PEOPLE.search(column):
        return COUNT
    counted = re.findall(r"[^\W\d_]+", column)[-1:]
    return "".join(stem(word.lower()) for word in counted)


def _unit_of(column: str) -> str:
    """Return the last word of a column's name that is a unit, "" if none is."""
    words: list[str] = re.findall(r"[^\W\d_]+|[%€$£¥]", column)
    return next((word for word in reversed(words) if len(word) > 1 and measure_of(word)), "")


def _bounds(cell: str, figures: list[Figure], dimension: str, column: str) -> Bounds | None:
    days, unit = weekdays_in(cell), _unit_of(column)
    first, *others = [(figure, _in_base(figure, unit)) for figure in figures[:2]]
    if others and _TO.fullmatch(cell[first[0].end : others[0][0].start]):
        return Bounds(dimension, first[1], others[0][1], days=days)
    bounds = None
    for figure, value in (first, *others):
        limit = _limit(cell, figure)
        if limit is not None:
            bounds = _limited(bounds or Bounds(dimension, days=days), limit, value)
    return bounds


def _limit(cell: str, figure: Figure) -> tuple[bool, bool] | None:
    """Return whether the words beside a figure make it the lower limit, and exclude it."""
    before, after = _BEFORE.search(cell[: figure.start]), cell[figure.end :]
    if before:
        return bool(before["lower"] or before["since"]), bool(before["lower"] or before["upper"])
    if _AND_MORE.match(after):
        return True, False
    return (False, False) if _AND_LESS.match(after) else None


def _limited(bounds: Bounds, limit: tuple[bool, bool], value: Decimal) -> Bounds:
    is_low, excludes = limit
    if is_low:
        return replace(bounds, low=value, excludes_low=excludes)
    return replace(bounds, high=value, excludes_high=excludes)


def _is_above(value: Decimal, limit: Decimal, excludes: bool) -> bool:
    return value > limit or (value == limit and not excludes)
