"""Shows a table as text: a row a line, `a | b | c`, or `name: value` pairs where it is wide."""

from collections.abc import Iterator, Sequence

from core.domain.table_rows import BETWEEN_CELLS, names_columns
from ingestion.parsers.building import one_line

# With more columns, or longer names, nobody finds the name that belongs to a cell, and the names do
# not fit into the passages that should repeat them.
MAX_COLUMNS = 8
MAX_HEADER = 300
# A row of pairs is cut into lines of this many characters, each beginning with its first cell.
MAX_LINE = 600

Cells = Sequence[str]


def table_lines(rows: Sequence[Cells], *, headers: int | None = None) -> list[str]:
    """The lines of a table; empty rows and columns are left out.

    The first `headers` rows name the columns (0 if none does); None where only the cells can tell.
    """
    shown, named = _tidied(rows, headers)
    if not shown:
        return []
    if headers is None and _starts_with_names(shown):
        named = 1
    names = joined_names(shown[:named])
    body = shown[named:]
    if not named:
        return _plain(body)
    if _needs_pairs(names, body):
        return [line for cells in body for line in pair_lines(names, cells)]
    return _plain([names, *body])


def joined_names(rows: Sequence[Cells]) -> list[str]:
    """One name a column of several rows of them: `Load`, `indoors` become `Load indoors`."""
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*rows, strict=True)]


def is_wide(names: Cells) -> bool:
    """Whether the names of the columns stand with every cell, since they are many or long."""
    filled = [name for name in names if name]
    return len(filled) > MAX_COLUMNS or sum(map(len, filled)) > MAX_HEADER


def pair_lines(names: Cells, cells: Cells) -> Iterator[str]:
    """A row as `Article: Roll cage | Weight: 48 kg | …`, in several lines if it is long.

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
    """A row as `a | b | c`; a bar marks one with its first cell only."""
    filled = list(cells)
    while filled and not filled[-1]:
        filled.pop()
    line = BETWEEN_CELLS.join(filled)
    return f"{line} |" if len(filled) == 1 else line


def _tidied(rows: Sequence[Cells], headers: int | None) -> tuple[list[list[str]], int]:
    """Rows of one width with clean cells, and how many of them are still headers."""
    width = max(map(len, rows), default=0)
    full = [[*(one_line(cell) for cell in row), *([""] * (width - len(row)))] for row in rows]
    kept = [column for column in range(width) if any(row[column] for row in full)]
    named = sum(any(row) for row in full[: headers or 0])
    return [[row[column] for column in kept] for row in full if any(row)], named


def _starts_with_names(rows: Sequence[Cells]) -> bool:
    return names_columns(rows[0], rows[1:])


def _needs_pairs(names: Cells, body: Sequence[Cells]) -> bool:
    """Also where the cells alone would not tell that the first row names the columns."""
    return bool(body) and len(names) > 1 and (is_wide(names) or not names_columns(names, body))


def _plain(rows: Sequence[Cells]) -> list[str]:
    """Words in front of and behind the rows of a table, such as its title, are no rows."""
    several = [at for at, cells in enumerate(rows) if sum(map(bool, cells)) > 1]
    first, last = (several[0], several[-1]) if several else (len(rows), -1)
    return [
        row_line(cells) if first <= at <= last else " ".join(filter(None, cells))
        for at, cells in enumerate(rows)
    ]
