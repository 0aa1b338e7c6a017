"""The pages of a table: sub-tables kept apart, long ones cut at rows, columns always named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from core.domain.text.table_rows import LOOKED_AT, is_figure, names_columns
from ingestion.parsers.tables import is_wide, joined_names, pair_lines, row_line

ROWS_PER_PAGE = 100
CHARACTERS_PER_PAGE = 20_000
MAX_NAME = 80
# Headers longer than this would fill the pages they are repeated on.
MAX_HEADER = 1_000
# Names of columns over more rows than this are a layout, not names.
MAX_HEADER_ROWS = 3
NO_DEPTHS: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet, which may be empty; `number` counts from 1 and includes rows not shown.

    `copied` are columns that repeat the cell left of them, since both are one merged cell.
    """

    number: int
    cells: tuple[str, ...]
    copied: frozenset[int] = frozenset()

    @property
    def own(self) -> set[int]:
        """The columns with words of their own."""
        return {i for i, cell in enumerate(self.cells) if cell and i not in self.copied}


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as shown, in one line or several."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """Rows of one sub-table that stay together; `header` is set if they continue one."""

    rows: tuple[_Row, ...]
    columns: tuple[int, ...]
    header: str = ""

    @property
    def text(self) -> str:
        lines = [row.text for row in self.rows]
        return "\n".join([self.header, *lines] if self.header else lines)

    @property
    def size(self) -> int:
        return sum(len(row.text) for row in self.rows)


def sheet_pages(
    name: str, lines: Iterable[Line], depths: Mapping[int, int] = NO_DEPTHS
) -> Iterator[tuple[str, str]]:
    """Yield (text, label) of each page: `sheet Rates` if small, else `sheet Rates A2:F120`.

    An empty sheet is one empty page, so that pages count like sheets. `depths` maps the first row
    of merged column names to the number of rows they span.
    """
    shown = name[:MAX_NAME]
    pages = list(_pages(lines, depths))
    if len(pages) < 2:
        yield _text(pages[0]) if pages else "", f"sheet {shown}"
        return
    for page in pages:
        yield _text(page), f"sheet {shown} {_cell_range(page)}"


def row_pages(lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Yield (text, label) of each page of a table without sheets, such as `rows 2 to 120`."""
    for page in _pages(lines, NO_DEPTHS):
        first, last = page[0].rows[0].number, page[-1].rows[-1].number
        yield _text(page), f"row {first}" if first == last else f"rows {first} to {last}"


def column_name(index: int) -> str:
    """Return the name of a column: `A` for 0, `AA` for 26."""
    letters = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def _pages(lines: Iterable[Line], depths: Mapping[int, int]) -> Iterator[list[_Piece]]:
    page: list[_Piece] = []
    for table in _tables(lines):
        for piece in _pieces(table, depths):
            count = sum(len(p.rows) for p in page) + len(piece.rows)
            size = sum(p.size for p in page) + piece.size
            if page and (count > ROWS_PER_PAGE or size > CHARACTERS_PER_PAGE):
                yield page
                page = []
            page.append(piece)
    if page:
        yield page


def _pieces(table: Sequence[Line], depths: Mapping[int, int]) -> Iterator[_Piece]:
    """Yield a table as rows of text, cut into pieces that repeat the names of its columns."""
    columns = tuple(sorted({column for line in table for column in line.own}))
    title, named, body = _parted(table, columns, depths)
    names = joined_names([_cells(line, columns) for line in named])
    rows = [_Row(line.number, " ".join(_own_cells(line))) for line in title]
    header = ""
    if named and is_wide(names):
        rows += [
            _Row(line.number, "\n".join(pair_lines(names, _cells(line, columns)))) for line in body
        ]
    elif named:
        header = row_line(names)
        rows += [_Row(named[0].number, header), *_body_rows(body, columns)]
    else:
        rows += _body_rows(body, columns)
    for number, piece in enumerate(_cut(rows)):
        is_repeated = number > 0 and len(header) <= MAX_HEADER and piece[0].text != header
        yield _Piece(piece, columns, header if is_repeated else "")


def _parted(
    table: Sequence[Line], columns: Sequence[int], depths: Mapping[int, int]
) -> tuple[Sequence[Line], Sequence[Line], Sequence[Line]]:
    """Return the lines above the table, the rows that name its columns, and the others."""
    start = next((at for at, line in enumerate(table) if len(line.own) > 1), len(table))
    title, rest = table[:start], table[start:]
    if not rest:
        return title, (), ()
    depth = min(depths.get(rest[0].number, 1), MAX_HEADER_ROWS)
    for count in (depth, 1) if depth > 1 else (1,):
        named, body = rest[:count], rest[count:]
        following = [_cells(line, columns) for line in body[:LOOKED_AT]]
        names = joined_names([_cells(line, columns) for line in named])
        are_words = not any(is_figure(line.cells[i]) for line in named[1:] for i in line.own)
        if are_words and names_columns(names, following):
            return title, named, body
    return title, (), rest


def _body_rows(body: Sequence[Line], columns: Sequence[int]) -> Iterator[_Row]:
    """Yield rows as `a | b | c`; single cells below the last full row are plain words."""
    after = len(list(takewhile(lambda line: len(line.own) < 2, reversed(body))))
    for at, line in enumerate(body):
        is_row = at < len(body) - after
        yield _Row(
            line.number,
            row_line(_cells(line, columns) if len(line.own) > 1 else _single(line, columns))
            if is_row
            else " ".join(_own_cells(line)),
        )


def _single(line: Line, columns: Sequence[int]) -> list[str]:
    """Return the only cell of a row once, even if it is merged over several columns."""
    return [line.cells[i] if i in line.own else "" for i in columns]


def _own_cells(line: Line) -> list[str]:
    return [line.cells[i] for i in sorted(line.own)]


def _tables(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield runs of rows without an empty row; one may stand below a heading row."""
    held: list[Line] = []
    for table in _runs(lines):
        if held and not _heads(held[-1], table[0]):
            yield held
            held = []
        held = [*held, *table]
    if held:
        yield held


def _heads(last: Line, first: Line) -> bool:
    """Tells whether `last` names the columns of the figures that follow after one empty row."""
    columns = {i for i, cell in enumerate(last.cells) if cell}
    figures = {i for i, cell in enumerate(first.cells) if cell and is_figure(cell)}
    are_words = not any(is_figure(cell) for cell in last.cells if cell)
    is_near = first.number - last.number == 2
    return is_near and are_words and len(columns) > 1 and bool(figures) and figures <= columns


def _runs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    table: list[Line] = []
    for line in lines:
        if any(line.cells):
            table.append(line)
        elif table:
            yield table
            table = []
    if table:
        yield table


def _cut(rows: Sequence[_Row]) -> Iterator[tuple[_Row, ...]]:
    piece: list[_Row] = []
    size = 0
    for row in rows:
        if piece and (len(piece) >= ROWS_PER_PAGE or size + len(row.text) > CHARACTERS_PER_PAGE):
            yield tuple(piece)
            piece, size = [], 0
        piece.append(row)
        size += len(row.text)
    yield tuple(piece)


def _text(page: Sequence[_Piece]) -> str:
    return "\n\n".join(piece.text for piece in page)


def _cells(line: Line, columns: Sequence[int]) -> list[str]:
    return [line.cells[i] if i < len(line.cells) else "" for i in columns]


def _cell_range(page: Sequence[_Piece]) -> str:
    columns = [column for piece in page for column in piece.columns]
    first, last = column_name(min(columns)), column_name(max(columns))
    return f"{first}{page[0].rows[0].number}:{last}{page[-1].rows[-1].number}"
