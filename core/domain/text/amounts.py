"""Money and times in words, the same on pages, in files and in the terminal."""

_MICROS = 1_000_000


def money(micros: float, currency: str) -> str:
    """Return an amount in its currency; small amounts in hundredths, `0.4 ct`."""
    amount = micros / _MICROS
    if 0 < amount < 0.1 and currency in ("EUR", "USD"):
        return f"{amount * 100:.2g} ct {currency}"
    return f"{amount:,.2f} {currency}"


def seconds(milliseconds: int | None) -> str:
    """Return `1.2 s`; a dash if unknown."""
    return "–" if milliseconds is None else f"{milliseconds / 1000:.1f} s"
