"""Pages of a table: sub-tables kept apart, long ones cut at rows, each page naming its cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingestion.parsers.building import row

ROWS_PER_PAGE = 100
CHARACTERS_PER_PAGE = 20_000
MAX_NAME = 80
FIGURE = re.compile(r"[-+(]?[€$£¥]?\d[\d.,' ]*\)?\s*(%|[A-Z]{3}|[€$£¥])?$")
# Headers longer than this would fill the pages they are repeated on.
MAX_HEADER = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """A row that holds something; `number` counts from 1 and includes empty rows."""

    number: int
    cells: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(len(cell) + 3 for cell in self.cells)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of one sub-table that stay together; `header` is set if they continue one."""

    lines: tuple[Line, ...]
    columns: tuple[int, ...]
    header: Line | None = None

    @property
    def text(self) -> str:
        lines = self.lines if self.header is None else (self.header, *self.lines)
        shown = (row(_cell(line, column) for column in self.columns) for line in lines)
        return "\n".join(shown)

    @property
    def size(self) -> int:
        return sum(line.size for line in self.lines)


def sheet_pages(name: str, rows: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(text, label) of each page; `sheet Rates` for a small sheet, else `sheet Rates A2:F120`.

    An empty sheet is one empty page, so that pages count like sheets.
    """
    shown = name[:MAX_NAME]
    pages = list(_pages(rows))
    if len(pages) < 2:
        yield _text(pages[0]) if pages else "", f"sheet {shown}"
        return
    for page in pages:
        yield _text(page), f"sheet {shown} {_cell_range(page)}"


def row_pages(rows: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """(text, label) of each page of a table without sheets, labelled `rows 2 to 120`."""
    for page in _pages(rows):
        first, last = page[0].lines[0].number, page[-1].lines[-1].number
        yield _text(page), f"row {first}" if first == last else f"rows {first} to {last}"


def column_name(index: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _pages(rows: Iterable[Sequence[str]]) -> Iterator[list[_Piece]]:
    page: list[_Piece] = []
    for piece in _pieces(rows):
        count = sum(len(p.lines) for p in page) + len(piece.lines)
        size = sum(p.size for p in page) + piece.size
        if page and (count > ROWS_PER_PAGE or size > CHARACTERS_PER_PAGE):
            yield page
            page = []
        page.append(piece)
    if page:
        yield page


def _pieces(rows: Iterable[Sequence[str]]) -> Iterator[_Piece]:
    for table in _tables(rows):
        columns = tuple(sorted({i for line in table for i, c in enumerate(line.cells) if c}))
        header = next((line for line in table if sum(map(bool, line.cells)) > 1), None)
        for number, lines in enumerate(_cut(table)):
            follows = number > 0 and header is not None and header.size <= MAX_HEADER
            is_above = header is not None and header.number < lines[0].number
            yield _Piece(lines, columns, header if follows and is_above else None)


def _tables(rows: Iterable[Sequence[str]]) -> Iterator[list[Line]]:
    """Runs of rows without an empty row between them; below a heading row there may be one."""
    held: list[Line] = []
    for table in _runs(rows):
        if held and not _heads(held[-1], table[0]):
            yield held
            held = []
        held = [*held, *table]
    if held:
        yield held


def _heads(last: Line, first: Line) -> bool:
    """Whether `last` names the columns of the figures that follow after one empty row."""
    columns = {i for i, cell in enumerate(last.cells) if cell}
    figures = {i for i, cell in enumerate(first.cells) if FIGURE.match(cell)}
    are_words = not any(FIGURE.match(cell) for cell in last.cells)
    is_near = first.number - last.number == 2
    return is_near and are_words and len(columns) > 1 and bool(figures) and figures <= columns


def _runs(rows: Iterable[Sequence[str]]) -> Iterator[list[Line]]:
    table: list[Line] = []
    for number, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            table.append(Line(number, tuple(cell.strip() for cell in cells)))
        elif table:
            yield table
            table = []
    if table:
        yield table


def _cut(table: Sequence[Line]) -> Iterator[tuple[Line, ...]]:
    piece: list[Line] = []
    size = 0
    for line in table:
        if piece and (len(piece) >= ROWS_PER_PAGE or size + line.size > CHARACTERS_PER_PAGE):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(line)
        size += line.size
    yield tuple(piece)


def _text(page: Sequence[_Piece]) -> str:
    return "\n\n".join(piece.text for piece in page)


def _cell(line: Line, column: int) -> str:
    return line.cells[column] if column < len(line.cells) else ""


def _cell_range(page: Sequence[_Piece]) -> str:
    columns = [column for piece in page for column in piece.columns]
    first, last = column_name(min(columns)), column_name(max(columns))
    return f"{first}{page[0].lines[0].number}:{last}{page[-1].lines[-1].number}"
