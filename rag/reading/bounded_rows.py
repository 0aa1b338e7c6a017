"""Finds the row of a table whose bounds hold what a question names: a trip of 800 euros."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from core.domain.text.sentences import UnitKind
from core.domain.text.table_rows import cells_of
from rag.figures.bounds import Amount, Bounds, amounts_in, bounds_in
from rag.reading.designations import Naming
from rag.reading.units import QuotableUnit

# One row with a limit may be a note; two make a column that tells rows apart by it.
LEAST_ROWS = 2


def bounded_rows(question: str, units: Sequence[QuotableUnit]) -> dict[int, Naming]:
    """Return by index which rows hold an amount of the question, and which hold others.

    Rows are compared within their table, and only where one of them holds an amount.
    """
    amounts = amounts_in(question)
    if not amounts:
        return {}
    namings: dict[int, Naming] = {}
    for table in tables(units):
        rows = {index: cells_of(units[index].text) for index in table}
        columns = units[table[0]].columns
        for column in range(max(map(len, rows.values()))):
            name = columns[column] if column < len(columns) else ""
            namings |= _of_column(amounts, _bounds(rows, column, name))
    return namings


def tables(units: Sequence[QuotableUnit]) -> Iterator[list[int]]:
    """Yield the indexes of the rows of each table."""

    def place(index: int) -> tuple[UnitKind, int, str, tuple[str, ...]]:
        unit = units[index]
        return unit.kind, unit.hit.chunk.id, unit.heading, unit.columns

    for (kind, *_), rows in groupby(range(len(units)), place):
        if kind is UnitKind.TABLE_ROW:
            yield list(rows)


def _bounds(rows: Mapping[int, Sequence[str]], column: int, name: str) -> dict[int, Bounds]:
    """Return the bounds in one column of a table, by the index of their row."""
    found: dict[int, Bounds] = {}
    for index, cells in rows.items():
        bounds = bounds_in(cells[column], name) if column < len(cells) else None
        if bounds is not None:
            found[index] = bounds
    return found


def _of_column(amounts: Sequence[Amount], bounds: dict[int, Bounds]) -> dict[int, Naming]:
    for amount in amounts:
        comparable = {i: b for i, b in bounds.items() if b.dimension == amount.dimension}
        holding = {index for index, b in comparable.items() if b.holds(amount)}
        if holding and len(comparable) >= LEAST_ROWS:
            return {i: Naming.NAMED if i in holding else Naming.ANOTHER for i in comparable}
    return {}
