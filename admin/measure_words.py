"""Measures in words: the same on pages, in files and in the terminal."""

from admin.measures import Measure, Unit
from core.domain.text.amounts import money, seconds

TOO_FEW = "Too few"
NONE = "–"


def value_of(measure: Measure, currency: str) -> str:
    """Return `77.1%`, `1.2 s` or `12`; `Too few` where there are cases, but too few for a rate."""
    if measure.value is not None:
        return amount(measure.value, measure.definition.unit, currency)
    return TOO_FEW if measure.cases else NONE


def amount(number: float, unit: Unit, currency: str) -> str:
    """Return a number with its unit."""
    match unit:
        case Unit.SHARE:
            return f"{number:.1%}"
        case Unit.RETURN:
            return f"{number:+.0%}"
        case Unit.MONEY:
            return money(number, currency)
        case Unit.MILLISECONDS:
            return seconds(round(number))
        case Unit.DAYS:
            return f"{number:,.1f} days"
        case Unit.NUMBER:
            return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def interval_of(measure: Measure) -> str:
    """Return `63.5% to 86.7%`; empty without one."""
    if measure.interval is None:
        return ""
    return f"{measure.interval.low:.1%} to {measure.interval.high:.1%}"
