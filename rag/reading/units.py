"""Cuts passages into what can be quoted by itself: sentences, list items and table rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from core.domain.text.sentences import TextUnit, UnitKind, says_anything, text_units, without_bullet
from core.domain.text.table_rows import LOOKED_AT, cells_of, named, names_columns

# A list of at most this many words is quoted whole, with the sentence that introduces it.
SHORT_LIST_WORDS = 45

_CELLS = re.compile(r"\s+\|\s+|[ \t]{3,}|\t")
_LINE = re.compile(r"[^\n]+")
# The lines of a file of settings: `retry_delay: 15`, `retry.delay = 15`, or a group: `printer:`.
_SETTING = re.compile(r"\s*(?:[-\[]\s*)?[a-z_][\w.-]*\s*(?:[:=](?:\s*\S.*)?|\])")
LEAST_SETTINGS = 3
_LABEL = re.compile(r"(?:[^\W\d_]+ ?){1,2}:[ \t]*\n")
_POINTS_BACK = re.compile(
    r"\W*(?:\d+[.)]\s+)?(?:[\w’'-]+,?\s+){0,4}?(?:it|its|this|these|those|they|them|their|he|his"
    r"|him|she|her|such|there|former|latter|same)\b",
    re.IGNORECASE,
)
# A Markdown footnote, and its mark in the sentence that it belongs to.
_NOTE = re.compile(r"\[\^(?P<mark>[^\]\s]+)\]:\s")
_NOTE_MARK = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_PAGE_FOOTER = re.compile(r"\bpage\s+\d+\s+(?:of|/)\s+\d+\s*$", re.IGNORECASE)
_RUNNING_TITLE = re.compile(r"^\S.{0,60}?\s{3,}version\s+[\d.]+$", re.IGNORECASE)
_MAIL_HEADER = re.compile(r"^Subject: .*\nFrom: ")


@dataclass(frozen=True, slots=True)
class QuotableUnit:
    """Exact words of a passage: `text == hit.chunk.text[start:end]`.

    `rank` counts passages from 0. `words` is the text without its bullet, or the cells with the
    names of its table's `columns`. `before` is the previous sentence, for a note the sentence with
    its mark, "" if there is none. `points_back` says that the unit cannot be understood without it
    ("It is changed only when ...").
    """

    hit: RetrievedChunk
    rank: int
    start: int
    end: int
    kind: UnitKind
    heading: str
    words: str
    before: str = ""
    points_back: bool = False
    columns: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The exact words."""
        return self.hit.chunk.text[self.start : self.end]

    @property
    def context(self) -> str:
        """The words with the heading that they stand under."""
        return f"{self.heading}: {self.words}"

    @property
    def above(self) -> tuple[str, ...]:
        """What the words stand under or point back to, the nearest first."""
        path = (self.heading, *reversed(self.hit.chunk.headings), self.hit.chunk.document_title)
        return (self.before, *path) if self.points_back else path


def quotable_units(chunks: Sequence[RetrievedChunk]) -> list[QuotableUnit]:
    """Return the units of all passages in order, without headings, footers and column names."""
    return [unit for rank, hit in enumerate(chunks) for unit in _PassageReader(rank, hit).units()]


class _PassageReader:
    """A reader of one passage from top to bottom, which knows the open heading and columns."""

    def __init__(self, rank: int, hit: RetrievedChunk) -> None:
        self._rank, self._hit = rank, hit
        self._heading, self._columns = opening_of(hit.chunk)
        self._before = ""
        self._noted: dict[str, str] = {}

    def units(self) -> Iterator[QuotableUnit]:
        """Yield what can be quoted, in order."""
        pieces = [p for p in pieces_of(self._hit.chunk.text) if not is_boilerplate(p.text)]
        for number, piece in enumerate(pieces):
            match piece.kind:
                case UnitKind.HEADING:
                    self._heading, self._columns, self._before = piece.text.lstrip("# "), [], ""
                case UnitKind.TABLE_ROW:
                    if not self._columns and is_header(pieces[number:]):
                        self._columns = cells_of(piece.text)
                    else:
                        words = named(self._columns, cells_of(piece.text))
                        yield self._unit(piece, piece.end, words)
                case UnitKind.SENTENCE if _is_label(pieces[number:]):
                    self._columns, self._before = [], ""
                case UnitKind.SENTENCE | UnitKind.LIST_ITEM:
                    yield self._sentence(piece, _list_end(pieces[number:]))
                case UnitKind.ASIDE:
                    self._columns, self._before = [], ""

    def _sentence(self, piece: TextUnit, end: int) -> QuotableUnit:
        words = without_bullet(piece)
        self._noted |= dict.fromkeys(_NOTE_MARK.findall(words), words)
        unit = self._unit(piece, end, words)
        self._columns, self._before = [], words
        return unit

    def _unit(self, piece: TextUnit, end: int, words: str) -> QuotableUnit:
        is_row = piece.kind is UnitKind.TABLE_ROW
        bullet = len(piece.text) - len(without_bullet(piece))
        note = _NOTE.match(words)
        noted = self._noted.get(note["mark"], "") if note else ""
        before = "" if is_row else noted or self._before
        return QuotableUnit(
            self._hit,
            self._rank,
            piece.start if is_row else piece.start + bullet,
            end,
            piece.kind,
            self._heading,
            words,
            before,
            points_back=bool(before and (noted or _POINTS_BACK.match(words))),
            columns=tuple(self._columns) if is_row else (),
        )


def pieces_of(text: str) -> Iterator[TextUnit]:
    """Yield text units; sentences that hold table rows or settings are cut into their lines.

    A line with nothing but a label, such as "Notes:", is cut off the sentence below it.
    """
    for unit in text_units(text):
        if unit.kind is not UnitKind.SENTENCE:
            yield unit
        elif _CELLS.search(unit.text) or _are_settings(unit.text):
            yield from _lines(unit)
        else:
            yield from _without_label(unit)


def _lines(unit: TextUnit) -> Iterator[TextUnit]:
    for line in _LINE.finditer(unit.text):
        piece = _part(unit, line.start(), line.end())
        if says_anything(piece.text):
            is_row = _CELLS.search(piece.text)
            yield replace(piece, kind=UnitKind.TABLE_ROW if is_row else UnitKind.SENTENCE)


def _are_settings(text: str) -> bool:
    """Return whether all lines of a text are the names of settings with their values."""
    lines = [line for line in text.splitlines() if line.strip()]
    return len(lines) >= LEAST_SETTINGS and all(map(_SETTING.fullmatch, lines))


def _without_label(unit: TextUnit) -> Iterator[TextUnit]:
    label = _LABEL.match(unit.text)
    if label is None:
        yield unit
        return
    yield _part(unit, 0, label.end())
    yield _part(unit, label.end(), len(unit.text))


def _is_label(pieces: Sequence[TextUnit]) -> bool:
    """Return whether the first piece only names what follows it, and introduces no list."""
    label, *following = pieces[:2]
    is_above_text = any(piece.kind is UnitKind.SENTENCE for piece in following)
    return is_above_text and bool(_LABEL.fullmatch(f"{label.text}\n"))


def _part(unit: TextUnit, start: int, end: int) -> TextUnit:
    words = unit.text[start:end].strip()
    first = unit.start + unit.text.index(words, start)
    return TextUnit(words, first, first + len(words), unit.kind)


def opening_of(chunk: Chunk) -> tuple[str, list[str]]:
    """Return the heading and the column names that are open where the passage begins."""
    path = (chunk.document_title, *chunk.headings)
    # Of a table that began in an earlier passage, the splitter adds the header as the last heading.
    if len(path) > 1 and " | " in path[-1]:
        return path[-2], cells_of(path[-1])
    return path[-1], []


def is_header(pieces: Sequence[TextUnit]) -> bool:
    """Return whether the first of these pieces is a row that names the columns of the others."""
    rows = list(takewhile(lambda piece: piece.kind is UnitKind.TABLE_ROW, pieces[: LOOKED_AT + 1]))
    first, *others = [cells_of(row.text) for row in rows]
    return names_columns(first, others)


def _list_end(pieces: Sequence[TextUnit]) -> int:
    """Return where the first piece ends, together with the short list that it introduces."""
    intro, end = pieces[0], pieces[0].end
    if not intro.text.endswith(":"):
        return end
    words = len(intro.text.split())
    for piece in pieces[1:]:
        if piece.kind is not UnitKind.LIST_ITEM:
            return end
        words += len(piece.text.split())
        if words > SHORT_LIST_WORDS:
            return intro.end
        end = piece.end
    return end


def is_boilerplate(text: str) -> bool:
    """Return whether words are a footer, a running title or the head of an e-mail."""
    patterns = (_PAGE_FOOTER, _RUNNING_TITLE, _MAIL_HEADER)
    return any(pattern.search(text) for pattern in patterns)
