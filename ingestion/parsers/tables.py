"""Tables as text: each row as `a | b | c`, or as `name: value` pairs if the table is wide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.text.table_rows import BETWEEN_CELLS, names_columns
from ingestion.parsers.building import one_line

# With more columns, or longer names, the name of a cell is hard to find, and the names do not fit
# into the passages that should repeat them.
MAX_COLUMNS = 8
MAX_HEADER = 300
# A row of pairs is cut into lines of this many characters, each beginning with its first cell.
MAX_LINE = 600
# The cells that merged ones may fill; beyond that they are only a background.
MAX_FILLED = 200_000
# Signs that some tables put into cells of their own, beside the amount.
OPENING, CLOSING = ("$", "€", "£", "("), (")", "%", ")%")

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Spanned:
    """A cell that spans a number of columns and rows."""

    text: str
    across: int = 1
    down: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in their columns; `copied` are columns that repeat the merged cell left of them."""

    cells: tuple[str, ...]
    copied: frozenset[int] = frozenset()

    @property
    def own(self) -> list[str]:
        return [c for at, c in enumerate(self.cells) if c and at not in self.copied]


def spread(rows: Sequence[Sequence[Spanned]]) -> list[Row]:
    """Return the cells in their columns, a merged one in all of its places.

    A cell that fills its row alone, such as the name of a section, stands once. Columns in which no
    words begin are left out; a row without words of its own is empty.
    """
    grid: list[dict[int, str]] = [{} for _ in rows]
    copied: list[set[int]] = [set() for _ in rows]
    begun: set[int] = set()
    owners: set[int] = set()
    room = MAX_FILLED
    for at, cells in enumerate(rows):
        column = 0
        is_alone = len(cells) == 1 and not grid[at]
        for cell in cells:
            while column in grid[at]:
                column += 1
            down, across = min(cell.down, len(rows) - at), cell.across
            room -= down * across
            is_kept = room > 0 and not is_alone
            for below in range(at, at + (down if room > 0 else 1)):
                places = range(column, column + (across if is_kept else 1))
                grid[below].update(dict.fromkeys(places, cell.text))
                copied[below].update(places[1:])
            if cell.text.strip():
                begun.add(column)
                owners.add(at)
            column += across
    columns = sorted(begun)
    return [
        _row_of(line, repeated, columns) if at in owners else Row(())
        for at, (line, repeated) in enumerate(zip(grid, copied, strict=True))
    ]


def _row_of(line: dict[int, str], copied: set[int], columns: Sequence[int]) -> Row:
    cells = tuple(one_line(line.get(column, "")) for column in columns)
    return Row(cells, frozenset(at for at, column in enumerate(columns) if column in copied))


def header_rows(rows: Sequence[Row]) -> int:
    """Return how many top rows name the columns, judged by their cells; 2 under merged names."""
    if not rows:
        return 0
    if len(rows) > 2 and rows[0].copied:
        below = [row.cells for row in rows[2:]]
        names = joined_names([row.cells for row in rows[:2]])
        if names_columns(rows[1].cells, below) and names_columns(names, below):
            return 2
    return int(names_columns(rows[0].cells, [row.cells for row in rows[1:]]))


def table_lines(rows: Sequence[Row], *, headers: int | None = None) -> list[str]:
    """Return the lines of a table, titles first; empty rows are left out.

    The first `headers` rows name the columns (0 if none does); with None, the cells decide.
    """
    filled = [row for row in rows if row.own]
    titles = _titles(filled)
    named = sum(bool(row.own) for row in rows[: headers or 0])
    lead, table = [" ".join(row.own) for row in filled[:titles]], filled[titles:]
    named = header_rows(table) if headers is None else max(named - titles, 0)
    if not table or (headers and not named):
        return lead + _plain([row.cells for row in table])
    if not named:
        cells = [row.cells for row in table]
        return lead + (_apart(cells) if headers == 0 and header_rows(table) else _plain(cells))
    names, body = _under_names(table, named)
    if _needs_pairs(names, body):
        return lead + [line for row in body for line in pair_lines(names, row)]
    return lead + _plain([names, *body], is_headed=True)


def _titles(rows: Sequence[Row]) -> int:
    """Count the rows above the table that hold nothing but words at their beginning."""
    begin = (at for at, row in enumerate(rows) if len(row.own) > 1 or not row.cells[0])
    return next(begin, 0)


def _under_names(rows: Sequence[Row], named: int) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns and the rows below; cells under one name are joined.

    With more than one value, as under a name over two columns of figures, the name stands twice.
    """
    body = rows[named:]
    joined = {
        column
        for begin, *others in _groups(rows[named - 1])
        for column in others
        if all(sum(_is_value(row, c) for c in (begin, *others)) < 2 for row in body)
    }
    joined |= {column for column in range(1, len(rows[0].cells)) if _only_closes(rows, column)}
    names = joined_names([row.cells for row in rows[:named]])
    shown = [_joined(row.cells, joined, row.copied) for row in body]
    return _joined(names, joined, frozenset(joined)), shown


def _groups(names: Row) -> Iterator[list[int]]:
    """Yield the columns below each name."""
    group: list[int] = []
    for column in range(len(names.cells)):
        if group and column not in names.copied:
            yield group
            group = []
        group.append(column)
    yield group


def _only_closes(rows: Sequence[Row], column: int) -> bool:
    """Tells whether a column holds the ends of amounts alone: `)`, `%`."""
    return all(row.cells[column] in ("", *CLOSING) or column in row.copied for row in rows)


def _is_value(row: Row, column: int) -> bool:
    return column not in row.copied and any(char.isalnum() for char in row.cells[column])


def _joined(cells: Cells, columns: set[int], copied: frozenset[int]) -> list[str]:
    """Join the cells in `columns` to the one left of them, such as `$` to its amount."""
    result: list[str] = []
    for at, cell in enumerate(cells):
        if at not in columns:
            result.append(cell)
        elif cell and at not in copied:
            is_close = cell in CLOSING or result[-1].endswith(OPENING)
            result[-1] = f"{result[-1]}{'' if is_close else ' '}{cell}".strip()
    return result


def joined_names(rows: Sequence[Cells]) -> list[str]:
    """Join several rows of names to one: `Load`, `indoors` become `Load indoors`."""
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*rows, strict=True)]


def is_wide(names: Cells) -> bool:
    """Tells whether column names must stand with every cell, since they are many or long."""
    filled = [name for name in names if name]
    return len(filled) > MAX_COLUMNS or sum(map(len, filled)) > MAX_HEADER


def pair_lines(names: Cells, cells: Cells) -> Iterator[str]:
    """Yield a row as `Article: Roll cage | Weight: 48 kg | …`, in several lines if it is long.

    Each further line begins with the first pair again, so that it can be read by itself.
    """
    pairs = [f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True)]
    pairs = [pair for pair, cell in zip(pairs, cells, strict=True) if cell]
    if len(pairs) < 2:
        yield from (f"{pair} |" for pair in pairs)
        return
    line = [pairs[0]]
    size = len(pairs[0])
    for pair in pairs[1:]:
        if len(line) > 1 and size + len(pair) > MAX_LINE:
            yield BETWEEN_CELLS.join(line)
            line, size = [pairs[0][:MAX_LINE]], len(pairs[0])
        line.append(pair)
        size += len(pair)
    yield BETWEEN_CELLS.join(line)


def row_line(cells: Cells) -> str:
    """Return a row as `a | b | c`; a bar marks a row that has only its first cell."""
    filled = list(cells)
    while filled and not filled[-1]:
        filled.pop()
    line = BETWEEN_CELLS.join(filled)
    return f"{line} |" if len(filled) == 1 else line


def _apart(rows: Sequence[Cells]) -> list[str]:
    """Return rows with empty lines between them, so that the first is not taken for names."""
    return [line for cells in rows for line in (row_line(cells), "")][:-1]


def _needs_pairs(names: Cells, body: Sequence[Cells]) -> bool:
    """Tells whether pairs are needed: wide names, or cells that do not reveal the header."""
    return bool(body) and len(names) > 1 and (is_wide(names) or not names_columns(names, body))


def _plain(rows: Sequence[Cells], *, is_headed: bool = False) -> list[str]:
    """Return rows as lines; words before and after the table, such as its title, are no rows."""
    several = [at for at, cells in enumerate(rows) if sum(map(bool, cells)) > 1]
    first, last = (several[0], several[-1]) if several else (len(rows), -1)
    first = 0 if is_headed else first
    return [
        row_line(cells) if first <= at <= last else " ".join(filter(None, cells))
        for at, cells in enumerate(rows)
    ]
