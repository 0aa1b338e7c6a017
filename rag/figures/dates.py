"""Finds dates in any spelling: 2026-03-01, 1 March 2026, 01.03.2026, 3/1/2026, März 2026."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from core.domain.text.abbreviations import MONTHS

_NAME = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
# After a day or before a year, month names of other languages are as clear, except those that are
# English words in lower case.
_FOREIGN = "|".join(
    sorted((n for n in MONTHS if not re.fullmatch(f"(?i:{_NAME})|ago", n)), key=len, reverse=True)
)
_ANY_NAME = f"(?:{_NAME}|(?i:{_FOREIGN}))"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_YEAR = r"(?:1\d{3}|20\d{2})"
# "May" alone is a month only after these words; elsewhere it may be the verb.
_PREPOSITIONS = "in by until since from of during early late mid to and between before after"
_BEFORE_MAY = "(?:" + "|".join(rf"(?<=\b{word}[\s-])" for word in _PREPOSITIONS.split()) + ")"
_DATE = re.compile(
    rf"""
      \b(?P<iso_y>{_YEAR})-(?P<iso_m>0[1-9]|1[0-2])-(?P<iso_d>{_DAY})\b
    | \b(?P<one>\d{{1,2}})(?P<sep>[./])(?P<two>\d{{1,2}})(?P=sep)(?P<num_y>{_YEAR}|\d\d)\b
    | \b(?P<d1>{_DAY})(?:st|nd|rd|th|er|º|\.)?\s+(?:(?:of|de|di)\s+)?(?P<m1>{_ANY_NAME})\b\.?
        (?:,?\s+(?:del?\s+)?(?P<y1>{_YEAR})\b)?
    | \b(?P<m2>{_NAME})\b\.?\s+(?:the\s+)?(?P<d2>{_DAY})(?:st|nd|rd|th)?\b(?!\s*[:%]|[.,]\d)
        (?:,?\s+(?P<y2>{_YEAR})\b)?
    | \b(?P<m3>{_ANY_NAME})\b\.?,?\s+(?:(?:of|del?)\s+)?(?P<y3>{_YEAR})\b
    | \b(?P<m4>January|February|March|April|June|July|August|September|October|November|December
        |Januar|Februar|März|Juni|Juli|Oktober|Dezember)\b
    | {_BEFORE_MAY}(?P<m5>May)\b(?!\s+(?:I|we|you|be|not|\d))
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as far as it is given; 0 stands for a missing part.

    `is_open` says that day and month may be the other way round (03/04/2026).
    """

    text: str
    start: int
    end: int
    year: int = 0
    month: int = 0
    day: int = 0
    is_open: bool = False

    @property
    def numbers(self) -> frozenset[int]:
        """The parts that a text may give as plain numbers."""
        return frozenset({self.year, self.day, self.year % 100 if self.year else 0} - {0})


def find_dates(text: str) -> Iterator[DateMention]:
    """Yield all dates in reading order."""
    for match in _DATE.finditer(text):
        date = _mention(match)
        if date is not None:
            yield date


def _mention(match: re.Match[str]) -> DateMention | None:
    parts = match.groupdict()
    if parts["iso_y"]:
        return _dated(match, parts["iso_y"], int(parts["iso_m"]), parts["iso_d"])
    if parts["one"]:
        return _numeric(match, int(parts["one"]), int(parts["two"]), parts["num_y"])
    month = next(parts[f"m{i}"] for i in range(1, 6) if parts[f"m{i}"]).lower()
    is_sentence_start = match.start() == 0 or match.string[: match.start()].rstrip()[-1:] == "."
    if parts["m4"] == "March" and is_sentence_start:
        return None
    year = parts["y1"] or parts["y2"] or parts["y3"]
    return _dated(match, year, MONTHS[month], parts["d1"] or parts["d2"])


def _dated(match: re.Match[str], year: str | None, month: int, day: str | None) -> DateMention:
    return DateMention(match.group(), *match.span(), int(year or 0), month, int(day or 0))


def _numeric(match: re.Match[str], first: int, second: int, year: str) -> DateMention | None:
    """Return day and month in the order that is possible; with dots the day comes first."""
    full = int(year) if len(year) == 4 else 2000 + int(year)
    day, month = (second, first) if second > 12 else (first, second)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    is_open = match["sep"] == "/" and first <= 12 and second <= 12
    return DateMention(match.group(), *match.span(), full, month, day, is_open)
