"""Shows a table as text: a row a line, `a | b | c`, or `name: value` pairs where it is wide."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.table_rows import BETWEEN_CELLS, names_columns
from ingestion.parsers.building import one_line

# With more columns, or longer names, nobody finds the name that belongs to a cell, and the names do
# not fit into the passages that should repeat them.
MAX_COLUMNS = 8
MAX_HEADER = 300
# A row of pairs is cut into lines of this many characters, each beginning with its first cell.
MAX_LINE = 600

# Cells that are filled because one is merged over them; more are a background.
MAX_FILLED = 200_000

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Spanned:
    """A cell that reaches over so many columns and rows."""

    text: str
    across: int = 1
    down: int = 1


def spread(rows: Sequence[Sequence[Spanned]]) -> list[list[str]]:
    """The cells in their columns, a merged one in all of its places.

    One that fills its row alone, such as the name of a section, stands once; and columns in which
    no cell begins are left out.
    """
    grid: list[dict[int, str]] = [{} for _ in rows]
    begun: set[int] = set()
    room = MAX_FILLED
    for at, cells in enumerate(rows):
        column = 0
        is_alone = len(cells) == 1 and not grid[at]
        for cell in cells:
            while column in grid[at]:
                column += 1
            begun.add(column)
            down, across = min(cell.down, len(rows) - at), cell.across
            room -= down * across
            for line in grid[at : at + (down if room > 0 else 1)]:
                filled = 1 if is_alone or not cell.text or room <= 0 else across
                line.update(dict.fromkeys(range(column, column + filled), cell.text))
            column += across
    return [[line.get(column, "") for column in sorted(begun)] for line in grid]


def table_lines(rows: Sequence[Cells], *, headers: int | None = None) -> list[str]:
    """The lines of a table; empty rows and columns are left out.

    The first `headers` rows name the columns (0 if none does); None where only the cells can tell.
    """
    shown, named = _tidied(rows, headers)
    if not shown:
        return []
    if headers is None and _starts_with_names(shown):
        named = 1
    body = shown[named:]
    if not named:
        return _plain(body) if headers is None or not _starts_with_names(body) else _apart(body)
    lead, names = _title_and_names(shown[:named])
    if _needs_pairs(names, body):
        return [*lead, *(line for cells in body for line in pair_lines(names, cells))]
    return [*lead, *_plain([names, *body], is_headed=True)]


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


def _title_and_names(rows: Sequence[Cells]) -> tuple[list[str], list[str]]:
    """The names of the columns, and the title that stands above them in a row of its own."""
    titles = [cells for cells in rows if sum(map(bool, cells)) == 1 < len(cells)]
    if len(titles) == len(rows):
        return [], joined_names(rows)
    names = joined_names([cells for cells in rows if cells not in titles])
    return [" ".join(cells).strip() for cells in titles], names


def _apart(rows: Sequence[Cells]) -> list[str]:
    """Rows with an empty line between them, so that nobody takes the first for names."""
    return [line for cells in rows for line in (row_line(cells), "")][:-1]


def _starts_with_names(rows: Sequence[Cells]) -> bool:
    return names_columns(rows[0], rows[1:])


def _needs_pairs(names: Cells, body: Sequence[Cells]) -> bool:
    """Also where the cells alone would not tell that the first row names the columns."""
    return bool(body) and len(names) > 1 and (is_wide(names) or not names_columns(names, body))


def _plain(rows: Sequence[Cells], *, is_headed: bool = False) -> list[str]:
    """Words in front of and behind the rows of a table, such as its title, are no rows."""
    several = [at for at, cells in enumerate(rows) if sum(map(bool, cells)) > 1]
    first, last = (several[0], several[-1]) if several else (len(rows), -1)
    first = 0 if is_headed else first
    return [
        row_line(cells) if first <= at <= last else " ".join(filter(None, cells))
        for at, cells in enumerate(rows)
    ]
