"""The value of a spreadsheet cell as its number format shows it."""

import math
import operator

from ingestion.parsers.building import one_line
from ingestion.parsers.numbers import dates
from ingestion.parsers.numbers.digits import general, number, plain_number
from ingestion.parsers.numbers.sections import Kind, Section, sections_of

# Formats that each system shows in its own way, and that programs write for a day without a time.
# They are shown in the one spelling that nobody misreads.
OF_THE_SYSTEM = frozenset(
    (
        *("mm-dd-yy", "m/d/yy h:mm", "m/d/yyyy", "m/d/yyyy h:mm"),
        *("yyyy-mm-dd h:mm:ss", "yyyy-mm-dd hh:mm:ss"),
    )
)
COMPARED = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "=": operator.eq,
    "<>": operator.ne,
}


def shown_number(value: float, number_format: str, *, days_before: int = 0) -> str:
    """Show a number as its format does, on one line.

    Days count from 30 December 1899, or from `days_before` days after it.
    """
    sections = sections_of(number_format or "General")
    if not math.isfinite(value):
        return general(value)
    at = _chosen(value, sections)
    section = sections[at]
    if section.plain is not None:
        shown = plain_number(abs(value), section.plain).strip()
        return f"-{shown}" if value < 0 and _needs_sign(at, sections, shown) else shown
    if section.is_date:
        return one_line(_date(value, section, number_format, days_before))
    if section.is_text and len(sections) < 4:
        return general(value)
    if any(piece.kind is Kind.GENERAL for piece in section.pieces) and len(section.pieces) == 1:
        return general(value)
    shown = one_line(number(abs(value), section.pieces))
    return f"-{shown}" if value < 0 and _needs_sign(at, sections, shown) else shown


def shown_text(text: str, number_format: str) -> str:
    """Show words as the last section of their format does, such as `"Gate "@`."""
    if "@" not in number_format or number_format == "@":
        return text
    section = sections_of(number_format)[-1]
    if not section.is_text:
        return text
    return "".join(text if p.kind is Kind.TEXT else p.text for p in section.pieces)


def hides(number_format: str) -> bool:
    """Tells whether the format shows nothing at all, as `;;;` does."""
    sections = sections_of(number_format)
    return len(sections) > 2 and not any(s.pieces for s in sections)


def _date(value: float, section: Section, number_format: str, days_before: int) -> str:
    is_elapsed = any(piece.kind is Kind.ELAPSED for piece in section.pieces)
    value += 0 if is_elapsed else days_before
    if not is_elapsed and not dates.is_day(value):
        return general(value)
    if section.language == -1 or number_format.lower() in OF_THE_SYSTEM:
        letters = {piece.text[0].lower() for piece in section.pieces if piece.kind is Kind.DATE}
        if "y" in letters:
            return dates.iso(value, has_time="h" in letters)
    return dates.moment(value, section)


def _chosen(value: float, sections: tuple[Section, ...]) -> int:
    """Return which section shows the number: the first whose condition holds, set or usual."""
    if any(section.condition for section in sections):
        return _by_condition(value, sections[:3])
    if value < 0 and len(sections) > 1:
        return 1
    if value == 0 and len(sections) > 2:
        return 2
    return 0


def _by_condition(value: float, sections: tuple[Section, ...]) -> int:
    for at, section in enumerate(sections):
        condition = section.condition
        if condition is not None and COMPARED[condition[0]](value, condition[1]):
            return at
    open_ones = [at for at, section in enumerate(sections) if section.condition is None]
    return open_ones[0] if open_ones else len(sections) - 1


def _needs_sign(at: int, sections: tuple[Section, ...], shown: str) -> bool:
    """Tells whether a minus is missing: a section for negatives has its own sign or colour."""
    if not any(char in "123456789" for char in shown):
        return False
    section = sections[at]
    if section.condition is not None:
        return not section.has_sign
    return at != 1 or (section.has_colour and not section.has_sign)
