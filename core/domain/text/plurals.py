"""Writes numbers with their noun in the right form."""


def count(number: int, noun: str, plural: str = "") -> str:
    """Return `3 sources` or `1 source`; `plural` is needed where it is more than an added s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
