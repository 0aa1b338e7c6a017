"""Months, each given by its first day."""

from datetime import date, timedelta


def month_of(day: date) -> date:
    """Return the month of a day."""
    return day.replace(day=1)


def later(month: date, number: int) -> date:
    """Return the month so many months later, or earlier for a negative number."""
    years, months = divmod(month.month - 1 + number, 12)
    return date(month.year + years, months + 1, 1)


def months(first: date, last: date) -> list[date]:
    """Return the months from that of `first` to that of `last`, none if that is earlier."""
    number = (last.year - first.year) * 12 + last.month - first.month + 1
    return [later(month_of(first), place) for place in range(number)]


def last_day(month: date) -> date:
    """Return the last day of a month."""
    return later(month, 1) - timedelta(days=1)
