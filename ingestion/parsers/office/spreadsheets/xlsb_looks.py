"""The looks of cells in a binary Excel workbook: formats, white, struck-out and hidden ones.

The values come from another library. The records are those of [MS-XLSB].
"""

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator

from core.errors import UnreadableDocument
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.numbers.formats import hides
from ingestion.parsers.office.spreadsheets.styles import GENERAL, Style, known_format
from ingestion.parsers.office.spreadsheets.xls_looks import MAX_CELLS, STRUCK, UNREAD, SheetLook
from ingestion.parsers.web.xml import parsed_xml

BOOK, STYLES = "xl/workbook.bin", "xl/styles.bin"
RELATIONS = "xl/_rels/workbook.bin.rels"
SHEET, FONT, FILL, FORMAT, XF, FIRST_XF, LAST_XF = 156, 43, 45, 44, 47, 617, 618
ROW, COLUMNS = 0, 60
# Numbers, errors, truth values and texts, plain ones and results of formulas.
CELLS = range(2, 12)
ROW_HIDDEN, COLUMN_HIDDEN = 0x10, 0x01
# Rules, tables and pictures may put a colour behind white words.
PAINTED = frozenset((461, 562, 661, 1046))
# How a colour is stored ([MS-XLSB] 2.5.22), and from which lightness on it is as good as white.
INDEXED, RGB, THEMED = 1, 2, 3
WHITES, PAPER, LIGHT, DARKER = frozenset((1, 9, 65)), 0, 240, -0.05
NO_PATTERN, ONE_COLOUR = 0, 1
MAX_COLUMN = 16_383
MAX_PART = 64 * 2**20


def sheet_looks(content: bytes) -> dict[str, SheetLook]:
    """Return the looks by sheet name; empty if the styles are damaged."""
    try:
        with (
            damaged_if_it_fails(UNREAD, struct.error),
            zipfile.ZipFile(io.BytesIO(content)) as archive,
        ):
            styles = _styles(archive) if STYLES in archive.namelist() else []
            return {name: _sheet(_part(archive, at), styles, at) for name, at in _sheets(archive)}
    except UnreadableDocument:
        return {}


def _sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the name and the part of each sheet."""
    targets = {
        entry.get("Id"): posixpath.normpath(
            posixpath.join("/xl", entry.get("Target") or "")
        ).lstrip("/")
        for entry in parsed_xml(_part(archive, RELATIONS))
        if (entry.get("Type") or "").endswith("/worksheet")
    }
    for kind, body in records(_part(archive, BOOK)):
        if kind == SHEET:
            relation, after = _text(body, 8)
            name, _ = _text(body, after)
            if relation in targets:
                yield name, targets[relation]


def _styles(archive: zipfile.ZipFile) -> list[Style]:
    formats: dict[int, str] = {}
    struck: list[bool] = []
    are_white: list[bool] = []
    are_filled: list[bool] = []
    styles: list[Style] = []
    are_of_cells = False
    for kind, body in records(_part(archive, STYLES)):
        if kind == FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = _text(body, 2)[0]
        elif kind == FONT:
            struck.append(bool(body[2] & STRUCK))
            are_white.append(_is_light(body[12:20]))
        elif kind == FILL:
            (pattern,) = struct.unpack_from("<I", body)
            is_white = pattern == ONE_COLOUR and _is_light(body[4:12])
            are_filled.append(pattern != NO_PATTERN and not is_white)
        elif kind in (FIRST_XF, LAST_XF):
            are_of_cells = kind == FIRST_XF
        elif kind == XF and are_of_cells:
            number, font, fill = struct.unpack_from("<HHH", body, 2)
            code = formats.get(number) or known_format(number)
            is_struck = font < len(struck) and struck[font]
            is_filled = fill < len(are_filled) and are_filled[fill]
            is_white = font < len(are_white) and are_white[font] and not is_filled
            styles.append(Style(code, is_white, hides(code), is_struck))
    return styles


def _is_light(colour: bytes) -> bool:
    """Tells whether a stored colour is as good as white."""
    if len(colour) < 8:
        return False
    marks, number, tint, *parts = struct.unpack("<BBhBBBB", colour)
    kind = marks >> 1
    if kind == THEMED:
        return bool(number == PAPER and tint / 0x7FFF > DARKER)
    return number in WHITES if kind == INDEXED else kind == RGB and min(parts[:3]) >= LIGHT


def _sheet(stream: bytes, styles: list[Style], part: str) -> SheetLook:
    look = SheetLook(part)
    row = 0
    for kind, body in records(stream):
        if kind == ROW:
            (row,) = struct.unpack_from("<I", body)
            (height,) = struct.unpack_from("<H", body, 8)
            if body[11] & ROW_HIDDEN or not height:
                look.hidden_rows.add(row)
        elif kind in CELLS:
            column, style = struct.unpack_from("<II", body)
            number = style & 0xFFFFFF
            look.styles[row, column] = styles[number] if number < len(styles) else GENERAL
        elif kind == COLUMNS:
            first, last, width = struct.unpack_from("<III", body)
            if struct.unpack_from("<H", body, 16)[0] & COLUMN_HIDDEN or not width:
                look.hidden_columns.update(range(first, min(last, MAX_COLUMN) + 1))
        look.is_painted |= kind in PAINTED
        if len(look.styles) > MAX_CELLS:
            break
    return look


def records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part of a binary workbook."""
    at = 0
    while at < len(stream):
        kind, at = _varying(stream, at, 2)
        size, at = _varying(stream, at, 4)
        yield kind, stream[at : at + size]
        at += size


def _varying(stream: bytes, at: int, most: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, while the eighth is set; return it and its end."""
    value = 0
    for position in range(most):
        byte = stream[at]
        at += 1
        value |= (byte & 0x7F) << 7 * position
        if byte < 0x80:
            break
    return value, at


def _text(body: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", body, at)
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(MAX_PART)
