"""Numbers as the digits of a format show them: decimals, thousands, percent, powers, fractions."""

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from ingestion.parsers.numbers.sections import Kind, Piece, Plain

MAX_DENOMINATOR_DIGITS = 5
# Excel keeps fifteen digits of a number, and as many are shown correctly.
PRECISION = 15
# Room for the largest number and the longest format.
ROOMY = Context(prec=1_500, rounding=ROUND_HALF_UP)


def general(value: float) -> str:
    """Show a number without a format: ten significant digits, so that 0.1 + 0.2 is 0.3."""
    if not math.isfinite(value):
        return str(value)
    if value == int(value):
        return f"{value:.0f}" if abs(value) < 1e15 else f"{value:.10g}"
    return f"{value:.10g}"


def number(value: float, pieces: Sequence[Piece]) -> str:
    """Show a number that is not negative as the pieces of its section say."""
    if not any(piece.kind is Kind.DIGIT for piece in pieces):
        return "".join(
            general(value) if piece.kind is Kind.GENERAL else piece.text for piece in pieces
        )
    percents = sum(piece.kind is Kind.PERCENT for piece in pieces)
    exact = _exact(value) * 100**percents
    if _is_fraction(pieces):
        return _fraction(exact, pieces)
    if any(piece.kind is Kind.EXPONENT for piece in pieces):
        return _power(exact, pieces)
    return _places(exact, pieces)


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.{PRECISION}g}")


def plain_number(value: float, plain: Plain) -> str:
    """Show a number that is not negative in one of the usual formats."""
    rounded = _rounded(_exact(value), plain.places)
    shown = f"{rounded:,f}" if plain.has_groups else f"{rounded:f}"
    return f"{plain.before}{shown}{plain.after}"


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal((0, (1,), -places)), context=ROOMY)


def _places(value: Decimal, pieces: Sequence[Piece]) -> str:
    """Show the whole part, right to left, then the decimals, left to right."""
    point = next((i for i, p in enumerate(pieces) if p.kind is Kind.POINT), len(pieces))
    whole, rest = pieces[:point], pieces[point:]
    value = value.scaleb(-3 * _thousands_left_out(whole, rest))
    places = sum(piece.kind is Kind.DIGIT for piece in rest)
    rounded = _rounded(value, places)
    before, _, after = f"{rounded:f}".partition(".")
    return _whole(before.lstrip("0"), whole) + _decimals(after, rest)


def _thousands_left_out(whole: Sequence[Piece], rest: Sequence[Piece]) -> int:
    """Count the commas behind the last digit: `0,` shows thousands, `0.0,,` millions."""
    count = 0
    for part in (whole, rest):
        digits = [i for i, piece in enumerate(part) if piece.kind is Kind.DIGIT]
        for piece in part[digits[-1] + 1 :] if digits else ():
            if piece.kind is not Kind.COMMA:
                break
            count += 1
    return count


def _whole(digits: str, pieces: Sequence[Piece]) -> str:
    placed = [i for i, piece in enumerate(pieces) if piece.kind is Kind.DIGIT]
    if not placed:
        return (digits or "0") + "".join(p.text for p in pieces if p.kind is not Kind.COMMA)
    has_groups = any(piece.kind is Kind.COMMA for piece in pieces[placed[0] : placed[-1]])
    shown, left, taken = "", digits, 0
    for at in range(len(pieces) - 1, -1, -1):
        piece = pieces[at]
        if piece.kind is not Kind.DIGIT:
            shown = ("" if piece.kind is Kind.COMMA else piece.text) + shown
            continue
        # The first place takes all digits that are left.
        more = left if at == placed[0] else left[-1:]
        left = left[: len(left) - len(more)]
        for digit in reversed(more or ("0" if piece.text == "0" else "")):
            shown = digit + ("," if has_groups and taken and taken % 3 == 0 else "") + shown
            taken += 1
    return shown


def _decimals(digits: str, pieces: Sequence[Piece]) -> str:
    """Show decimals; `#` leaves out zeros at the end, and the point with the last of them."""
    signs = [piece.text for piece in pieces if piece.kind is Kind.DIGIT]
    significant = len(digits)
    while significant and signs[significant - 1] != "0" and digits[significant - 1] == "0":
        significant -= 1
    shown, at = "", 0
    for piece in pieces:
        match piece.kind:
            case Kind.POINT:
                shown += piece.text if not shown and (significant or not signs) else ""
            case Kind.DIGIT:
                shown += digits[at] if at < significant else ""
                at += 1
            case Kind.COMMA:
                pass
            case _:
                shown += piece.text
    return shown


def _power(value: Decimal, pieces: Sequence[Piece]) -> str:
    """Show `0.00E+00`; with three places before the point the exponent goes in threes."""
    at = next(i for i, piece in enumerate(pieces) if piece.kind is Kind.EXPONENT)
    mantissa, tail = pieces[:at], pieces[at + 1 :]
    point = next((i for i, p in enumerate(mantissa) if p.kind is Kind.POINT), at)
    steps = max(sum(piece.kind is Kind.DIGIT for piece in mantissa[:point]), 1)
    exponent = (value.adjusted() // steps) * steps if value else 0
    shown = _places(value.scaleb(-exponent), mantissa)
    sign = "-" if exponent < 0 else "+" if "+" in pieces[at].text else ""
    return f"{shown}E{sign}{_places(Decimal(abs(exponent)), tail)}"


def _is_fraction(pieces: Sequence[Piece]) -> bool:
    """Tells whether a slash stands between digits: `# ?/?`, `0/8`."""
    at = next((i for i, piece in enumerate(pieces) if piece.kind is Kind.SLASH), None)
    if not at or at + 1 >= len(pieces):
        return False
    return pieces[at - 1].kind is Kind.DIGIT and (
        pieces[at + 1].kind is Kind.DIGIT or pieces[at + 1].text.isdecimal()
    )


def _fraction(value: Decimal, pieces: Sequence[Piece]) -> str:
    """Show a whole number, a fraction, or both if neither is zero, and the words around them."""
    at = next(i for i, piece in enumerate(pieces) if piece.kind is Kind.SLASH)
    start = at
    while start and pieces[start - 1].kind is Kind.DIGIT:
        start -= 1
    end = at + 1
    while end < len(pieces) and (pieces[end].kind is Kind.DIGIT or pieces[end].text.isdecimal()):
        end += 1
    before, after = pieces[:start], "".join(piece.text for piece in pieces[end:])
    has_whole = any(piece.kind is Kind.DIGIT for piece in before)
    exact = _nearest(Fraction(value), "".join(piece.text for piece in pieces[at + 1 : end]))
    whole, rest = divmod(exact, 1) if has_whole else (0, exact)
    lead = _places(Decimal(whole), before) if has_whole else "".join(p.text for p in before)
    if not rest and has_whole:
        return (lead.rstrip() if whole else lead.rstrip() or "0") + after
    fixed = "".join(piece.text for piece in pieces[at + 1 : end])
    scale = int(fixed) // rest.denominator if fixed.isdecimal() and int(fixed) else 1
    return f"{lead}{rest.numerator * scale}/{rest.denominator * scale}{after}"


def _nearest(value: Fraction, denominator: str) -> Fraction:
    """Return the nearest fraction with this denominator, or with as many digits."""
    if denominator.isdecimal() and int(denominator):
        return Fraction(round(value * int(denominator)), int(denominator))
    digits = min(max(len(denominator), 1), MAX_DENOMINATOR_DIGITS)
    return value.limit_denominator(10**digits - 1)
