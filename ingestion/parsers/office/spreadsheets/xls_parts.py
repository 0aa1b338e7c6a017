"""The parts of an Excel 97 workbook beside its cells: chart titles, comments, files.

The records are those of [MS-XLS]. Only the titles of a chart are read, since its figures stand in
cells; a chart whose figures stand in no visible cell is counted.
"""

import io
import struct
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import olefile

from core.errors import UnreadableDocument
from ingestion.parsers.building import one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.office.spreadsheets.xls_looks import (
    BIFF8,
    EOF,
    SHEET,
    UNREAD,
    book_stream,
    short_text,
    sub_records,
)

NOTE, OTHER_BOOKS, OTHER_SHEETS = 0x1C, 0x1AE, 0x17
TEXT, WORDS, LINK, SOURCE, BEGIN, END = 0x1025, 0x100D, 0x1027, 0x1051, 0x1033, 0x1034
# The owners of a chart text that is a title: the chart or one of its axes.
TITLED = frozenset((1, 2, 3, 7))
# The first bytes of formulas that refer to a cell or an area on a sheet.
ON_SHEETS = frozenset((0x3A, 0x5A, 0x7A, 0x3B, 0x5B, 0x7B))
EMBEDDED_FOLDER = "MBD"
THIS_BOOK = 0x0401
IN_CHART = 2


@dataclass(slots=True)
class XlsParts:
    """The words on one sheet beside its cells, and counts of what cannot be read."""

    titles: list[str] = field(default_factory=list)
    comments: int = 0
    unread_charts: int = 0


def sheet_parts(content: bytes) -> dict[str, XlsParts]:
    """Return the parts by sheet name; empty if damaged, or written by another program."""
    try:
        with damaged_if_it_fails(UNREAD, struct.error):
            return _parts(book_stream(content))
    except UnreadableDocument:
        return {}


def embedded_files(content: bytes) -> int:
    """Count the files in a workbook, each of which has a folder of its own."""
    try:
        with damaged_if_it_fails(UNREAD), olefile.OleFileIO(io.BytesIO(content)) as ole:
            return len({path[0] for path in ole.listdir() if path[0].startswith(EMBEDDED_FOLDER)})
    except UnreadableDocument:
        return 0


def _parts(stream: bytes) -> dict[str, XlsParts]:
    if struct.unpack_from("<HHH", stream)[2] != BIFF8:
        return {}
    starts: dict[str, int] = {}
    are_hidden: list[bool] = []
    are_of_this_book: list[bool] = []
    references: list[tuple[int, int]] = []
    for _, kind, body in sub_records(stream, 0):
        if kind == SHEET:
            starts[short_text(body, 7, body[6])] = struct.unpack_from("<I", body)[0]
            are_hidden.append(bool(body[4] & 3))
        elif kind == OTHER_BOOKS:
            are_of_this_book.append(struct.unpack_from("<H", body, 2)[0] == THIS_BOOK)
        elif kind == OTHER_SHEETS:
            (count,) = struct.unpack_from("<H", body)
            references += (struct.unpack_from("<HH", body, 2 + 6 * at) for at in range(count))
    unseen = {
        at
        for at, (book, sheet) in enumerate(references)
        if not _at(are_of_this_book, book, usual=False) or _at(are_hidden, sheet, usual=True)
    }
    return {name: _sheet(stream, start, unseen) for name, start in starts.items()}


def _at(values: Sequence[bool], index: int, *, usual: bool) -> bool:
    return values[index] if index < len(values) else usual


def _sheet(stream: bytes, start: int, unseen: Collection[int]) -> XlsParts:
    parts = XlsParts()
    chart: list[tuple[int, bytes]] = []
    for depth, kind, body in sub_records(stream, start):
        if depth >= IN_CHART:
            chart.append((kind, body))
        elif kind == EOF and chart:  # the end of a chart, back on the sheet
            parts.titles += _titles(chart)
            parts.unread_charts += any(_is_of(body, unseen) for _, body in _sources(chart))
            chart = []
        elif kind == NOTE:
            parts.comments += 1
    return parts


def _titles(chart: Sequence[tuple[int, bytes]]) -> Iterator[str]:
    """Yield the titles of a chart and its axes."""
    around: list[int] = []
    words, before, is_title = "", 0, False
    for kind, body in chart:
        if kind == BEGIN:
            around.append(before)
        elif kind == END and around:
            if around.pop() == TEXT and is_title and words:
                yield words
        elif kind == TEXT:
            words, is_title = "", False
        elif kind == WORDS and around[-1:] == [TEXT]:
            words = one_line(short_text(body, 3, body[2]))
        elif kind == LINK and around[-1:] == [TEXT]:
            is_title = struct.unpack_from("<H", body)[0] in TITLED
        before = kind


def _sources(chart: Sequence[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    return ((kind, body) for kind, body in chart if kind == SOURCE)


def _is_of(source: bytes, unseen: Collection[int]) -> bool:
    """Tells whether a row of figures comes from a hidden sheet or from another file."""
    formula = source[8:]
    if len(formula) < 3 or formula[0] not in ON_SHEETS:
        return False
    return struct.unpack_from("<H", formula, 1)[0] in unseen
