"""Cuts an answer into statements: sentences, items of lists and rows of tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.domain.text.sentences import UnitKind, text_units
from rag.grounding.denials import only_denies
from rag.grounding.markers import MARKER, marker_numbers, strip_markers

_LEADING_MARKERS = re.compile(rf"(?:{MARKER.pattern})+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{3,}")
# Markdown around words and the number of a step are no part of a claim. A dash before a number
# stays, since it may be a minus.
_MARKUP = re.compile(
    r"^\s*(?:[-*•–▪]\s+(?!(?<=[-–]\s)\d)|\(?\d{1,2}[.)]\s+|>\s*)+|[*`]+|(?<!\w)_+|_+(?!\w)"
)
# The line below the header of a table, and the bars between its cells.
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?)?\s*")
_BAR = re.compile(r"[ \t]*(?<!\\)\|[ \t]*")
# Stands for a header row that cites something, as an introduction of its rows.
_COLUMNS = "Columns"
_IN_PLACES = (UnitKind.LIST_ITEM, UnitKind.TABLE_ROW)


@dataclass(frozen=True, slots=True)
class AnswerUnit:
    """A statement as it is written, and the numbers of the citations that are to carry it.

    An item or row that cites nothing has those of the words that introduce its list or table.
    """

    text: str
    numbers: tuple[int, ...]

    @property
    def claims_something(self) -> bool:
        """Whether it is no introduction, and no word that the documents lack something."""
        plain = claimed_words(self.text)
        if not self.numbers and only_denies(plain):
            return False
        return bool(_WORD.search(plain)) and not plain.endswith(":")


def answer_units(text: str) -> list[AnswerUnit]:
    """Return the statements of an answer, each with the markers after its full stop.

    Headings and the header rows of tables are none.
    """
    units: list[AnswerUnit] = []
    introduced: tuple[int, ...] = ()
    for unit in text_units("\n".join(_lines(text.split("\n")))):
        if unit.kind in (UnitKind.HEADING, UnitKind.ASIDE):
            introduced = ()
            continue
        leading = _LEADING_MARKERS.match(unit.text) if unit.kind is UnitKind.SENTENCE else None
        if leading and units:
            units[-1] = _with_markers(units[-1], leading.group().strip())
        rest = unit.text[leading.end() :].strip() if leading else unit.text
        if rest:
            units.append(_unit(rest.removeprefix("> "), unit.kind, introduced))
            introduced = _introduction(units[-1], unit.kind, introduced)
    return units


def _lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of an answer: rows of tables with their cells apart, no header rows."""
    is_table = False
    for line, following in pairwise([*lines, ""]):
        is_table = bool(_RULE.fullmatch(line)) or (is_table and "|" in line)
        if "|" in line and _RULE.fullmatch(following):
            markers = "".join(f"[{number}]" for number in marker_numbers(line))
            yield f"{_COLUMNS} {markers}:" if markers else ""
        elif is_table and not _RULE.fullmatch(line):
            yield _row(line)
        else:
            yield line


def _row(line: str) -> str:
    """Return the cells of a row in the form that text_units knows."""
    row = " | ".join(cell for cell in _BAR.split(line.strip()) if cell)
    return row if " | " in row else f"{row} |"


def _unit(text: str, kind: UnitKind, introduced: tuple[int, ...]) -> AnswerUnit:
    own = marker_numbers(text)
    return AnswerUnit(text, own or (introduced if kind in _IN_PLACES else ()))


def _with_markers(unit: AnswerUnit, markers: str) -> AnswerUnit:
    text = f"{unit.text} {markers}"
    return AnswerUnit(text, marker_numbers(text))


def _introduction(unit: AnswerUnit, kind: UnitKind, introduced: tuple[int, ...]) -> tuple[int, ...]:
    """Return the numbers that hold for the items and rows that follow."""
    if claimed_words(unit.text).endswith(":"):
        return unit.numbers
    return introduced if kind in _IN_PLACES else ()


def claimed_words(sentence: str) -> str:
    """Return a sentence without markers, list signs and emphasis."""
    words = " ".join(_MARKUP.sub("", strip_markers(sentence)).split())
    return words.strip(" |") if " |" in words else words
