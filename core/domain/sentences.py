"""Cuts text into sentences, list items and table rows, keeping their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class UnitKind(StrEnum):
    """What a piece of text is to a reader."""

    SENTENCE = "sentence"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class TextUnit:
    """A piece that is quoted whole; `text == source[start:end]`."""

    text: str
    start: int
    end: int
    kind: UnitKind


_LIST_ITEM = re.compile(r"\s*(?:[-*•–▪]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_HEADING = re.compile(r"\s*#{1,6}\s+\S")
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|incl|excl|max|min|no|nos|art|sec|fig|para|vs|mr|mrs|ms|dr|prof|st"
    r"|ext|tel|dept|ltd|inc|co|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|p|pp|cf|ca|z\.b|bzw)"
    r"|(?<![A-Za-z])[A-Za-z])\.$",
    re.IGNORECASE,
)
_LINE = re.compile(r"[^\n]+")


def sentence_spans(searchable: str, passage: str) -> list[tuple[int, int]]:
    """Character offsets of the units of `passage` in `searchable`, which ends with it."""
    start = len(searchable) - len(passage)
    return [(start + unit.start, start + unit.end) for unit in text_units(passage)]


def text_units(text: str) -> list[TextUnit]:
    """All units of `text` in reading order; blank space between them belongs to none.

    A sentence may run over line ends, never over a blank line; so may a list item, on lines that
    are indented or go on in the middle of a sentence. Table rows (cells joined by " | ") and
    Markdown headings end with their line.
    """
    units: list[TextUnit] = []
    for block in _blocks(text):
        if block.kind is UnitKind.SENTENCE:
            units.extend(_sentences(text, block.start, block.end))
        else:
            units.append(_unit(text, block.start, block.end, block.kind))
    return units


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that belong together: a paragraph, or one list item, row or heading."""

    start: int
    end: int
    kind: UnitKind


def _blocks(text: str) -> list[_Block]:
    blocks: list[_Block] = []
    for line in _LINE.finditer(text):
        if not line.group().strip():
            continue
        kind = _line_kind(line.group())
        if kind is UnitKind.SENTENCE and blocks and _continues(text, blocks[-1], line):
            blocks[-1] = replace(blocks[-1], end=line.end())
        else:
            blocks.append(_Block(line.start(), line.end(), kind))
    return blocks


def _continues(text: str, block: _Block, line: re.Match[str]) -> bool:
    """Whether a line goes on with what stands before it."""
    if text.count("\n", block.end, line.start()) > 1:
        return False
    if block.kind is UnitKind.LIST_ITEM:
        is_open = text[block.end - 1] not in ".!?:;"
        return line.group().startswith("  ") or (is_open and line.group().lstrip()[0].islower())
    return block.kind is UnitKind.SENTENCE


def split_sentences(text: str) -> list[str]:
    """The units of `text` as plain strings."""
    return [unit.text for unit in text_units(text)]


def _line_kind(line: str) -> UnitKind:
    # A bar at the end marks a row of which only the first cell is filled.
    if " | " in f"{line} ":
        return UnitKind.TABLE_ROW
    if _HEADING.match(line):
        return UnitKind.HEADING
    if _LIST_ITEM.match(line):
        return UnitKind.LIST_ITEM
    return UnitKind.SENTENCE


def _sentences(text: str, start: int, end: int) -> Iterator[TextUnit]:
    begin = start
    for match in _END.finditer(text, start, end):
        if match.group() == "." and _ABBREVIATION.search(text[begin : match.end()]):
            continue
        if match.end() < end and text[match.end() :].lstrip()[:1].islower():
            continue
        yield _unit(text, begin, match.end(), UnitKind.SENTENCE)
        begin = match.end()
    if text[begin:end].strip():
        yield _unit(text, begin, end, UnitKind.SENTENCE)


def _unit(text: str, start: int, end: int, kind: UnitKind) -> TextUnit:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return TextUnit(piece, start, start + len(piece), kind)
