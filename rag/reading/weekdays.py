"""Reads the days of the week that a text names."""

import re

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})s?\b", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|to|through|until)\s*", re.IGNORECASE)


def weekdays_in(text: str) -> frozenset[int]:
    """Return the days that a text names, Monday as 0; "Monday to Friday" names five."""
    days: set[int] = set()
    last: re.Match[str] | None = None
    for match in _DAY.finditer(text):
        day = _number(match)
        days.add(day)
        if last and _RANGE.fullmatch(text, last.end(), match.start()):
            days.update(_between(_number(last), day))
        last = match
    return frozenset(days)


def _number(match: re.Match[str]) -> int:
    return _DAYS.index(match[1].lower())


def _between(first: int, last: int) -> range | tuple[int, ...]:
    return range(first, last) if first <= last else (*range(first, 7), *range(last))
