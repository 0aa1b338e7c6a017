"""The days and times that a spreadsheet stores as numbers of days."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ingestion.parsers.numbers.month_names import day_name, month_name, short_day
from ingestion.parsers.numbers.sections import Kind, Piece, Section

DAY = 86_400
# The last day of the year 9999.
LAST_DAY = 2_958_466
EPOCH = datetime(1899, 12, 30)
# Excel counts a 29 February 1900 that did not exist, so that days before it are one off.
LEAP_DAY = 60
MAC_OFFSET = 1_462
"""Days between 1 January 1900 and 1904, from which workbooks of old Macs count."""


def is_day(value: float) -> bool:
    """Tells whether a spreadsheet could show the number as a date."""
    return 0 <= value < LAST_DAY


def moment(value: float, section: Section) -> str:
    """Return day and time; elapsed time is shown in full, also below zero."""
    places = max((len(p.text) - 1 for p in section.pieces if p.kind is Kind.SUBSECOND), default=0)
    seconds = round(abs(value) * DAY, places)
    if any(piece.kind is Kind.ELAPSED for piece in section.pieces):
        sign = "-" if value < 0 and seconds else ""
        return sign + "".join(_shown(section, seconds, None))
    days, rest = divmod(seconds, DAY)
    start = EPOCH + timedelta(days=1 if days < LEAP_DAY else 0)
    return "".join(_shown(section, rest, start + timedelta(days=days)))


def iso(value: float, *, has_time: bool) -> str:
    """Return the day as 2026-03-01, with its time if the format shows one."""
    days, seconds = divmod(round(value * DAY), DAY)
    day = EPOCH + timedelta(days=days + (1 if days < LEAP_DAY else 0))
    return f"{day:%Y-%m-%d}" + (f" {_clock(seconds)}" if has_time and seconds else "")


def _clock(seconds: int) -> str:
    shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return shown + (f":{seconds % 60:02}" if seconds % 60 else "")


def _shown(section: Section, seconds: float, day: datetime | None) -> Iterator[str]:
    pieces = section.pieces
    is_half_day = any(piece.kind is Kind.NOON for piece in pieces)
    for at, piece in enumerate(pieces):
        match piece.kind:
            case Kind.ELAPSED:
                unit = {"h": 3600, "m": 60, "s": 1}[piece.text[0]]
                yield str(int(seconds // unit)).zfill(len(piece.text))
            case Kind.NOON:
                yield ("AM" if seconds < DAY / 2 else "PM")[: 1 if len(piece.text) == 3 else 2]
            case Kind.SUBSECOND:
                yield f"{seconds % 1:.{len(piece.text) - 1}f}"[1:]
            case Kind.DATE:
                letters = piece.text.lower()
                if letters[0] == "m" and not _is_minutes(pieces, at):
                    yield _of_day(letters, day, section.language)
                elif letters[0] in "hms":
                    yield _of_time(letters, seconds, is_half_day=is_half_day)
                else:
                    yield _of_day(letters, day, section.language)
            case _:
                yield piece.text


def _is_minutes(pieces: Sequence[Piece], at: int) -> bool:
    """Tells whether `m` means minutes: behind hours or before seconds, else it is the month."""
    signs = [(i, p) for i, p in enumerate(pieces) if p.kind in (Kind.DATE, Kind.ELAPSED)]
    before = [piece.text[0] for i, piece in signs if i < at]
    after = [piece.text[0] for i, piece in signs if i > at]
    return bool(before and before[-1] in "hH") or bool(after and after[0] in "sS")


def _of_time(letters: str, seconds: float, *, is_half_day: bool) -> str:
    match letters[0]:
        case "h":
            hour = int(seconds // 3600) % 24
            number = (hour % 12 or 12) if is_half_day else hour
        case "m":
            number = int(seconds // 60) % 60
        case _:
            number = int(seconds) % 60
    return str(number).zfill(min(len(letters), 2))


def _of_day(letters: str, day: datetime | None, language: int) -> str:
    if day is None:
        return ""
    match letters[0], len(letters):
        case "y", length:
            return f"{day.year:04}" if length > 2 else f"{day.year % 100:02}"
        case "m", 1 | 2 as length:
            return str(day.month).zfill(length)
        case "m", length:
            name = month_name(day.month, language)
            return {3: name[:3], 5: name[:1]}.get(length, name)
        case _, 1 | 2 as length:
            return str(day.day).zfill(length)
        case _, 3:
            return short_day(day.weekday(), language)
        case _:
            return day_name(day.weekday(), language)
