"""Turns the cards of an answer into data that the browser builds elements from.

What a card shows are words of documents: plain strings, which the component writes as text.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from core.domain.answers import Answer, Card, CardTable
from core.domain.text.sentences import TextUnit, UnitKind, says_anything, text_units
from core.domain.text.table_rows import cells_of, names_columns
from ui import words

Node = dict[str, object]  # JSON for the browser
Span = tuple[int, int]

# Rows and characters of a small card: enough to tell whether it is worth opening.
SMALL_ROWS = 3
SMALL_CHARACTERS = 360
# From this length on a lead is a sentence to read, not a value to see.
LONG_LEAD = 90

_BULLET = re.compile(r"\s*[-*•–▪]\s+")
_NUMBER = re.compile(r"\s*(\d{1,3})[.)]\s+")
_SIGN_OF_HEADING = re.compile(r"\s*#{1,6}\s+")
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of a text that are drawn as one: a paragraph, an item, a row or a heading."""

    start: int
    end: int
    kind: UnitKind


def lead_node(answer: Answer) -> Node | None:
    """Return the line that answers at a glance with the number of its source, None without one."""
    text = answer.lead.strip()
    if not text:
        return None
    known = {c.number for c in answer.citations}
    cites = [card.number for card in answer.cards if card.number in known][:1]
    return {"text": text, "cites": cites, "long": len(text) > LONG_LEAD}


def card_nodes(answer: Answer) -> list[Node]:
    """Return the cards whose source can be opened, in their order."""
    titles = {c.number: c.document_title for c in answer.citations}
    return [_card(card, titles) for card in answer.cards if card.number in titles]


def _card(card: Card, titles: Mapping[int, str]) -> Node:
    title = titles[card.number]
    path = _path(card.headings, title)
    if card.table is not None:
        blocks = [_grid(_around(card.table) if card.is_small else card.table)]
    else:
        blocks = list(_blocks(_beginning(card) if card.is_small else card, {title, *path}))
    return {
        "number": card.number,
        "path": path,
        "small": card.is_small,
        "blocks": blocks,
    }


def _path(headings: Sequence[str], title: str) -> list[str]:
    """Return the headings that say more than the title; the columns of a table are none."""
    return [
        heading
        for heading in headings
        if heading.strip() and heading != title and " | " not in heading
    ]


def spans(highlights: Iterable[Span], length: int) -> list[Span]:
    """Return highlights in order, inside the text and apart from each other."""
    inside = sorted((max(start, 0), min(end, length)) for start, end in highlights)
    apart: list[Span] = []
    for start, end in inside:
        if start >= end:
            continue
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return apart


def _blocks(card: Card, said: set[str]) -> Iterator[Node]:
    """Build the text of a card; headings that it begins with and that are in `said` are left out.

    Rows of a table become a table, items become a list.
    """
    marked = spans(card.highlights, len(card.text))
    is_begun = False
    for kind, group in groupby(_pieces(card.text), key=lambda piece: piece.kind):
        pieces = list(group)
        if kind is UnitKind.TABLE_ROW and len(pieces) > 1:
            yield _grid(_table(card.text, pieces, marked))
        elif kind is UnitKind.LIST_ITEM:
            yield from _lists(card.text, pieces, marked)
        elif kind is UnitKind.HEADING:
            headings = [_inner(card.text, piece, _SIGN_OF_HEADING) for piece in pieces]
            for start, end in headings:
                if is_begun or card.text[start:end] not in said:
                    yield {"type": "heading", "blocks": [_text(card.text, (start, end), marked)]}
            continue
        else:
            yield from (_text(card.text, (p.start, p.end), marked) for p in pieces)
        is_begun = True


def _pieces(text: str) -> Iterator[_Piece]:
    """Cut a text at its blank lines, headings, items and rows."""
    units = [unit for unit in text_units(text) if unit.kind is not UnitKind.SENTENCE]
    by_start = {unit.start: unit for unit in units if unit.kind is not UnitKind.ASIDE}
    open_piece: _Piece | None = None
    for line in _LINE.finditer(text):
        piece = _piece(line, by_start)
        if open_piece is not None and _is_rest(text, open_piece, line.start(), piece):
            open_piece = replace(open_piece, end=max(open_piece.end, line.end()))
            continue
        if open_piece is not None:
            yield open_piece
        open_piece = piece if says_anything(line.group()) else None
    if open_piece is not None:
        yield open_piece


def _piece(line: re.Match[str], by_start: Mapping[int, TextUnit]) -> _Piece:
    blank = len(line.group()) - len(line.group().lstrip())
    unit = by_start.get(line.start() + blank)
    if unit is None:
        return _Piece(line.start(), line.end(), UnitKind.SENTENCE)
    return _Piece(unit.start, unit.end, unit.kind)


def _is_rest(text: str, before: _Piece, line_start: int, piece: _Piece) -> bool:
    """Return whether a line goes on with the piece before it."""
    if line_start < before.end:
        return True
    is_next = not text[before.end : line_start].strip() and (
        text.count("\n", before.end, line_start) <= 1
    )
    return is_next and before.kind is piece.kind is UnitKind.SENTENCE


def _lists(text: str, pieces: Iterable[_Piece], marked: Sequence[Span]) -> Iterator[Node]:
    """Build lists; items with another sign than a bullet or a number keep it as paragraphs."""
    for name, group in groupby(pieces, key=lambda piece: _kind_of_list(text, piece)):
        if not name:
            yield from (_text(text, (p.start, p.end), marked) for p in group)
            continue
        sign = _NUMBER if name == "ol" else _BULLET
        items = [
            {
                "type": "li",
                "number": _number(text, piece),
                "blocks": [_text(text, _inner(text, piece, sign), marked)],
            }
            for piece in group
        ]
        yield {"type": name, "items": items}


def _kind_of_list(text: str, piece: _Piece) -> str:
    line = text[piece.start : piece.end]
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBER.match(line) else ""


def _number(text: str, piece: _Piece) -> int:
    number = _NUMBER.match(text[piece.start : piece.end])
    return int(number[1]) if number else 0


def _inner(text: str, piece: _Piece, sign: re.Pattern[str]) -> Span:
    found = sign.match(text[piece.start : piece.end])
    return piece.start + (found.end() if found else 0), piece.end


def _text(text: str, span: Span, marked: Sequence[Span]) -> Node:
    part = {"runs": list(_runs(text, span, marked)), "support": "", "doubt": "", "cites": []}
    return {"type": "p", "parts": [part]}


def _runs(text: str, span: Span, marked: Sequence[Span]) -> Iterator[Node]:
    position, last = span
    for start, end in marked:
        begin, finish = max(start, position), min(end, last)
        if begin >= finish:
            continue
        if position < begin:
            yield {"text": text[position:begin], "style": ""}
        yield {"text": text[begin:finish], "style": "mark"}
        position = finish
    if position < last:
        yield {"text": text[position:last], "style": ""}


def _table(text: str, pieces: Sequence[_Piece], marked: Sequence[Span]) -> CardTable:
    """Read rows that stand in a text, with the names of the columns if the first row has them."""
    rows = [tuple(cells_of(text[piece.start : piece.end])) for piece in pieces]
    rows = _without_edges(rows)
    has_header = names_columns(rows[0], rows[1:])
    is_marked = [any(a < p.end and p.start < b for a, b in marked) for p in pieces]
    shown = slice(1 if has_header else 0, None)
    return CardTable(
        header=rows[0] if has_header else (),
        rows=tuple(rows[shown]),
        highlighted=tuple(number for number, is_it in enumerate(is_marked[shown]) if is_it),
    )


def _without_edges(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out the empty columns that bars around a row make."""
    filled = [number for row in rows for number, cell in enumerate(row) if cell]
    shown = slice(min(filled), max(filled) + 1) if filled else slice(0)
    return [row[shown] for row in rows]


def _grid(table: CardTable) -> Node:
    header, *rows = _without_edges([table.header, *table.rows])
    width = max(map(len, (header, *rows)))
    return {
        "type": "grid",
        "header": _padded(header, width) if any(header) else [],
        "rows": [
            {"cells": _padded(row, width), "marked": number in table.highlighted}
            for number, row in enumerate(rows)
        ],
        "above": words.rows_left_out(table.rows_before, "above"),
        "below": words.rows_left_out(table.rows_after, "below"),
    }


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _around(table: CardTable) -> CardTable:
    """Cut a long table to a few rows that begin with the first highlighted one."""
    if len(table.rows) <= SMALL_ROWS:
        return table
    inside = [number for number in table.highlighted if 0 <= number < len(table.rows)]
    first = min(inside, default=0)
    last = min(max(inside, default=first) + 1, first + SMALL_ROWS)
    last = last if inside else min(len(table.rows), SMALL_ROWS)
    return replace(
        table,
        rows=table.rows[first:last],
        highlighted=tuple(number - first for number in inside if first <= number < last),
        rows_before=table.rows_before + first,
        rows_after=table.rows_after + len(table.rows) - last,
    )


def _beginning(card: Card) -> Card:
    """Cut a long text to a few lines that begin with the unit of the first highlight."""
    if len(card.text) <= SMALL_CHARACTERS:
        return card
    marked = spans(card.highlights, len(card.text))
    first = marked[0][0] if marked else 0
    starts = (unit.start for unit in text_units(card.text))
    start = max((start for start in starts if start <= first), default=0)
    text = words.shortened(card.text[start:].rstrip(), SMALL_CHARACTERS)
    moved = tuple((a - start, min(b - start, len(text))) for a, b in marked)
    return replace(card, text=text, highlights=moved)
