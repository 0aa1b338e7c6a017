"""Dates as people write them: `9 November 2026`, without a zero before the day."""

from datetime import date


def long_date(day: date) -> str:
    """Return `9 November 2026` of a date or a moment, which is taken in its own time zone."""
    return f"{day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """Return `9 Nov 2026`."""
    return f"{day_and_month(day)} {day.year}"


def day_and_month(day: date) -> str:
    """Return `9 Nov`."""
    return f"{day.day} {day:%b}"
