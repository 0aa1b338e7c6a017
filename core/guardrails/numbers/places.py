"""Finds the offsets at which a pattern is worth trying.

A pattern looks at every character, and some thirty of them look at every text. Most texts hold no
number and none of the words; finding where they do takes a fraction of the time.
"""

import re
from collections.abc import Iterator, Sequence

Span = tuple[int, int]

# Five digits or more with up to three other characters between them, or some capital letters.
_ROW = re.compile(r"\d(?:(?:\D{0,3}|[A-Z]{4,9})\d){4,}")
LEAD, TAIL = 12, 64
"""How many characters before and after the digits a pattern may match or examine."""

# Other letters that Python equates with i, k or s when it ignores case.
_SAME_LETTERS = frozenset("İıſ\N{KELVIN SIGN}")


def digit_rows(text: str) -> tuple[Span, ...]:
    """Return where at least five digits stand close together, with what surrounds them.

    No two ranges overlap.
    """
    rows: list[Span] = []
    for match in _ROW.finditer(text):
        start, end = max(0, match.start() - LEAD), match.end() + TAIL
        if rows and start <= rows[-1][1]:
            rows[-1] = (rows[-1][0], end)
        else:
            rows.append((start, end))
    return tuple(rows)


def among(pattern: re.Pattern[str], text: str, rows: Sequence[Span]) -> Iterator[re.Match[str]]:
    """Return what `finditer` finds, for a pattern that needs five digits close together.

    It may take in `LEAD` characters before the first digit, and look at `TAIL` behind the last.
    """
    for start, end in rows:
        yield from pattern.finditer(text, start, end)


def starting(
    pattern: re.Pattern[str], text: str, folded: str | None, words: Sequence[str]
) -> Iterator[re.Match[str]]:
    """Return what `finditer` finds, for a pattern that begins with one of these words in any case.

    `folded` is the text as `fold` gives it, in which the words are looked for.
    """
    if folded is None:
        yield from pattern.finditer(text)
        return
    last = 0
    for offset in sorted({offset for word in words for offset in _places(folded, word)}):
        match = pattern.match(text, offset) if offset >= last else None
        if match:
            last = match.end()
            yield match


def around(
    pattern: re.Pattern[str], text: str, folded: str | None, words: Sequence[str], *, reach: int
) -> Iterator[re.Match[str]]:
    """Return what `finditer` finds within `reach` characters of one of these words in any case.

    `folded` is the text as `fold` gives it, in which the words are looked for.
    """
    if folded is None:
        yield from pattern.finditer(text)
        return
    ranges: list[Span] = []
    for offset in sorted({offset for word in words for offset in _places(folded, word)}):
        start, end = max(0, offset - reach), offset + reach
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    for start, end in ranges:
        yield from pattern.finditer(text, start, end)


def fold(text: str) -> str | None:
    """Return the text in small letters, place for place; None where letters may pass for others."""
    if not text.isascii() and not _SAME_LETTERS.isdisjoint(text):
        return None
    folded = text.lower()
    return folded if len(folded) == len(text) else None


def holds(folded: str | None, *words: str) -> bool:
    """Return whether a text may hold one of these words, in any case."""
    return folded is None or any(word in folded for word in words)


def _places(text: str, word: str) -> Iterator[int]:
    offset = text.find(word)
    while offset >= 0:
        yield offset
        offset = text.find(word, offset + 1)
