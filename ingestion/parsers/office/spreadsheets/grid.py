"""The cells of a sheet before anything is left out: merged ones, and those nobody sees."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ingestion.parsers.hidden import NOT_DISPLAYED, WHITE
from ingestion.parsers.office.spreadsheets.sheets import Line

# The columns of a sheet, and the merged cells beyond which they are only a background.
MAX_COLUMNS = 16_384
MAX_FILLED = 500_000

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column; rows count from 1, columns from 0."""


@dataclass(slots=True)
class Sheet:
    """A sheet as people see it, and the (kind, words) that they do not see.

    `depths` maps the first row of merged column names to the number of rows they span.
    """

    lines: list[Line] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    depths: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """The cells of a sheet by row (from 1) and column (from 0).

    `is_painted` means that something may put a colour behind white words.
    """

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    white: list[tuple[int, int]] = field(default_factory=list)
    blank: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merges: list[Merge] = field(default_factory=list)
    is_painted: bool = False


def sheet_of(grid: Grid) -> Sheet:
    """Return what people see of the cells, with merged values in all of their cells."""
    sheet = Sheet()
    # Rows with nothing but their part of merged cells are not rows of their own.
    fillings = {number for number, cells in grid.rows.items() if not cells}
    copied = _fill_merged(grid, sheet.depths)
    _take_hidden(grid, sheet)
    last = 0
    for number in sorted(grid.rows):
        if number in grid.hidden_rows or (number in fillings and grid.rows[number]):
            last = number if number == last + 1 else last
            continue
        if number > last + 1:
            sheet.lines.append(Line(last + 1, ()))
        cells = grid.rows[number]
        width = max(cells, default=-1) + 1
        shown = tuple(cells.get(column, "") for column in range(width))
        sheet.lines.append(Line(number, shown, frozenset(copied.get(number, ()))))
        last = number
    return sheet


def _take_hidden(grid: Grid, sheet: Sheet) -> None:
    """Take out hidden rows and columns, white words, and cells with an empty format."""
    for number in sorted(grid.hidden_rows & grid.rows.keys()):
        _hide(sheet, NOT_DISPLAYED, grid.rows[number].values())
        grid.rows[number] = {}
    _hide(sheet, NOT_DISPLAYED, _taken(grid, lambda _, column: column in grid.hidden_columns))
    blank = set(grid.blank)
    _hide(sheet, NOT_DISPLAYED, _taken(grid, lambda row, column: (row, column) in blank))
    # A table style, a rule or a picture may well put a colour behind white words.
    if grid.white and not grid.is_painted:
        white = set(grid.white)
        _hide(sheet, WHITE, _taken(grid, lambda row, column: (row, column) in white))


def _taken(grid: Grid, is_hidden: Callable[[int, int], bool]) -> list[str]:
    taken = []
    for number, cells in grid.rows.items():
        for column in [column for column in cells if is_hidden(number, column)]:
            taken.append(cells.pop(column))
    return taken


def _hide(sheet: Sheet, kind: str, words: Iterable[str]) -> None:
    text = " ".join(words)
    if text:
        sheet.hidden.append((kind, text))


def _fill_merged(grid: Grid, depths: dict[int, int]) -> dict[int, set[int]]:
    """Show merged values in all their cells; return each row's columns that repeat the left one.

    A value over the whole width of its row, such as a title, stands once.
    """
    copied: dict[int, set[int]] = defaultdict(set)
    widest = max((max(cells, default=-1) for cells in grid.rows.values()), default=-1)
    numbers = sorted(grid.rows)
    unseen = {*grid.white, *grid.blank}
    filled = 0
    for first_row, first, last_row, last in grid.merges:
        value = grid.rows.get(first_row, {}).get(first, "")
        columns = [*range(first, min(last, widest) + 1)]
        rows = numbers[bisect_left(numbers, first_row) : bisect_right(numbers, last_row)]
        filled += len(rows) * len(columns)
        if not value or filled > MAX_FILLED or (first_row, first) in unseen:
            continue
        if len(columns) > 1 and grid.rows[first_row].keys() <= set(columns):
            columns = columns[:1]
        for number in rows:
            grid.rows[number].update(dict.fromkeys(columns, value))
            copied[number].update([c for c in columns if c not in grid.hidden_columns][1:])
        if len(columns) > 1:
            depths[first_row] = max(depths.get(first_row, 2), last_row - first_row + 2)
    return copied
