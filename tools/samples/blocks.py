"""Parses the small Markdown subset of the sample sources into typed blocks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

BULLET = "- "
STEP = re.compile(r"^\d+\. ")
HEADING = re.compile(r"^(#{1,3}) (.+)$")
EMPHASIS = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")


@dataclass(frozen=True)
class Heading:
    """A section title with its level from 1 to 3."""

    level: int
    text: str


@dataclass(frozen=True)
class Text:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True)
class Note:
    """A highlighted remark."""

    text: str


@dataclass(frozen=True)
class Items:
    """A bulleted or numbered list."""

    items: tuple[str, ...]
    numbered: bool


@dataclass(frozen=True)
class Grid:
    """A table whose first row is the header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PageBreak:
    """A forced new page."""


@dataclass(frozen=True)
class Columns:
    """Blocks that are set in two columns."""

    blocks: tuple[Block, ...]


Block = Heading | Text | Note | Items | Grid | PageBreak | Columns


@dataclass(frozen=True)
class Source:
    """One parsed source file with its front matter."""

    meta: dict[str, str]
    blocks: tuple[Block, ...] = field(default=())
    body: str = ""


def read_source(path: Path) -> Source:
    """Read a source file and split front matter from content."""
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    meta = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return Source(meta, tuple(parse_blocks(body.splitlines())), body.strip() + "\n")


def parse_blocks(lines: list[str]) -> list[Block]:
    """Turn source lines into blocks, one after the other."""
    blocks: list[Block] = []
    position = 0
    while position < len(lines):
        if lines[position].strip():
            block, used = parse_block(lines[position:])
            blocks.append(block)
            position += used
        else:
            position += 1
    return blocks


def parse_block(lines: list[str]) -> tuple[Block, int]:
    """Parse the block at the start of the lines and count the lines it used."""
    first = lines[0]
    if heading := HEADING.match(first):
        return Heading(len(heading[1]), heading[2]), 1
    if first == "\\newpage":
        return PageBreak(), 1
    if first == ":::columns":
        end = lines.index(":::")
        return Columns(tuple(parse_blocks(lines[1:end]))), end + 1
    return parse_group(lines)


def parse_group(lines: list[str]) -> tuple[Block, int]:
    """Parse a table, list, note or paragraph."""
    first = lines[0]
    if first.startswith("|"):
        return parse_table(lines)
    if first.startswith(BULLET):
        return parse_items(lines, lambda line: line.startswith(BULLET), numbered=False)
    if STEP.match(first):
        return parse_items(lines, lambda line: bool(STEP.match(line)), numbered=True)
    kind = Note if first.startswith("> ") else Text
    return kind(first.removeprefix("> ")), 1


def parse_items(
    lines: list[str], belongs: Callable[[str], bool], *, numbered: bool
) -> tuple[Items, int]:
    """Parse consecutive list lines."""
    item_lines = list(takewhile(belongs, lines))
    return Items(tuple(line.split(" ", 1)[1] for line in item_lines), numbered), len(item_lines)


def parse_table(lines: list[str]) -> tuple[Grid, int]:
    """Parse consecutive table lines and drop the rule below the header."""
    table_lines = list(takewhile(lambda line: line.startswith("|"), lines))
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table_lines]
    return Grid((rows[0], *rows[2:])), len(table_lines)


def spans(text: str) -> list[tuple[str, bool]]:
    """Split a line into pieces of plain and bold text."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in EMPHASIS.finditer(text):
        pieces.append((text[end : match.start()], False))
        pieces.append((match[1] or match[2], match[1] is not None))
        end = match.end()
    pieces.append((text[end:], False))
    return [piece for piece in pieces if piece[0]]
