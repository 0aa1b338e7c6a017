"""Cuts text into sentences, list items and table rows, keeping their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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

    A sentence may run over line ends, never over a blank line; list items, table rows (cells
    joined by " | ") and Markdown headings end with their line.
    """
    units: list[TextUnit] = []
    paragraph: tuple[int, int] | None = None
    for line in _LINE.finditer(text):
        kind = _line_kind(line.group())
        continues = paragraph is not None and "\n\n" not in text[paragraph[1] : line.start() + 1]
        if kind is UnitKind.SENTENCE and line.group().strip():
            if paragraph and continues:
                paragraph = (paragraph[0], line.end())
                continue
            if paragraph:
                units.extend(_sentences(text, *paragraph))
            paragraph = line.span()
            continue
        if paragraph:
            units.extend(_sentences(text, *paragraph))
            paragraph = None
        if line.group().strip():
            units.append(_unit(text, line.start(), line.end(), kind))
    if paragraph:
        units.extend(_sentences(text, *paragraph))
    return units


def split_sentences(text: str) -> list[str]:
    """The units of `text` as plain strings."""
    return [unit.text for unit in text_units(text)]


def _line_kind(line: str) -> UnitKind:
    if " | " in line:
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
