"""Finds the hardware addresses of machines (MAC)."""

import re
from collections.abc import Iterator

from core.guardrails.numbers.places import Span

# Without the first characters: a pattern that begins with a sign is quick to look for.
_PAIRS = re.compile(r"(?P<joint>[:-])(?:[0-9A-Fa-f]{2}(?P=joint)){4}[0-9A-Fa-f]{2}(?![\w:-])")
_FOURS = re.compile(r"\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w]|\.\w)")
_FIRST_PAIR = re.compile(r"(?<![\w:.-])[0-9A-Fa-f]{2}\Z")
_FIRST_FOUR = re.compile(r"(?<![\w.])[0-9A-Fa-f]{4}\Z")


def device_addresses(text: str) -> Iterator[Span]:
    """Find addresses of network cards; with dots only if one of their characters is a letter."""
    for rest, first, length in ((_PAIRS, _FIRST_PAIR, 2), (_FOURS, _FIRST_FOUR, 4)):
        for match in rest.finditer(text):
            start = match.start() - length
            is_whole = start >= 0 and first.search(text, start, match.start()) is not None
            has_letter = any(char.isalpha() for char in text[max(0, start) : match.end()])
            if is_whole and (has_letter or length == len("00")):
                yield start, match.end()
