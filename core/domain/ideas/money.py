"""Amounts of money: decimal numbers for people, millionths of the currency unit in tables."""

from decimal import ROUND_HALF_EVEN, Decimal

DIGITS = 6


def from_micros(micros: int | None) -> Decimal | None:
    """Return the amount, None where it is unknown."""
    return None if micros is None else Decimal(micros).scaleb(-DIGITS)


def to_micros(amount: Decimal | None) -> int | None:
    """Return the amount as it is stored."""
    if amount is None:
        return None
    return int(amount.scaleb(DIGITS).to_integral_value(rounding=ROUND_HALF_EVEN))
