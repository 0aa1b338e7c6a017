"""Invitations in e-mails: what happens, when and where, in words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from icalendar import Calendar, Component

from ingestion.parsers.building import one_line

MAX_EVENTS = 20
MAX_CALENDAR = 200_000  # characters
CANCELLED = "CANCEL"


def invitation(calendar: str, zone: tzinfo | None) -> str:
    """Return the events of a calendar part in words; empty if it cannot be read.

    A time in UTC is shown in `zone`, where the e-mail was sent; others stay as written.
    """
    if len(calendar) > MAX_CALENDAR:
        return ""
    try:
        parsed = Calendar.from_ical(calendar)
        events = list(parsed.walk("VEVENT"))[:MAX_EVENTS]
        is_cancelled = str(parsed.get("METHOD", "")).upper() == CANCELLED
        return "\n\n".join("\n".join(_lines(e, zone, is_cancelled=is_cancelled)) for e in events)
    # icalendar raises ValueError, and other errors for values of an unexpected kind.
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""


def _lines(event: Component, zone: tzinfo | None, *, is_cancelled: bool) -> Iterator[str]:
    name = one_line(str(event.get("SUMMARY", "")))
    yield f"{'Cancelled event' if is_cancelled else 'Event'}: {name}"
    start = event.decoded("DTSTART", None)
    if start is not None:
        yield f"When: {_span(start, _end(event, start), zone)}"
    for label, field in (("Where", "LOCATION"), ("About", "DESCRIPTION")):
        if text := one_line(str(event.get(field, ""))):
            yield f"{label}: {text}"
    if event.get("RRULE"):
        yield "It is repeated."


def _end(event: Component, start: date) -> date | None:
    if event.get("DTEND") is not None:
        end: date = event.decoded("DTEND")
        # A whole day ends where the next begins (RFC 5545, 3.6.1).
        return end if isinstance(end, datetime) else end - timedelta(days=1)
    if event.get("DURATION") is not None:
        after: timedelta = event.decoded("DURATION")
        return start + after
    return None


def _span(start: date, end: date | None, zone: tzinfo | None) -> str:
    begins, ends = _local(start, zone), None if end is None else _local(end, zone)
    if ends is None or ends == begins:
        return _moment(begins)
    is_same_day = _day(begins) == _day(ends)
    if is_same_day and isinstance(ends, datetime):
        return f"{_moment(begins)} to {ends:%H:%M}"
    return f"{_moment(begins)} to {_moment(ends)}"


def _local(moment: date, zone: tzinfo | None) -> date:
    is_utc = isinstance(moment, datetime) and moment.utcoffset() == timedelta(0)
    return moment.astimezone(zone or UTC) if isinstance(moment, datetime) and is_utc else moment


def _moment(moment: date) -> str:
    return f"{_day(moment)}, {moment:%H:%M}" if isinstance(moment, datetime) else _day(moment)


def _day(moment: date) -> str:
    return f"{moment:%A} {moment.day} {moment:%B %Y}"
