"""The looks of cells in an Excel 97 workbook: formats, white, struck-out and hidden ones.

The values come from another library, which does not know looks. The records are those of [MS-XLS].
"""

import io
import struct
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import olefile

from core.errors import UnreadableDocument
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.numbers.formats import hides
from ingestion.parsers.office.spreadsheets.styles import GENERAL, Style, known_format

BOF, EOF = 0x809, 0x0A
BIFF8 = 0x600
SHEET, FONT, FORMAT, XF = 0x85, 0x31, 0x41E, 0xE0
ROW, COLUMNS, SEVERAL = 0x208, 0x7D, 0xBD
# Numbers, texts, formulas and truth values begin with row, column and style.
CELLS = frozenset((0x203, 0x27E, 0xFD, 0x204, 0xD6, 0x06, 0x206, 0x406, 0x205))
STRUCK, ROW_HIDDEN, COLUMN_HIDDEN = 0x08, 0x20, 0x01
# White in the table of colours, unless the workbook has its own (from number 8 on).
WHITE, OWN_COLOURS, FIRST_COLOUR, LIGHT = frozenset((1, 9)), 0x92, 8, 240
# Pictures, drawings and rules may put a colour behind white words.
PAINTED = (0xE9, 0xEC, 0x1B0)
MAX_CELLS = 2_000_000
UNREAD = "The styles of the workbook cannot be read."


@dataclass(slots=True)
class SheetLook:
    """The styles of the cells of a sheet by row and column from 0, and what is hidden.

    `part` is the path of the sheet in a workbook that is an archive.
    """

    part: str = ""
    styles: dict[tuple[int, int], Style] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    is_painted: bool = False


@dataclass(frozen=True, slots=True)
class _Font:
    is_struck: bool = False
    colour: int = 0


@dataclass(frozen=True, slots=True)
class _Xf:
    """A style as stored: the numbers of its font and format, and whether it is filled."""

    font: int
    number: int
    has_fill: bool


def sheet_looks(content: bytes) -> dict[str, SheetLook]:
    """Return the looks by sheet name; empty if damaged, or written by another program."""
    try:
        with damaged_if_it_fails(UNREAD, struct.error):
            return _looks(book_stream(content))
    except UnreadableDocument:
        return {}


def book_stream(content: bytes) -> bytes:
    """Return the records of a workbook as bytes."""
    with olefile.OleFileIO(io.BytesIO(content)) as ole:
        return bytes(ole.openstream("Workbook").read())


def _looks(stream: bytes) -> dict[str, SheetLook]:
    sheets: dict[str, int] = {}
    fonts: list[_Font] = []
    formats: dict[int, str] = {}
    styles: list[_Xf] = []
    white = WHITE
    if struct.unpack_from("<HHH", stream)[2] != BIFF8:
        return {}
    for kind, body in _records(stream, 0):
        match kind:
            case _ if kind == SHEET:
                sheets[short_text(body, 7, body[6])] = struct.unpack_from("<I", body)[0]
            case _ if kind == FONT:
                marks, colour = struct.unpack_from("<HH", body, 2)
                fonts.append(_Font(bool(marks & STRUCK), colour))
            case _ if kind == FORMAT:
                number, length = struct.unpack_from("<HH", body)
                formats[number] = short_text(body, 4, length)
            case _ if kind == XF:
                font, number = struct.unpack_from("<HH", body)
                (border,) = struct.unpack_from("<I", body, 14)
                styles.append(_Xf(font, number, bool(border >> 26)))
            case _ if kind == OWN_COLOURS:
                white = frozenset(_light(body))
    known = [_style(xf, fonts, formats, white) for xf in styles]
    return {name: _sheet(stream, start, known) for name, start in sheets.items()}


def _style(
    xf: _Xf, fonts: Sequence[_Font], formats: Mapping[int, str], white: Collection[int]
) -> Style:
    """Return the style; the font numbers skip 4, which does not exist."""
    at = xf.font - 1 if xf.font > 4 else xf.font
    font = fonts[at] if at < len(fonts) else _Font()
    code = formats.get(xf.number) or known_format(xf.number)
    is_white = font.colour in white and not xf.has_fill
    return Style(code, is_white, hides(code), font.is_struck)


def _light(colours: bytes) -> Iterator[int]:
    """Yield the numbers of the colours that are as good as white; 1 always is one of them."""
    yield 1
    for at in range((len(colours) - 2) // 4):
        if min(colours[2 + 4 * at : 5 + 4 * at]) >= LIGHT:
            yield FIRST_COLOUR + at


def _sheet(stream: bytes, start: int, styles: list[Style]) -> SheetLook:
    look = SheetLook()
    for kind, body in _records(stream, start):
        if kind in CELLS:
            row, column, style = struct.unpack_from("<HHH", body)
            look.styles[row, column] = styles[style] if style < len(styles) else GENERAL
        elif kind == SEVERAL:
            row, first = struct.unpack_from("<HH", body)
            for at in range((len(body) - 6) // 6):
                (style,) = struct.unpack_from("<H", body, 4 + 6 * at)
                look.styles[row, first + at] = styles[style] if style < len(styles) else GENERAL
        elif kind == ROW and struct.unpack_from("<H", body, 12)[0] & ROW_HIDDEN:
            look.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == COLUMNS and struct.unpack_from("<H", body, 8)[0] & COLUMN_HIDDEN:
            first, last = struct.unpack_from("<HH", body)
            look.hidden_columns.update(range(first, min(last, 0xFF) + 1))
        look.is_painted |= kind in PAINTED
        if len(look.styles) > MAX_CELLS:
            break
    return look


def _records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """Return the records of one part, without those of the charts that lie in it."""
    return ((kind, body) for depth, kind, body in sub_records(stream, start) if depth == 1)


def sub_records(stream: bytes, start: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield the records of one part at depth 1 and those of its charts at depth 2.

    An EOF record counts as outside the part that it ends.
    """
    at, depth = start, 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        depth += (kind == BOF) - (kind == EOF)
        if depth < 1:
            return
        yield depth, kind, body


def short_text(body: bytes, at: int, length: int) -> str:
    """Decode letters of one byte or two, as the mark in front of them says."""
    if body[at] & 1:
        return body[at + 1 : at + 1 + 2 * length].decode("utf-16-le", "replace")
    return body[at + 1 : at + 1 + length].decode("latin-1")
