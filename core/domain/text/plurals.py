"""Numbers with their noun, in the right form."""


def count(number: int, noun: str, plural: str = "") -> str:
    """`3 sources`, `1 source`; `plural` where it is more than an s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
