"""OpenDocument spreadsheets: a page for each sheet, or several; values as displayed."""

import io
import re
import zipfile
from bisect import bisect_right
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element

from lxml import etree
from lxml.etree import _Element as XmlElement

from core.domain.knowledge import ParsedDocument
from core.domain.text.table_rows import NOT_CALCULATED
from core.errors import UnreadableDocument
from ingestion.files.unreadable import PASSWORD, TYPE_DEFINITION
from ingestion.parsers.building import build, one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.inner_files import InnerFiles
from ingestion.parsers.numbers.digits import general
from ingestion.parsers.office.opendocument.body import HIDDEN_ROWS, OdfReader
from ingestion.parsers.office.opendocument.document import common_styles, title_of
from ingestion.parsers.office.opendocument.numbers import OdfNumbering
from ingestion.parsers.office.opendocument.objects import OdfObjects
from ingestion.parsers.office.opendocument.styles import NAMESPACES, Look, OdfStyles
from ingestion.parsers.office.spreadsheets import workbook
from ingestion.parsers.office.spreadsheets.grid import MAX_COLUMNS, MAX_FILLED, Grid, sheet_of
from ingestion.parsers.office.spreadsheets.workbook import NamedSheet
from ingestion.parsers.pictures import left_out, pictures_in

OFFICE, TABLE, TEXT, STYLE, DRAW = (
    f"{{{NAMESPACES[n]}}}" for n in ("office", "table", "text", "style", "draw")
)
READ = (
    *(f"{TABLE}{name}" for name in ("table", "table-column", "table-row")),
    *(f"{STYLE}style", f"{OFFICE}automatic-styles"),
)
# A row that is filled down to the end of the sheet says no more than its beginning.
MAX_REPEATED = 1_000
USUAL = f"{TABLE}default-cell-style-name"
TIME = re.compile(r"(-?)P(?:(\d{1,9})D)?T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d*)?S)?")


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read the sheets; hidden sheets, rows and columns, and white words, are hidden text.

    A hidden sheet keeps its number. Text boxes and the titles of charts stand below the cells;
    comments are counted, and what is struck out is left out.
    """
    files = InnerFiles()
    with (
        damaged_if_it_fails(workbook.DAMAGED, etree.XMLSyntaxError),
        zipfile.ZipFile(io.BytesIO(content)) as archive,
    ):
        _refuse_encrypted(archive)
        beside = _Beside(OdfObjects(archive, files, keeps_figures=False))
        with archive.open("content.xml") as source:
            pages, hidden = workbook.pages_of(_sheets(source, common_styles(archive), beside))
        title, pictures = title_of(archive), left_out(pictures_in(archive))
    files.unread["comments"] += beside.comments
    return build(
        pages,
        file_name,
        titles=[title],
        hidden=[*hidden, *files.hidden],
        left_out=files.unread.left_out(*pictures),
    )


def _refuse_encrypted(archive: zipfile.ZipFile) -> None:
    name = "META-INF/manifest.xml"
    if name in archive.namelist() and b"encryption-data" in archive.read(name):
        raise UnreadableDocument(PASSWORD)


class _Beside:
    """The reader for what stands on sheets outside cells: text boxes, files, chart titles."""

    def __init__(self, objects: OdfObjects) -> None:
        self._objects = objects
        self.comments = 0

    def words(self, part: XmlElement) -> str:
        """Return the words of the drawings in a part of a sheet; comments are counted."""
        reader = OdfReader(OdfStyles(), OdfNumbering(), self._objects.words, Look(has_ground=True))
        words = "\n\n".join(filter(None, (reader.text([drawing]) for drawing in _drawings(part))))
        self.comments += sum(1 for _ in part.iter(f"{OFFICE}annotation"))
        return words


def _drawings(part: XmlElement) -> Iterator[XmlElement]:
    """Yield the outermost drawings."""
    for child in part.iterchildren():
        if not isinstance(child.tag, str) or child.tag == f"{OFFICE}annotation":
            continue
        if child.tag.startswith(DRAW):
            yield child
        else:
            yield from _drawings(child)


def _sheets(source: IO[bytes], common: Element, beside: _Beside) -> Iterator[NamedSheet]:
    hidden_styles: set[str] = set()
    styles = OdfStyles(common)
    reader = _SheetReader(styles, beside)
    for event, element in etree.iterparse(
        source, events=("start", "end"), tag=READ, resolve_entities=False, no_network=True
    ):
        if element.getroottree().docinfo.doctype:
            raise UnreadableDocument(TYPE_DEFINITION)
        is_sheet = element.tag == f"{TABLE}table" and _is_sheet(element)
        if event == "start":
            reader = _SheetReader(styles, beside) if is_sheet else reader
        elif element.tag == f"{OFFICE}automatic-styles":
            styles = OdfStyles(common, element)
        elif element.tag == f"{STYLE}style":
            if any(p.get(f"{TABLE}display") == "false" for p in element):
                hidden_styles.add(element.get(f"{STYLE}name") or "")
        elif element.tag == f"{TABLE}table-column":
            reader.column(element)
        elif element.tag == f"{TABLE}table-row" and _is_sheet(element):
            reader.row(element)
            element.clear(keep_tail=False)
        elif is_sheet:
            reader.finish(element)
            is_shown = element.get(f"{TABLE}style-name") not in hidden_styles
            name = element.get(f"{TABLE}name") or ""
            words = "\n\n".join(filter(None, reader.beside))
            yield NamedSheet(name, sheet_of(reader.grid), is_shown=is_shown, beside=words)
            element.clear()


def _is_sheet(element: XmlElement) -> bool:
    """Tells whether the element belongs to a sheet, not to a table kept from elsewhere."""
    node = (
        element if element.tag == f"{TABLE}table" else next(element.iterancestors(f"{TABLE}table"))
    )
    parent = node.getparent()
    return parent is not None and parent.tag == f"{OFFICE}spreadsheet"


class _SheetReader:
    """The reader that puts the columns and rows of one sheet into a grid, repeated ones too."""

    def __init__(self, styles: OdfStyles, beside: _Beside) -> None:
        self.grid = Grid()
        self.beside: list[str] = []
        self._styles = styles
        self._reader = beside
        self._usual: list[tuple[int, str]] = []
        self._column = 0
        self._row = 1
        self._filled = 0

    def column(self, element: XmlElement) -> None:
        """Note which columns are hidden."""
        count = _count(element, "number-columns-repeated", MAX_COLUMNS)
        if _is_hidden(element):
            last = min(self._column + count, MAX_COLUMNS)
            self.grid.hidden_columns.update(range(self._column, last))
        self._column = min(self._column + count, MAX_COLUMNS)
        self._usual.append((self._column, element.get(USUAL) or ""))

    def finish(self, sheet: XmlElement) -> None:
        """Read what the sheet holds beside its rows, and whether rules may colour its cells."""
        shapes = sheet.find(f"{TABLE}shapes")
        if shapes is not None:
            self.beside.append(self._reader.words(shapes))
        self.grid.is_painted = any(
            isinstance(child.tag, str) and child.tag.endswith("}conditional-formats")
            for child in sheet
        )

    def row(self, element: XmlElement) -> None:
        """Add a row as often as it is repeated."""
        count = _count(element, "number-rows-repeated", 2**20)
        cells, white = self._cells(element)
        self.beside.append(self._reader.words(element))
        for at in range(min(count, MAX_REPEATED) if cells else 0):
            self._filled += len(cells)
            if at and self._filled > MAX_FILLED:
                break
            self.grid.rows[self._row + at] = dict(cells)
            self.grid.white += ((self._row + at, column) for column in white)
            if _is_hidden(element):
                self.grid.hidden_rows.add(self._row + at)
        self._row += count

    def _cells(self, row: XmlElement) -> tuple[dict[int, str], list[int]]:
        """Return the words by column, and the columns in which the words are white."""
        cells: dict[int, str] = {}
        white: list[int] = []
        column = 0
        for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            count = _count(cell, "number-columns-repeated", MAX_COLUMNS)
            look = self._look(row, cell, column)
            if cell.tag == f"{TABLE}table-cell" and (text := _shown(cell, self._styles, look)):
                last = min(column + min(count, MAX_REPEATED), MAX_COLUMNS)
                cells.update(dict.fromkeys(range(column, last), text))
                white += range(column, last) if look.hiding else ()
                self._note_merge(cell, column)
            column += count
        return cells, white

    def _look(self, row: XmlElement, cell: XmlElement, column: int) -> Look:
        """Return the look of a cell by its own style, that of its row, or that of its column."""
        name = cell.get(f"{TABLE}style-name") or row.get(USUAL)
        if not name:
            at = bisect_right(self._usual, column, key=lambda usual: usual[0])
            name = self._usual[at][1] if at < len(self._usual) else ""
        return self._styles.look("table-cell", name, Look())

    def _note_merge(self, cell: XmlElement, column: int) -> None:
        across = _count(cell, "number-columns-spanned", MAX_COLUMNS)
        down = _count(cell, "number-rows-spanned", 2**20)
        if across > 1 or down > 1:
            merge = (self._row, column, self._row + down - 1, column + across - 1)
            self.grid.merges.append(merge)


def _is_hidden(element: XmlElement) -> bool:
    if element.get(f"{TABLE}visibility") in HIDDEN_ROWS:
        return True
    groups = element.iterancestors(f"{TABLE}table-row-group", f"{TABLE}table-column-group")
    return any(group.get(f"{TABLE}display") == "false" for group in groups)


def _count(element: XmlElement, name: str, most: int) -> int:
    value = element.get(f"{TABLE}{name}") or ""
    return max(min(int(value), most), 1) if value.isdecimal() and len(value) < 10 else 1


def _shown(cell: XmlElement, styles: OdfStyles, look: Look) -> str:
    """Return what the program last showed in the cell, or its value if it showed nothing."""
    if look.is_struck:
        return ""
    paragraphs = list(cell.iterchildren(f"{TEXT}p", f"{TEXT}h"))
    words = one_line(" ".join(_words(paragraph, styles) for paragraph in paragraphs))
    if words or any("".join(paragraph.itertext()).strip() for paragraph in paragraphs):
        return words
    kind = cell.get(f"{OFFICE}value-type")
    if kind is None:
        return NOT_CALCULATED if cell.get(f"{TABLE}formula") else ""
    return one_line(_value(cell, kind))


def _words(element: XmlElement, styles: OdfStyles) -> str:
    """Return the words of a paragraph or span except those that are struck out."""
    pieces = [element.text or ""]
    for node in element.iterchildren():
        if node.tag in (f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"):
            pieces.append(" ")
        elif isinstance(node.tag, str) and not _is_struck(node, styles):
            pieces.append(_words(node, styles))
        pieces.append(node.tail or "")
    return "".join(pieces)


def _is_struck(span: XmlElement, styles: OdfStyles) -> bool:
    name = span.get(f"{TEXT}style-name") if span.tag == f"{TEXT}span" else ""
    return bool(name) and styles.look("text", name, Look()).is_struck


def _value(cell: XmlElement, kind: str) -> str:
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
    """Return `PT38H30M00S` as 38:30."""
    match = TIME.fullmatch(value)
    if match is None:
        return value
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    shown = f"{match[1]}{days * 24 + hours}:{minutes:02}"
    return f"{shown}:{seconds:02}" if seconds else shown
