"""How a spreadsheet shows a value: dates, decimals, percent signs and currencies."""

import re
from datetime import date, datetime, time, timedelta

CURRENCY = re.compile(r"\[\$([^\]-]+)(?:-[^\]]*)?\]|([€$£¥])|\"\s*([A-Z]{3}|[€$£¥])\s*\"")
DECIMALS = re.compile(r"0\.(0+)")
LITERALS = re.compile(r'\[[^\]]*\]|"[^"]*"|\\.|_.')


def shown(value: object, number_format: str = "General") -> str:
    """The value as a reader of the sheet sees it; empty for None."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return _number(value, (number_format or "General").split(";")[0])
        case datetime():
            return _moment(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)


def _moment(value: datetime) -> str:
    is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
    return value.date().isoformat() if is_day else value.strftime("%Y-%m-%d %H:%M")


def _number(value: float, number_format: str) -> str:
    plain = LITERALS.sub("", number_format)
    if "%" in plain:
        return f"{_decimal(value * 100, plain)}%"
    if not any(digit in plain for digit in "0#"):
        return _general(value)
    return _with_currency(_decimal(value, plain), number_format)


def _decimal(value: float, plain_format: str) -> str:
    found = DECIMALS.search(plain_format)
    places = len(found.group(1)) if found else 0
    if not found and "." in plain_format:
        return _general(value)
    if "E" in plain_format.upper():
        return f"{value:.{places}E}"
    return f"{value:{',' if ',' in plain_format else ''}.{places}f}"


def _general(value: float) -> str:
    # Ten significant digits, as a spreadsheet shows: 0.1 + 0.2 is 0.3.
    if isinstance(value, int) or value.is_integer():
        return f"{value:.0f}" if abs(value) < 1e15 else f"{value:.10g}"
    return f"{value:.10g}"


def _with_currency(number: str, number_format: str) -> str:
    found = CURRENCY.search(number_format)
    if found is None:
        return number
    symbol = next(group for group in found.groups() if group).strip()
    is_before = found.start() < max(number_format.find("0"), number_format.find("#"))
    return f"{symbol}{number}" if is_before and len(symbol) == 1 else f"{number} {symbol}"
