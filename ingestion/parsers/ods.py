"""OpenDocument spreadsheets: one page a sheet, or several for a long one; values as displayed."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from core.domain.knowledge import ParsedDocument
from core.domain.table_rows import NOT_CALCULATED
from core.errors import UnreadableDocument
from ingestion.parsers import workbook
from ingestion.parsers.building import build, one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.grid import MAX_COLUMNS, MAX_FILLED, Grid, sheet_of
from ingestion.parsers.numbers.digits import general
from ingestion.parsers.odf import title_of
from ingestion.parsers.odf_styles import NAMESPACES
from ingestion.parsers.pictures import left_out, pictures_in
from ingestion.parsers.workbook import NamedSheet
from ingestion.unreadable import PASSWORD, TYPE_DEFINITION

OFFICE, TABLE, TEXT, STYLE = (f"{{{NAMESPACES[n]}}}" for n in ("office", "table", "text", "style"))
READ = (
    *(f"{TABLE}{name}" for name in ("table", "table-column", "table-row")),
    f"{STYLE}style",
)
# A row that is filled down to the end of the sheet says no more than its beginning.
MAX_REPEATED = 1_000
HIDDEN = ("collapse", "filter")
TIME = re.compile(r"(-?)P(?:(\d{1,9})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d*)?S)?")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Hidden sheets, rows and columns are hidden text; a hidden sheet keeps its number."""
    with (
        damaged_if_it_fails(workbook.DAMAGED, etree.XMLSyntaxError),
        zipfile.ZipFile(io.BytesIO(content)) as archive,
    ):
        _refuse_encrypted(archive)
        with archive.open("content.xml") as source:
            pages, hidden = workbook.pages_of(_sheets(source))
        title, pictures = title_of(archive), left_out(pictures_in(archive))
    return build(pages, file_name, titles=[title], hidden=hidden, left_out=pictures)


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    name = "META-INF/manifest.xml"
    if name in archive.namelist() and b"encryption-data" in archive.read(name):
        raise UnreadableDocument(PASSWORD)


def _sheets(source: Any) -> Iterator[NamedSheet]:
    hidden_styles: set[str] = set()
    reader = _SheetReader()
    for event, element in etree.iterparse(
        source, events=("start", "end"), tag=READ, resolve_entities=False, no_network=True
    ):
        if element.getroottree().docinfo.doctype:
            raise UnreadableDocument(TYPE_DEFINITION)
        is_sheet = element.tag == f"{TABLE}table" and _is_sheet(element)
        if event == "start":
            reader = _SheetReader() if is_sheet else reader
        elif element.tag == f"{STYLE}style":
            if any(p.get(f"{TABLE}display") == "false" for p in element):
                hidden_styles.add(element.get(f"{STYLE}name") or "")
        elif element.tag == f"{TABLE}table-column":
            reader.column(element)
        elif element.tag == f"{TABLE}table-row" and _is_sheet(element):
            reader.row(element)
            element.clear(keep_tail=False)
        elif is_sheet:
            is_shown = element.get(f"{TABLE}style-name") not in hidden_styles
            name = element.get(f"{TABLE}name") or ""
            yield NamedSheet(name, sheet_of(reader.grid), is_shown=is_shown)
            element.clear()


def _is_sheet(element: Any) -> bool:
    """Whether the element belongs to a sheet, and not to a table that is kept from elsewhere."""
    node = (
        element if element.tag == f"{TABLE}table" else next(element.iterancestors(f"{TABLE}table"))
    )
    parent = node.getparent()
    return parent is not None and parent.tag == f"{OFFICE}spreadsheet"


class _SheetReader:
    """Puts the columns and rows of one sheet into a grid, repeated ones as often as one reads."""

    def __init__(self) -> None:
        self.grid = Grid()
        self._column = 0
        self._row = 1
        self._filled = 0

    def column(self, element: Any) -> None:
        """Notes which columns are hidden."""
        count = _count(element, "number-columns-repeated", MAX_COLUMNS)
        if _is_hidden(element):
            last = min(self._column + count, MAX_COLUMNS)
            self.grid.hidden_columns.update(range(self._column, last))
        self._column = min(self._column + count, MAX_COLUMNS)

    def row(self, element: Any) -> None:
        """Adds a row as often as it stands there."""
        count = _count(element, "number-rows-repeated", 2**20)
        cells = self._cells(element)
        for at in range(min(count, MAX_REPEATED) if cells else 0):
            self._filled += len(cells)
            if at and self._filled > MAX_FILLED:
                break
            self.grid.rows[self._row + at] = dict(cells)
            if _is_hidden(element):
                self.grid.hidden_rows.add(self._row + at)
        self._row += count

    def _cells(self, row: Any) -> dict[int, str]:
        cells: dict[int, str] = {}
        column = 0
        for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            count = _count(cell, "number-columns-repeated", MAX_COLUMNS)
            if cell.tag == f"{TABLE}table-cell" and (text := _shown(cell)):
                last = min(column + min(count, MAX_REPEATED), MAX_COLUMNS)
                cells.update(dict.fromkeys(range(column, last), text))
                self._note_merge(cell, column)
            column += count
        return cells

    def _note_merge(self, cell: Any, column: int) -> None:
        across = _count(cell, "number-columns-spanned", MAX_COLUMNS)
        down = _count(cell, "number-rows-spanned", 2**20)
        if across > 1 or down > 1:
            merge = (self._row, column, self._row + down - 1, column + across - 1)
            self.grid.merges.append(merge)


def _is_hidden(element: Any) -> bool:
    if element.get(f"{TABLE}visibility") in HIDDEN:
        return True
    groups = element.iterancestors(f"{TABLE}table-row-group", f"{TABLE}table-column-group")
    return any(group.get(f"{TABLE}display") == "false" for group in groups)


def _count(element: Any, name: str, most: int) -> int:
    value = element.get(f"{TABLE}{name}") or ""
    return max(min(int(value), most), 1) if value.isdecimal() and len(value) < 10 else 1


def _shown(cell: Any) -> str:
    """What the program last showed in the cell; its value where it showed nothing."""
    words = one_line(" ".join(map(_words, cell.iterchildren(f"{TEXT}p", f"{TEXT}h"))))
    if words:
        return words
    kind = cell.get(f"{OFFICE}value-type")
    if kind is None:
        return NOT_CALCULATED if cell.get(f"{TABLE}formula") else ""
    return one_line(_value(cell, kind))


def _words(paragraph: Any) -> str:
    pieces = [paragraph.text or ""]
    for node in paragraph.iterdescendants():
        if node.tag in (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"):
            pieces.append(" ")
        elif isinstance(node.tag, str):
            pieces.append(node.text or "")
        pieces.append(node.tail or "")
    return "".join(pieces)


def _value(cell: Any, kind: str) -> str:
    value = cell.get(f"{OFFICE}value") or ""
    match kind:
        case "percentage":
            return f"{_number(value, 100)}%"
        case "currency":
            return f"{_number(value)} {cell.get(f'{OFFICE}currency') or ''}"
        case "float":
            return _number(value)
        case "boolean":
            return (cell.get(f"{OFFICE}boolean-value") or "").upper()
        case "time":
            return _time(cell.get(f"{OFFICE}time-value") or "")
        case _:
            return cell.get(f"{OFFICE}{kind}-value") or ""


def _number(value: str, factor: int = 1) -> str:
    try:
        return general(float(value) * factor)
    except ValueError:
        return value


def _time(value: str) -> str:
    """`PT38H30M00S` as 38:30."""
    found = TIME.fullmatch(value)
    if found is None:
        return value
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    shown = f"{found[1]}{days * 24 + hours}:{minutes:02}"
    return f"{shown}:{seconds:02}" if seconds else shown
