"""Reads the rows of a table as they stand in a text: `a | b | c`."""

import re
from collections.abc import Sequence

BETWEEN_CELLS = " | "
NOT_CALCULATED = "not calculated"
"""Shown for a formula whose result the file does not hold."""
# Cells are joined by " | " in office files; PDF text keeps them apart by three or more spaces.
# The space behind a bar may be the one in front of the next, where a cell is empty.
_BAR = re.compile(r"(?:^|\s)\s*\|(?=\s|$)")
_GAP = re.compile(r"[ \t]{3,}|\t")
_FIGURE = re.compile(
    r"[-+−–(]?\s*[€$£¥]?\s*\d[\d.,:/'’ -]*\)?\s*"
    r"(?:%|‰|[^\W\d_]{1,12}\.?(?:/[^\W\d_]+)?|[€$£¥°]\w*)?\)?"
)
# A year, perhaps with a word for what it is the year of: `2026`, `2026 high`.
_YEAR = re.compile(r"(?:19|20)\d\d(?: [^\d]*)?")
_PAIR = re.compile(r"([^:|]{1,80}): \S")
MAX_FIGURE = 40
# The number of rows that show what a column holds.
LOOKED_AT = 5


def cells_of(row: str) -> list[str]:
    """Return the cells of a row, empty ones included."""
    if " | " in f" {row} ":
        return [cell.strip() for cell in _BAR.split(row)]
    return [cell.strip() for cell in _GAP.split(row)]


def is_figure(cell: str) -> bool:
    """Return whether a cell holds a number, an amount, a date or a time rather than words."""
    return len(cell) <= MAX_FIGURE and bool(_FIGURE.fullmatch(cell.strip()))


def names_columns(first: Sequence[str], following: Sequence[Sequence[str]]) -> bool:
    """Return whether a table's first row names its columns; not if it holds data itself.

    A table of one row has no names, and one name is enough only where it leaves out the first
    column. Years name columns unless the rows below hold years as well.
    """
    filled = sum(map(bool, first))
    if not following or not filled or (filled == 1 and first[0]):
        return False
    if len(set(first)) == 1 or _is_same_pair(first, following[0]) or first == following[0]:
        return False
    return not any(
        is_figure(cell) and _holds_data(cell, _below(column, following))
        for column, cell in enumerate(first)
    )


def named(columns: Sequence[str], cells: Sequence[str]) -> str:
    """Return the cells of a row, each after the name of its column."""
    if not columns or len(cells) > len(columns):
        return ", ".join(cell for cell in cells if cell)
    pairs = zip(columns, cells, strict=False)
    return ", ".join(f"{name} {cell}".strip() for name, cell in pairs if cell)


def _is_same_pair(first: Sequence[str], second: Sequence[str]) -> bool:
    """Return whether both rows name their columns themselves: `Part: bolt | Size: 4`."""
    first_names = [match[1] for cell in first if (match := _PAIR.match(cell))]
    second_names = [match[1] for cell in second if (match := _PAIR.match(cell))]
    return len(first_names) > 1 and len(second_names) > 1 and first_names[0] == second_names[0]


def _below(column: int, rows: Sequence[Sequence[str]]) -> list[str]:
    return [row[column] for row in rows[:LOOKED_AT] if column < len(row) and row[column]]


def _holds_data(cell: str, below: Sequence[str]) -> bool:
    """Return whether a figure in the first row is one like those below it."""
    if _YEAR.fullmatch(cell):
        return any(_YEAR.fullmatch(value) for value in below)
    return any(map(is_figure, below))
