"""Finds the tables and lists that hold all of something, whole."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from core.domain.knowledge import Chunk
from core.domain.text.plurals import count
from core.domain.text.sentences import TextUnit, UnitKind
from core.domain.text.table_rows import cells_of
from rag.compiling.compilation import Compilation, Excerpt, Section, rows_of, words_of
from rag.reading.blocks import Block, blocks_of

MOST_ROWS = 60
"""Rows of a table that are shown; the number of the others is told."""
LEAST_ITEMS = 2
MOST_LISTS = 3
NEARLY_AS_GOOD = 0.6
"""How far behind the best a table or list may be to be shown as well."""

_BEFORE_PLACE = re.compile(r"\s(?:of|in|for|at|on|by|from|with|per|to|during)\s", re.IGNORECASE)

Terms = Callable[[str], Sequence[str]]


@dataclass(slots=True)
class _Entries:
    """The rows of a table, perhaps through several passages, or the items of a list.

    `caption` is the sentence before them.
    """

    chunk: Chunk
    block: Block
    pieces: list[TextUnit]
    caption: str = ""
    chunks: list[Chunk] = field(default_factory=list)

    @property
    def is_table(self) -> bool:
        return self.block.is_table


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is listed: all its terms, and those of its head, as "fee" of "fees for parking"."""

    terms: frozenset[str]
    head: frozenset[str]


def whole_lists(subject: str, passages: Sequence[Chunk], terms: Terms) -> Compilation | None:
    """Return the tables and lists of these things among passages, the best first, None without.

    `passages` are in the order of their documents, so that a table goes on in the next one.
    """
    wanted = _wanted(subject, terms)
    if not wanted.head:
        return None
    rated = [(_fit(entries, wanted, terms), entries) for entries in _all_entries(passages)]
    fitting = sorted((r for r in rated if r[0]), key=lambda r: (-r[0], r[1].chunk.id))
    if not fitting:
        return None
    best = fitting[0][0]
    shown = [entries for fit, entries in fitting if best - fit <= NEARLY_AS_GOOD]
    excerpts = tuple(_excerpt(entries, wanted, terms) for entries in shown[:MOST_LISTS])
    return Compilation((Section(excerpts, "", _note(shown)),))


def around(passages: Sequence[Chunk], found_ids: Collection[int]) -> list[Chunk]:
    """Return the passages found, with those that their tables begin and go on in.

    `passages` are whole documents, each in its order.
    """
    near: set[int] = set()
    for place, chunk in enumerate(passages):
        if chunk.id not in found_ids:
            continue
        first = last = place
        while first > 0 and _goes_on_from(passages[first - 1], passages[first]):
            first -= 1
        while last + 1 < len(passages) and _goes_on_from(passages[last], passages[last + 1]):
            last += 1
        near.update(range(first, last + 1))
    return [passages[place] for place in sorted(near)]


def _goes_on_from(before: Chunk, chunk: Chunk) -> bool:
    """Return whether a passage begins with rows and the one before it ends with some."""
    is_next = before.version_id == chunk.version_id and chunk.ordinal == before.ordinal + 1
    lines = (before.text.rstrip().rpartition("\n")[2], chunk.text.lstrip().partition("\n")[0])
    return is_next and all(len(cells_of(line)) > 1 for line in lines)


def _wanted(subject: str, terms: Terms) -> _Wanted:
    named = _BEFORE_PLACE.split(f"{subject} ", maxsplit=1)[0]
    last = terms(named)[-1:]
    return _Wanted(frozenset(terms(subject)), frozenset(last))


def _note(shown: Sequence[_Entries]) -> str:
    """Say how much of it this is."""
    first = shown[0]
    number = len(first.pieces)
    what = count(number, "row") if first.is_table else count(number, "item")
    whole = f"The first {MOST_ROWS} of {what}" if number > MOST_ROWS else f"All {what}"
    place = "table" if first.is_table else "list"
    if len(shown) == 1:
        return f"{whole} of one {place}. Other documents may hold more."
    left = len(shown) - MOST_LISTS
    more = f", and {count(left, 'more')} that {'is' if left == 1 else 'are'} not shown"
    return f"{min(len(shown), MOST_LISTS)} tables or lists hold them{more if left > 0 else ''}."


def _all_entries(passages: Sequence[Chunk]) -> Iterator[_Entries]:
    open_table: _Entries | None = None
    for chunk in passages:
        for block in blocks_of(chunk):
            if block.is_table and open_table is not None and _goes_on(open_table, chunk, block):
                open_table.pieces.extend(block.pieces)
                open_table.chunks.append(chunk)
                continue
            if open_table is not None:
                yield open_table
            open_table = None
            if block.is_table:
                caption = _caption(chunk, block)
                open_table = _Entries(chunk, block, list(block.pieces), caption, [chunk])
            else:
                yield from _lists(chunk, block)
    if open_table is not None:
        yield open_table


def _goes_on(table: _Entries, chunk: Chunk, block: Block) -> bool:
    last = table.chunks[-1]
    is_next = last.version_id == chunk.version_id and chunk.ordinal == last.ordinal + 1
    return (
        is_next and block.headings == table.block.headings and block.columns == table.block.columns
    )


def _caption(chunk: Chunk, block: Block) -> str:
    """Return the line in front of a table, such as "Public holidays 2026:"."""
    above = chunk.text[: block.pieces[0].start].rstrip().splitlines()
    lines = [line.strip() for line in above if line.strip() and " | " not in line]
    return lines[-1] if lines else ""


def _lists(chunk: Chunk, block: Block) -> Iterator[_Entries]:
    pieces = list(block.pieces)
    number = 0
    while number < len(pieces):
        items = list(takewhile(lambda p: p.kind is UnitKind.LIST_ITEM, pieces[number:]))
        if len(items) >= LEAST_ITEMS:
            caption = pieces[number - 1].text if number else ""
            yield _Entries(chunk, block, items, caption, [chunk])
        number += max(1, len(items))


def _fit(entries: _Entries, wanted: _Wanted, terms: Terms) -> float:
    """Return how surely the entries are what is listed; 0 unless something calls them so."""
    heading = frozenset(terms(entries.block.headings[-1] if entries.block.headings else ""))
    caption = frozenset(terms(entries.caption))
    columns = [frozenset(terms(column)) for column in entries.block.columns]
    first = columns[0] if columns else frozenset()
    named = heading | caption | frozenset().union(*columns)
    if not wanted.head <= named:
        return 0.0
    above = named | _above(entries, terms)
    inside = frozenset(terms(" ".join(piece.text for piece in entries.pieces)))
    if not wanted.terms <= above | inside:
        return 0.0
    covered = len(wanted.terms & above) / len(wanted.terms)
    calls = (
        0.8 * (wanted.head <= heading)
        + 0.6 * (wanted.head <= first)
        + 0.5 * (wanted.head <= caption)
        + 0.5 * entries.is_table
    )
    others = len(heading - wanted.terms) if wanted.head <= heading else 0
    return 1.0 + calls + covered - 0.05 * min(others, 6)


def _above(entries: _Entries, terms: Terms) -> frozenset[str]:
    """Return the terms of all that the entries stand under."""
    block = entries.block
    path = (entries.chunk.document_title, *block.headings, *block.columns, entries.caption)
    return frozenset(terms(" ".join(path)))


def _excerpt(entries: _Entries, wanted: _Wanted, terms: Terms) -> Excerpt:
    if not entries.is_table:
        first, last = entries.pieces[0], entries.pieces[-1]
        return words_of(entries.chunk, entries.block.headings, first.start, last.end).as_large()
    rows = entries.pieces[:MOST_ROWS]
    asked = wanted.terms - _above(entries, terms)
    marked = [n for n, row in enumerate(rows) if asked and asked <= frozenset(terms(row.text))]
    left = len(entries.pieces) - len(rows)
    excerpt = rows_of(entries.chunk, entries.block, rows, highlighted=marked, left_out=(0, left))
    # The rows of further passages stand on pages of their own.
    return excerpt if len(entries.chunks) == 1 else replace(excerpt, quote=rows[0].text)
