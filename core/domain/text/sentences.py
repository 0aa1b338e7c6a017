"""Cuts text into sentences, list items and table rows, keeping their places."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain.text.asides import asides, without_comments
from core.domain.text.sentence_ends import sentence_ends


class UnitKind(StrEnum):
    """The role of a piece of text for its reader."""

    SENTENCE = "sentence"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    HEADING = "heading"
    ASIDE = "aside"
    """A greeting, closing, signature or line of a table of contents: never an answer."""


@dataclass(frozen=True, slots=True)
class TextUnit:
    """A piece that is quoted whole; `text == source[start:end]`."""

    text: str
    start: int
    end: int
    kind: UnitKind


# The bullet stands alone; in "-18 °C" the dash is part of the number.
_BULLET = re.compile(r"\s*[-*•–▪]\s+")
_LIST_ITEM = re.compile(r"\s*(?:[-*•–▪]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_DASH_AND_NUMBER = re.compile(r"\s*([-–])\s+[€$£]?\d")
_ORDERED = re.compile(r"\s*\(?(\d{1,3})[.)]\s")
# From this many words on, a line without a full stop is a sentence that goes on.
LEAST_OPEN_WORDS = 3
_FENCE = re.compile(r"\s*(?:```|~~~)")
# Code is quoted in pieces of about this many words: a comment with its command.
CODE_WORDS = 45
_HEADING = re.compile(r"\s*#{1,6}\s+\S")
_LINE = re.compile(r"^[^\n]*$", re.MULTILINE)


def sentence_spans(searchable: str, passage: str) -> list[tuple[int, int]]:
    """Return the character offsets of the units of `passage` in `searchable`, whose end it is."""
    start = len(searchable) - len(passage)
    return [
        (start + unit.start, start + unit.end)
        for unit in text_units(passage)
        if unit.kind is not UnitKind.ASIDE
    ]


def text_units(text: str) -> list[TextUnit]:
    """Return all units of `text` in reading order; blank space between them belongs to none.

    A unit has a letter or a digit: rules, rows of dots, empty boxes and signs alone say nothing,
    and comments and the front matter of a file belong to none. A sentence may run over line ends,
    never over a blank line or a rule; so may a list item, on lines that are indented or go on in
    the middle of a sentence. Table rows (cells joined by " | ") and Markdown headings end with
    their line. Between fences stands code, whose lines are no headings, lists or sentences.
    """
    text = without_comments(text)
    return [
        unit for block in _blocks(text) for unit in _units(text, block) if says_anything(unit.text)
    ]


def says_anything(text: str) -> bool:
    """Return whether there is a letter or a digit of any script."""
    return any(map(str.isalnum, text))


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together: a paragraph, some code, or one list item, row or heading."""

    start: int
    end: int
    kind: UnitKind
    is_code: bool = False


def _units(text: str, block: _Block) -> Iterator[TextUnit]:
    if block.kind is UnitKind.SENTENCE and not block.is_code:
        yield from _sentences(text, block.start, block.end)
    else:
        yield _unit(text, block.start, block.end, block.kind)


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    lines = list(_LINE.finditer(text))
    written = [line.group() for line in lines]
    beside = frozenset(asides(written))
    kinds = [_line_kind(written, number) for number in range(len(written))]
    is_code = False
    for number, line in enumerate(lines):
        is_fence = bool(_FENCE.match(line.group()))
        is_code = is_code != is_fence
        if is_fence or not says_anything(line.group()):
            continue  # a rule ends a paragraph as a blank line does
        if is_code:
            kind = UnitKind.SENTENCE
        else:
            kind = UnitKind.ASIDE if number in beside else kinds[number]
        if _goes_on(text, blocks, line, kind, is_code=is_code):
            blocks[-1] = replace(blocks[-1], end=line.end())
        else:
            blocks.append(_Block(line.start(), line.end(), kind, is_code))
    return blocks


def _goes_on(
    text: str, blocks: list[_Block], line: re.Match[str], kind: UnitKind, *, is_code: bool
) -> bool:
    """Return whether a line belongs to the block before it; code and text never share one."""
    if not blocks or blocks[-1].is_code is not is_code:
        return False
    if not is_code:
        return _continues(text, blocks, line, kind)
    is_next = text.count("\n", blocks[-1].end, line.start()) <= 1
    return is_next and len(text[blocks[-1].start : line.end()].split()) <= CODE_WORDS


def _continues(text: str, blocks: list[_Block], line: re.Match[str], kind: UnitKind) -> bool:
    """Return whether a line continues the text before it."""
    block = blocks[-1] if blocks else None
    if block is None or text.count("\n", block.end, line.start()) > 1:
        return False
    match block.kind:
        case UnitKind.SENTENCE:
            goes_on = _is_number_inside(text[block.start : block.end], line.group(), kind)
            return kind is UnitKind.SENTENCE or goes_on
        case UnitKind.LIST_ITEM if kind is UnitKind.SENTENCE:
            is_open = text[block.end - 1] not in ".!?:;"
            return line.group().startswith("  ") or (is_open and line.group().lstrip()[0].islower())
        case _:
            return False


def _is_number_inside(before: str, line: str, kind: UnitKind) -> bool:
    """Return whether "31. Dezember" at the start of a line is the rest of an open sentence."""
    number = _ORDERED.match(line)
    if kind is not UnitKind.LIST_ITEM or not number or before.rstrip()[-1] in ".!?:;":
        return False
    return number[1] != "1" and len(before.split()) >= LEAST_OPEN_WORDS


def without_bullet(unit: TextUnit) -> str:
    """Return the words of a unit, of a list item without the sign in front of it."""
    sign = _BULLET.match(unit.text) if unit.kind is UnitKind.LIST_ITEM else None
    return unit.text[sign.end() :] if sign else unit.text


def split_sentences(text: str) -> list[str]:
    """Return the units of `text` as plain strings."""
    return [unit.text for unit in text_units(text)]


def _line_kind(lines: Sequence[str], number: int) -> UnitKind:
    line = lines[number]
    # A bar at the end marks a row of which only the first cell is filled.
    if " | " in f"{line} ":
        return UnitKind.TABLE_ROW
    if _HEADING.match(line):
        return UnitKind.HEADING
    if _LIST_ITEM.match(line) and not _is_signed_number(lines, number):
        return UnitKind.LIST_ITEM
    return UnitKind.SENTENCE


def _is_signed_number(lines: Sequence[str], number: int) -> bool:
    """Return whether "- 20 °C" is no list item: it stands alone and nothing introduces it."""
    sign = _DASH_AND_NUMBER.match(lines[number])
    if not sign:
        return False
    above = next((line.strip() for line in reversed(lines[:number]) if line.strip()), "")
    below = next((line.strip() for line in lines[number + 1 :] if line.strip()), "")
    is_list = any(line.startswith(f"{sign[1]} ") for line in (above, below))
    return not is_list and not above.endswith(":")


def _sentences(text: str, start: int, end: int) -> Iterator[TextUnit]:
    begin = start
    for sentence_end in (*sentence_ends(text, start, end), end):
        if text[begin:sentence_end].strip():
            yield _unit(text, begin, sentence_end, UnitKind.SENTENCE)
        begin = sentence_end


def _unit(text: str, start: int, end: int, kind: UnitKind) -> TextUnit:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return TextUnit(piece, start, start + len(piece), kind)
