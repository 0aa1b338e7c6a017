"""Finds what stands beside the very row, list item or day that a question names."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from core.domain.text.sentences import UnitKind
from core.domain.text.table_rows import cells_of, is_figure
from rag.reading.bounded_rows import tables
from rag.reading.designations import Naming
from rag.reading.question import QuestionTerms
from rag.reading.units import QuotableUnit
from rag.reading.weekdays import weekdays_in

# "Private car: 0.38 EUR per kilometre": what the item is about, and what it says.
_LABELLED = re.compile(r"(?P<label>[^:\n]{2,60}):\s+\S")


def outdone(terms: QuestionTerms, units: Sequence[QuotableUnit]) -> frozenset[int]:
    """Return by index the rows and list items that stand beside one that the question names."""
    return frozenset((*_rows(terms, units), *_items(terms, units)))


def other_days(question: str, units: Sequence[QuotableUnit]) -> dict[int, Naming]:
    """Return by index what is about other days of the week than those asked for: it is ANOTHER."""
    return dict.fromkeys(_of_other_days(question, units), Naming.ANOTHER)


def _rows(terms: QuestionTerms, units: Sequence[QuotableUnit]) -> Iterator[int]:
    """Yield the rows with some of the cells that the question names, where a row has more of them.

    "The site manager in Gdynia" is one row, and no other of Gdynia.
    """
    for table in tables(units):
        named = {index: _named_cells(terms, units[index]) for index in table}
        for index, cells in named.items():
            if cells and any(cells < others for others in named.values()):
                yield index


def _named_cells(terms: QuestionTerms, row: QuotableUnit) -> frozenset[str]:
    cells = (cell for cell in cells_of(row.text) if cell and not is_figure(cell))
    return frozenset(cell.casefold() for cell in cells if terms.names(cell))


def _items(terms: QuestionTerms, units: Sequence[QuotableUnit]) -> Iterator[int]:
    """Yield the list items whose label has no word of the question, where it names another."""
    for items in _lists(units):
        labels = {
            index: match["label"]
            for index in items
            if (match := _LABELLED.match(units[index].words))
        }
        if any(map(terms.names, labels.values())):
            yield from (index for index, label in labels.items() if not terms.coverage(label))


def _lists(units: Sequence[QuotableUnit]) -> Iterator[list[int]]:
    def place(index: int) -> tuple[UnitKind, int, str]:
        return units[index].kind, units[index].hit.chunk.id, units[index].heading

    for (kind, *_), items in groupby(range(len(units)), place):
        if kind is UnitKind.LIST_ITEM:
            yield list(items)


def _of_other_days(question: str, units: Sequence[QuotableUnit]) -> Iterator[int]:
    """Yield what is the row of other days of the week than those asked for, or under their heading.

    A sentence may mention any day: "open Monday to Friday" answers for Saturday as well.
    """
    asked = weekdays_in(question)
    if not asked:
        return
    for index, unit in enumerate(units):
        row = cells_of(unit.text)[:1] if unit.kind is UnitKind.TABLE_ROW else []
        days = weekdays_in(" ".join((*row, unit.heading)))
        if days and not days & asked and not weekdays_in(unit.words) & asked:
            yield index
