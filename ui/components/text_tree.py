"""Turns the text of a document into a tree that the browser builds elements from, words marked.

The tree holds plain strings, which the components write as text: paragraphs, headings, lists,
tables and code, as they stand in the text that the parsers write.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from core.domain.answers import CardTable
from core.domain.text.sentences import TextUnit, UnitKind, says_anything, text_units
from core.domain.text.table_rows import cells_of, names_columns
from ingestion.files.media import BY_SUFFIX, MediaType, suffix_of
from ui import words
from ui.components.inline_marks import Shown, shown_parts, without_marks

Node = dict[str, object]  # JSON for the browser
Span = tuple[int, int]

_BULLET = re.compile(r"\s*[-*•–▪]\s+")
# Word keeps the number of an item in its words, behind the bullet.
_NUMBER = re.compile(r"\s*(?:[-*•–▪]\s+)?(\d{1,3})[.)]\s+")
_SIGN_OF_HEADING = re.compile(r"\s*(#{1,6})\s+")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_LINE = re.compile(r"[^\n]+")
_CODE = frozenset({".yaml", ".yml", ".json", ".xml"})
# Columns of an indented item, one level of a list.
_INDENT = 2
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A text with the places that are marked, in order and apart from each other.

    In Markdown, marks inside a line are drawn as what they mean.
    """

    text: str
    marked: tuple[Span, ...] = ()
    is_markdown: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of a text that are drawn as one: a paragraph, an item, a row, a heading or code."""

    start: int
    end: int
    kind: UnitKind
    is_code: bool = False


def is_code(file_name: str) -> bool:
    """Tell by its name whether a file is written for programs, such as settings."""
    return suffix_of(file_name) in _CODE


def is_markdown(file_name: str) -> bool:
    """Tell by its name whether a file is Markdown, as the upload does."""
    return BY_SUFFIX.get(suffix_of(file_name)) is MediaType.MARKDOWN


def typed_node(source: MarkedText) -> Node:
    """Build a text whose line ends and indents are what it says: all its characters, as typed."""
    return {"type": "typed", "runs": list(_runs(source, [Shown(0, len(source.text))]))}


def spans(highlights: Iterable[Span], length: int) -> tuple[Span, ...]:
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
    return tuple(apart)


def text_nodes(source: MarkedText, said: frozenset[str] = frozenset()) -> Iterator[Node]:
    """Build a text; headings that it begins with and that are in `said` are left out.

    Rows of a table become a table, items become a list.
    """
    is_begun = False
    for kind, group in groupby(_pieces(source.text), key=lambda p: (p.kind, p.is_code)):
        pieces = list(group)
        nodes = list(_nodes(source, pieces, *kind))
        if kind[0] is UnitKind.HEADING and not is_begun:
            shown = zip(pieces, nodes, strict=True)
            yield from (node for piece, node in shown if _heading(source.text, piece) not in said)
            continue
        yield from nodes
        is_begun = True


def _nodes(
    source: MarkedText, pieces: Sequence[_Piece], kind: UnitKind, is_code: bool
) -> Iterator[Node]:
    if is_code:
        yield from (_code(source, piece) for piece in pieces)
    elif kind is UnitKind.TABLE_ROW and len(pieces) > 1:
        yield grid(_table(source, pieces))
    elif kind is UnitKind.LIST_ITEM:
        yield from _lists(source, pieces)
    elif kind is UnitKind.HEADING:
        yield from (_heading_node(source, piece) for piece in pieces)
    else:
        yield from (_paragraph(source, (piece.start, piece.end)) for piece in pieces)


def _pieces(text: str) -> Iterator[_Piece]:
    """Cut a text at its blank lines, headings, items, rows and fences."""
    units = [unit for unit in text_units(text) if unit.kind is not UnitKind.SENTENCE]
    by_start = {unit.start: unit for unit in units if unit.kind is not UnitKind.ASIDE}
    open_piece: _Piece | None = None
    is_code = False
    for line in _LINE.finditer(text):
        is_fence = bool(_FENCE.match(line.group()))
        is_code = is_code != is_fence
        piece = _piece(line, by_start, is_code=is_code)
        if open_piece is not None and not is_fence and _is_rest(text, open_piece, line, piece):
            open_piece = replace(open_piece, end=max(open_piece.end, line.end()))
            continue
        if open_piece is not None:
            yield open_piece
        open_piece = piece if says_anything(line.group()) and not is_fence else None
    if open_piece is not None:
        yield open_piece


def _piece(line: re.Match[str], by_start: Mapping[int, TextUnit], *, is_code: bool) -> _Piece:
    if is_code:
        return _Piece(line.start(), line.end(), UnitKind.SENTENCE, is_code=True)
    blank = len(line.group()) - len(line.group().lstrip())
    unit = by_start.get(line.start() + blank)
    if unit is None:
        return _Piece(line.start(), line.end(), UnitKind.SENTENCE)
    return _Piece(unit.start - blank, unit.end, unit.kind)


def _is_rest(text: str, before: _Piece, line: re.Match[str], piece: _Piece) -> bool:
    """Return whether a line goes on with the piece before it."""
    if line.start() < before.end or (before.is_code and piece.is_code):
        return True
    is_next = not text[before.end : line.start()].strip() and (
        text.count("\n", before.end, line.start()) <= 1
    )
    is_alike = before.kind is piece.kind is UnitKind.SENTENCE and not piece.is_code
    return is_next and is_alike and not before.is_code


def _heading(text: str, piece: _Piece) -> str:
    start, end = _inner(text, piece, _SIGN_OF_HEADING)
    return text[start:end]


def _heading_node(source: MarkedText, piece: _Piece) -> Node:
    sign = _SIGN_OF_HEADING.match(source.text[piece.start : piece.end])
    inner = _inner(source.text, piece, _SIGN_OF_HEADING)
    level = len(sign[1]) if sign else 0
    return {"type": "heading", "level": level, "blocks": [_paragraph(source, inner)]}


def _lists(source: MarkedText, pieces: Iterable[_Piece]) -> Iterator[Node]:
    """Build lists; items with another sign than a bullet or a number keep it as paragraphs."""
    text = source.text
    for name, group in groupby(pieces, key=lambda piece: _kind_of_list(text, piece)):
        if not name:
            yield from (_paragraph(source, (p.start, p.end)) for p in group)
            continue
        sign = _NUMBER if name == "ol" else _BULLET
        yield {"type": name, "items": [_item(source, piece, sign) for piece in group]}


def _item(source: MarkedText, piece: _Piece, sign: re.Pattern[str]) -> Node:
    line = source.text[piece.start : piece.end]
    number = _NUMBER.match(line)
    return {
        "type": "li",
        "number": int(number[1]) if number else 0,
        "level": min((len(line) - len(line.lstrip())) // _INDENT, _DEEPEST),
        "blocks": [_paragraph(source, _inner(source.text, piece, sign))],
    }


def _kind_of_list(text: str, piece: _Piece) -> str:
    line = text[piece.start : piece.end]
    if _NUMBER.match(line):
        return "ol"
    return "ul" if _BULLET.match(line) else ""


def _inner(text: str, piece: _Piece, sign: re.Pattern[str]) -> Span:
    found = sign.match(text[piece.start : piece.end])
    return piece.start + (found.end() if found else 0), piece.end


def _code(source: MarkedText, piece: _Piece) -> Node:
    shown = [Shown(piece.start, piece.end)]
    return {"type": "code", "runs": list(_runs(source, shown))}


def _paragraph(source: MarkedText, span: Span) -> Node:
    start, end = span
    shown = shown_parts(source.text, start, end) if source.is_markdown else [Shown(start, end)]
    part = {"runs": list(_runs(source, shown)), "support": "", "doubt": "", "cites": []}
    return {"type": "p", "parts": [part]}


def _runs(source: MarkedText, parts: Iterable[Shown]) -> Iterator[Node]:
    for part in parts:
        position = part.start
        for start, end in source.marked:
            begin, finish = max(start, position), min(end, part.end)
            if begin >= finish:
                continue
            if position < begin:
                yield _run(source.text[position:begin], part.styles)
            yield _run(source.text[begin:finish], ("mark", *part.styles))
            position = finish
        if position < part.end:
            yield _run(source.text[position : part.end], part.styles)


def _run(text: str, styles: Sequence[str]) -> Node:
    return {"text": text, "style": " ".join(styles)}


def _table(source: MarkedText, pieces: Sequence[_Piece]) -> CardTable:
    """Read rows that stand in a text, with the names of the columns if the first row has them."""
    rows = [tuple(cells_of(source.text[piece.start : piece.end])) for piece in pieces]
    if source.is_markdown:
        rows = [tuple(map(without_marks, row)) for row in rows]
    rows = _without_edges(rows)
    has_header = names_columns(rows[0], rows[1:])
    is_marked = [any(a < p.end and p.start < b for a, b in source.marked) for p in pieces]
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


def grid(table: CardTable) -> Node:
    """Build a table, its highlighted rows marked."""
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
