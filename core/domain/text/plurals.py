"""Writes numbers with their noun in the right form."""


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, `3 sources` or `1 source`; `plural` is for irregular nouns."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
