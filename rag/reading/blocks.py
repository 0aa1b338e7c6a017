"""Cuts passages into blocks that are read as a whole: the text under a heading, and each table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from core.domain.knowledge import Chunk
from core.domain.text.sentences import TextUnit, UnitKind
from core.domain.text.table_rows import cells_of
from rag.reading.units import is_boilerplate, is_header, opening_of, pieces_of


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive pieces of a passage: sentences and list items, or the rows of one table.

    `headings` is the path of headings that they stand under, without the title of the document.
    `columns` are the names of a table's columns, empty if nothing names them; the row with the
    names is none of the pieces.
    """

    headings: tuple[str, ...]
    pieces: tuple[TextUnit, ...]
    columns: tuple[str, ...] = ()

    @property
    def is_table(self) -> bool:
        """Whether the pieces are rows."""
        return self.pieces[0].kind is UnitKind.TABLE_ROW

    def holds(self, position: int) -> bool:
        """Return whether a place in the passage is in the block."""
        return self.pieces[0].start <= position < self.pieces[-1].end


def blocks_of(chunk: Chunk) -> list[Block]:
    """Return the blocks of a passage in order, without headings, asides and boilerplate."""
    path = _HeadingPath(chunk)
    columns = opening_of(chunk)[1]
    blocks: list[Block] = []
    for kind, group in groupby(pieces_of(chunk.text), _role):
        pieces = tuple(group)
        if kind is UnitKind.HEADING:
            for piece in pieces:
                path.open(piece.text)
        if kind is UnitKind.TABLE_ROW:
            blocks.extend(_table(path.headings, pieces, columns))
        elif kind is UnitKind.SENTENCE:
            blocks.append(Block(path.headings, pieces))
        columns = []
    return blocks


class Blocks:
    """The blocks of the passages of one answer, each of which is cut once."""

    def __init__(self) -> None:
        self._by_passage: dict[Chunk, list[Block]] = {}

    def at(self, chunk: Chunk, position: int) -> Block | None:
        """Return the block that a place of a passage is in, None if it is in none."""
        if chunk not in self._by_passage:
            self._by_passage[chunk] = blocks_of(chunk)
        return next((block for block in self._by_passage[chunk] if block.holds(position)), None)


def _role(piece: TextUnit) -> UnitKind:
    """Return the kind of block that a piece belongs to; an ASIDE belongs to none."""
    if is_boilerplate(piece.text):
        return UnitKind.ASIDE
    return UnitKind.SENTENCE if piece.kind is UnitKind.LIST_ITEM else piece.kind


def _table(
    headings: tuple[str, ...], rows: tuple[TextUnit, ...], columns: Sequence[str]
) -> Iterator[Block]:
    if not columns and is_header(rows):
        columns, rows = cells_of(rows[0].text), rows[1:]
    if rows:
        yield Block(headings, rows, tuple(columns))


class _HeadingPath:
    """The headings that are open at a place of a passage."""

    def __init__(self, chunk: Chunk) -> None:
        self._title = chunk.document_title.casefold()
        # The last one may be the header of a table that began in an earlier passage.
        self._open = [(0, words) for words in chunk.headings if " | " not in words]

    @property
    def headings(self) -> tuple[str, ...]:
        return tuple(words for _, words in self._open if words.casefold() != self._title)

    def open(self, line: str) -> None:
        """Take a heading of the text; those of the passage are written in its text as well."""
        words = line.lstrip("# ")
        level = len(line) - len(line.lstrip("#"))
        known = [text for _, text in self._open]
        if words in known:
            self._open = self._open[: known.index(words) + 1]
            return
        self._open = [(at, text) for at, text in self._open if at < level]
        self._open.append((level, words))
