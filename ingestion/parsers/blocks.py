"""The structure of a page's text: headings, paragraphs, list items, table rows, code."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain.text.table_rows import LOOKED_AT, cells_of, names_columns

HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*$")
# Longer lines are not headings, and the pattern is quadratic in a long run of spaces.
MAX_HEADING_LINE = 300
ITEM = re.compile(r"\s*([-*+•●▪◦‣■]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)])\s")
# `a | b`, a Markdown row, or the wide gaps that the PDF parser leaves between cells.
ROW = re.compile(r"\s*\||.*\S \| |.*\S {3,}\S|.*\S \|$")
FENCE = re.compile(r"\s*(```|~~~)")


class BlockKind(StrEnum):
    """The kind of a block of text."""

    HEADING = "heading"
    ROW = "row"
    ITEM = "item"
    CODE = "code"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A block at `text[start:end]`; `level` and `words` are set for headings.

    `header_start` is where the table of a row begins. The names of its columns end at
    `header_end`; both are equal if its first row holds data.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    words: str = ""
    header_start: int = 0
    header_end: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    start: int
    end: int
    kind: BlockKind | None


def read_blocks(text: str) -> list[Block]:
    """Return the blocks of `text` in order; all but white space lies in one of them."""
    blocks: list[Block] = []
    before: _Line | None = None
    for line in _lines(text):
        if line.kind is None:
            before = None
            continue
        if before is not None and _continues(blocks[-1], line):
            blocks[-1] = _extended(blocks[-1], line)
        else:
            blocks.append(_block(line, blocks[-1] if before is not None and blocks else None))
        before = line
    return [headed for run in runs(blocks) for headed in _headed(text, run)]


def runs(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield blocks that belong together, such as the rows of a table or the items of a list."""
    run: list[Block] = []
    for block in blocks:
        if run and not _belongs(block, run):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _headed(text: str, run: Sequence[Block]) -> Sequence[Block]:
    """Mark the rows of a table as having no header, if its first row holds data."""
    if run[0].kind is not BlockKind.ROW:
        return run
    first, *others = [cells_of(text[b.start : b.end]) for b in run[: LOOKED_AT + 1]]
    if names_columns(first, [row for row in others if not _is_rule(row)]):
        return run
    return [replace(block, header_end=block.header_start) for block in run]


def _is_rule(cells: Sequence[str]) -> bool:
    """Tells whether a row is the line that Markdown draws below the names of columns."""
    return not any(char.isalnum() for cell in cells for char in cell)


def _belongs(block: Block, run: Sequence[Block]) -> bool:
    match block.kind:
        case BlockKind.ITEM:
            return run[-1].kind is BlockKind.ITEM
        case BlockKind.ROW:
            return run[-1].kind is BlockKind.ROW and run[-1].header_start == block.header_start
        case _:
            return False


def _lines(text: str) -> Iterator[_Line]:
    start, is_code = 0, False
    for raw in text.split("\n"):
        is_fence = bool(FENCE.match(raw))
        kind = BlockKind.CODE if is_code or is_fence else _kind(raw)
        is_code = is_code != is_fence
        yield _Line(raw, start, start + len(raw), kind if raw.strip() or is_code else None)
        start += len(raw) + 1


def _kind(line: str) -> BlockKind | None:
    if not line.strip():
        return None
    if len(line) <= MAX_HEADING_LINE and HEADING.match(line):
        return BlockKind.HEADING
    if ITEM.match(line):
        return BlockKind.ITEM
    return BlockKind.ROW if ROW.match(line) else BlockKind.PARAGRAPH


def _continues(block: Block, line: _Line) -> bool:
    match line.kind:
        case BlockKind.PARAGRAPH:
            return block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM)
        case BlockKind.CODE:
            return block.kind is BlockKind.CODE
        case _:
            return False


def _extended(block: Block, line: _Line) -> Block:
    return Block(block.kind, block.start, line.end, block.level, block.words)


def _block(line: _Line, before: Block | None) -> Block:
    kind = line.kind or BlockKind.PARAGRAPH
    if kind is BlockKind.HEADING and (heading := HEADING.match(line.text)):
        marks, words = heading.groups()
        return Block(kind, line.start, line.end, len(marks), words)
    if kind is BlockKind.ROW and before is not None and before.kind is BlockKind.ROW:
        header_start, header_end = before.header_start, before.header_end
        return Block(kind, line.start, line.end, header_start=header_start, header_end=header_end)
    return Block(kind, line.start, line.end, header_start=line.start, header_end=line.end)
