"""Writes the lead of an answer: the one value or sentence that answers, if one stands out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.text.sentences import UnitKind
from core.domain.text.table_rows import cells_of, is_figure
from rag.reading.answer_kind import AnswerKind, Expectation, expected_answer
from rag.reading.blocks import Block, Blocks
from rag.reading.question import QuestionTerms
from rag.writing.cards import block_of, leans_back
from rag.writing.passages import Quote

# What is read at a glance.
MAX_WORDS = 28
# A quote stands out if the next best scores this much less.
STANDS_OUT = 0.06
# A column that holds the kind of words asked for counts as much as one that the question names.
KIND_WEIGHT = 0.5


# The code of a row: "S-06", "R 11", "4.2".
_CODE = re.compile(r"[A-Z]{0,4}[ -]?\d[\d.]*[a-z]?")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# A column whose name holds the unit of its figures: "Price (EUR)", "Share [%]".
_WITH_UNIT = re.compile(r"(?P<name>.+?)\s*[(\[](?P<unit>[^()\[\]\d]{1,12})[)\]]")
_ADDRESS = re.compile(r"\S@\S|://|\bwww\.")
# Names of columns that add nothing to a figure.
_SAYS_NOTHING = frozenset({"amount", "value", "figure", "number", "quantity", "price", "sum"})


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with the name of its column, "" if nothing names it."""

    column: str
    words: str


def lead_of(quotes: Sequence[Quote], question: str, terms: QuestionTerms, blocks: Blocks) -> str:
    """Return the lead of an answer from its quotes, the first one first; "" if none stands out."""
    if not quotes or not _stands_out(quotes):
        return ""
    best, expectation = quotes[0], expected_answer(question)
    block = block_of(best, blocks)
    if best.kind is UnitKind.TABLE_ROW:
        return _row(_cells(best, block), expectation, terms)
    # Where any words may answer, nothing tells the nearest sentence from one that sounds alike.
    return "" if expectation.kind is AnswerKind.ANY else _sentence(best, block)


def _stands_out(quotes: Sequence[Quote]) -> bool:
    best, *others = quotes
    return best.is_of_kind and all(best.score - quote.score >= STANDS_OUT for quote in others)


def _sentence(quote: Quote, block: Block) -> str:
    """Return a short sentence or list item that stands alone."""
    pieces = [p for p in block.pieces if p.start < quote.end and quote.start < p.end]
    words = " ".join(quote.text.split())
    is_one = len(pieces) == 1 and len(words.split()) <= MAX_WORDS
    return words if is_one and not leans_back(words) and not words.endswith(":") else ""


def _cells(quote: Quote, block: Block) -> list[_Cell]:
    cells = cells_of(quote.text)
    columns = [*block.columns, *[""] * (len(cells) - len(block.columns))]
    return [_Cell(name, words) for name, words in zip(columns, cells, strict=False) if words]


def _row(cells: Sequence[_Cell], expectation: Expectation, terms: QuestionTerms) -> str:
    """Return the cell asked for after the words of its row, "" if several may be it."""
    if len(cells) < 2:
        return ""
    first, *others = cells
    value = _asked_for(others, expectation, terms)
    if value is None:
        return ""
    named = [cell.words for cell in others if cell is not value and _is_named(cell, terms)]
    value = _measured(value)
    name = _column(value)
    row = ", ".join(_row_words(first, named, terms))
    return f"{row}: {value.words}{f', {name}' if name else ''}"


def _measured(cell: _Cell) -> _Cell:
    """Return a bare number with the unit that the name of its column gives."""
    column = _WITH_UNIT.fullmatch(cell.column)
    if column is None or not _NUMBER.fullmatch(cell.words):
        return cell
    return _Cell(column["name"], f"{cell.words} {column['unit']}")


def _row_words(first: _Cell, named: Sequence[str], terms: QuestionTerms) -> Iterator[str]:
    """Yield what a row is called: not the code of one that has a name, and no word twice."""
    if not named or not _CODE.fullmatch(first.words) or terms.coverage(first.words):
        yield first.words
    others = [first.words.casefold(), *(words.casefold() for words in named)]
    for place, words in enumerate(named, start=1):
        if not any(others[place] in said for said in (*others[:place], *others[place + 1 :])):
            yield words


def _asked_for(
    cells: Sequence[_Cell], expectation: Expectation, terms: QuestionTerms
) -> _Cell | None:
    """Return the one cell that the question asks for, None if several may be it."""
    if len(cells) == 1:
        return cells[0]
    ranks = [(_fit(cell, expectation, terms), cell) for cell in cells]
    best = max(rank for rank, _ in ranks)
    fitting = [cell for rank, cell in ranks if rank == best]
    return fitting[0] if best > 0 and len(fitting) == 1 else None


def _fit(cell: _Cell, expectation: Expectation, terms: QuestionTerms) -> float:
    """Return how well a cell fits what is asked for; one that repeats the question does not."""
    if _is_named(cell, terms):
        return 0.0
    is_of_kind = expectation.is_binding and expectation.is_met(
        f"| {cell.words}", f"{cell.column} {cell.words}"
    )
    # "Mon-Fri 06:00-15:00" has capitals as well.
    is_of_kind &= expectation.kind is not AnswerKind.NAME or not _NUMBER.search(cell.words)
    return terms.coverage(cell.column) + KIND_WEIGHT * is_of_kind


def _is_named(cell: _Cell, terms: QuestionTerms) -> bool:
    """Return whether the question itself holds words of the cell."""
    is_words = not is_figure(cell.words) and not _ADDRESS.search(cell.words)
    return is_words and terms.coverage(cell.words) > 0


def _column(cell: _Cell) -> str:
    """Return the name of a column as it goes on in a sentence, "" where the value needs none."""
    is_clear = not is_figure(cell.words) and " " not in cell.column
    is_clear |= cell.column.casefold() in _SAYS_NOTHING
    return "" if is_clear else _going_on(cell.column)


def _going_on(name: str) -> str:
    """Return words without the capital that only begins them, as in "Limit per night"."""
    first, *rest = name.split() or [""]
    goes_on = first[1:].islower() and all(word[0].islower() for word in rest)
    return " ".join((first.lower(), *rest)) if goes_on else name
