"""Compares two things: the words for both of them, and their rows where one table has both."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.domain.knowledge import Chunk
from core.domain.text.sentences import TextUnit
from core.domain.text.table_rows import cells_of
from rag.compiling.compilation import Compilation, Section, rows_of
from rag.reading.blocks import Block, blocks_of

MOST_NAME_WORDS = 3
"""Words of a second thing that may be only the name, as in "hotel limits of London and Paris"."""
LEAST_NAMED = 0.5
"""The share of what both have in common that must stand in or above their table."""

_LINKING = re.compile(
    r"\s(?:of|in|for|at|on|from|to|during|under|per|after|before)\s(?:the\s)?", re.IGNORECASE
)

# Names as one writes them, and what is asked of the last of them.
_NAME = re.compile(r"[A-ZÀ-Þ][\w.-]*(?:\s[A-ZÀ-Þ][\w.-]*)?")
_NAME_AND_THING = re.compile(rf"{_NAME.pattern}\s(?P<thing>[a-zß-ÿ][\w-]*(?:\s[a-zß-ÿ][\w-]*)*)")

Terms = Callable[[str], Sequence[str]]


def both_sides(subject: str, other: str) -> tuple[str, str]:
    """Return two things that are compared, each with the words that were said only once.

    "Hotel limits of London" and "Paris" become "hotel limits of Paris"; of "annual" and "sick
    leave", the first becomes "annual leave"; of "London" and "Paris hotel limits", "London hotel
    limits".
    """
    first, second = " ".join(subject.split()), " ".join(other.split())
    link = _LINKING.search(first)
    is_name = len(second.split()) <= MOST_NAME_WORDS and not _LINKING.search(f" {second} ")
    if link and is_name and not set(first[: link.start()].split()) & set(second.split()):
        return first, f"{first[: link.end()]}{second}"
    words, others = first.split(), second.split()
    if len(words) == 1 and len(others) == 2 and words[0].islower() and others[0].islower():
        return f"{first} {others[-1]}", second
    named = _NAME_AND_THING.fullmatch(second)
    if named and _NAME.fullmatch(first):
        return f"{first} {named['thing']}", second
    return first, second


@dataclass(frozen=True, slots=True)
class _Sides:
    """The terms that tell two sides apart, and those that they share."""

    first: frozenset[str]
    second: frozenset[str]
    shared: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of both sides in one table."""

    chunk: Chunk
    block: Block
    first: TextUnit
    second: TextUnit
    named: float


def rows_of_both(
    subject: str, other: str, passages: Sequence[Chunk], terms: Terms
) -> Compilation | None:
    """Return the rows of two things with the names of their columns, if one table has both."""
    one, two = frozenset(terms(subject)), frozenset(terms(other))
    sides = _Sides(one - two, two - one, one & two)
    if not sides.first or not sides.second:
        return None
    found = [rows for chunk in passages for rows in _tables(chunk, sides, terms)]
    if not found:
        return None
    best = max(found, key=lambda rows: rows.named)
    excerpt = rows_of(best.chunk, best.block, [best.first, best.second], highlighted=[0, 1])
    return Compilation((Section((excerpt,), lead=_lead(best.first, best.second)),))


def _lead(first: TextUnit, second: TextUnit) -> str:
    """Return both values at a glance, "" where a row has more than a name and a value."""
    rows = [cells_of(row.text) for row in (first, second)]
    return ", ".join(map(": ".join, rows)) if all(len(row) == 2 for row in rows) else ""


def _tables(chunk: Chunk, sides: _Sides, terms: Terms) -> Iterator[_Rows]:
    for block in blocks_of(chunk):
        if not block.is_table:
            continue
        first, second = (_row(block, side, terms) for side in (sides.first, sides.second))
        if first is None or second is None or first == second:
            continue
        around = " ".join((chunk.document_title, *block.headings, *block.columns, first.text))
        named = frozenset(terms(around))
        share = len(sides.shared & named) / len(sides.shared) if sides.shared else 1.0
        if share >= LEAST_NAMED:
            yield _Rows(chunk, block, first, second, share)


def _row(block: Block, side: frozenset[str], terms: Terms) -> TextUnit | None:
    """Return the one row with all terms of a side, None if there are none or several."""
    rows = [piece for piece in block.pieces if side <= frozenset(terms(piece.text))]
    return rows[0] if len(rows) == 1 else None
