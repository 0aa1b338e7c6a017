"""One sheet of an Excel workbook, read cell by cell, with merged and hidden ones."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, BinaryIO

from lxml import etree
from lxml.etree import _Element as XmlElement

from core.domain.text.table_rows import NOT_CALCULATED
from core.errors import UnreadableDocument
from ingestion.parsers.building import MAX_CHARACTERS, one_line
from ingestion.parsers.numbers.dates import EPOCH, MAC_OFFSET
from ingestion.parsers.numbers.formats import shown_number, shown_text
from ingestion.parsers.office.spreadsheets.grid import MAX_COLUMNS, Grid, Merge
from ingestion.parsers.office.spreadsheets.styles import GENERAL, Style

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
READ = ("row", "col", "mergeCell", "tablePart", "conditionalFormatting", "picture")
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Book:
    """The parts of a workbook that its cells refer to.

    `is_stale` means that formulas are calculated on opening, so that a 0 is no result.
    """

    strings: Sequence[str]
    styles: Sequence[Style]
    counts_from_1904: bool = False
    is_stale: bool = False


def read_grid(source: BinaryIO, book: Book) -> Grid:
    """Read the cells of a sheet; raises UnreadableDocument if they hold more than is indexed."""
    grid = Grid()
    characters, cell_text = 0, _CellText(book)
    for element in _elements(source):
        match etree.QName(element).localname:
            case "row":
                number = _number(element.get("r")) or max(grid.rows, default=0) + 1
                characters += _read_row(element, number, grid, cell_text)
                if characters > MAX_CHARACTERS:
                    raise UnreadableDocument(
                        f"The file contains more than {MAX_CHARACTERS / 1e6:.0f} million "
                        "characters of text. Split the file."
                    )
            case "col":
                if _is_on(element.get("hidden")) or element.get("width") in ("0", "0.0"):
                    last = min(_number(element.get("max")), MAX_COLUMNS)
                    grid.hidden_columns.update(range(_number(element.get("min")) - 1, last))
            case "mergeCell":
                if merge := _merge(element.get("ref") or ""):
                    grid.merges.append(merge)
            case _:
                grid.is_painted = True
    return grid


def _elements(source: BinaryIO) -> Iterator[Any]:
    """Yield the parts of the sheet that are read; each is freed when the next one comes."""
    tags = [f"{space}{name}" for space in (MAIN, STRICT) for name in READ]
    parsed = etree.iterparse(
        source, events=("end",), tag=tags, resolve_entities=False, no_network=True
    )
    for _, element in parsed:
        yield element
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


def _read_row(row: XmlElement, number: int, grid: Grid, cell_text: "_CellText") -> int:
    """Keep the cells of a row that hold something; return how many characters they have."""
    if _is_on(row.get("hidden")) or row.get("ht") in ("0", "0.0"):
        grid.hidden_rows.add(number)
    cells: dict[int, str] = {}
    column = -1
    for cell in row:
        column = _column(cell.get("r"), column + 1)
        text, style = cell_text(cell)
        if text and column < MAX_COLUMNS and not style.is_struck:
            cells[column] = text
            if style.is_blank:
                grid.blank.append((number, column))
            elif style.is_white:
                grid.white.append((number, column))
    grid.rows.setdefault(number, {}).update(cells)
    return sum(map(len, cells.values()))


class _CellText:
    """The text of a cell, its value shown as its style says."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._offset = MAC_OFFSET if book.counts_from_1904 else 0

    def __call__(self, cell: XmlElement) -> tuple[str, Style]:
        style = self._style(cell.get("s"))
        value = formula = inline = None
        for child in cell:
            tag = child.tag
            if tag.endswith("}v"):
                value = child.text
            elif tag.endswith("}f"):
                formula = child
            elif tag.endswith("}is"):
                inline = child
        kind = cell.get("t") or "n"
        if formula is not None and self._is_open(kind, value):
            return NOT_CALCULATED, style
        if inline is not None:
            return one_line(shown_text(_rich_text(inline), style.number_format)), style
        return (self._shown(kind, value, style) if value else ""), style

    def _is_open(self, kind: str, value: str | None) -> bool:
        """Tells whether the file lacks the result of a formula; an empty text is a result."""
        if not value:
            return kind != "str"
        return self._book.is_stale and kind == "n" and value == "0"

    def _shown(self, kind: str, value: str, style: Style) -> str:
        match kind:
            case "n":
                return self._number(value, style.number_format)
            case "s":
                return one_line(shown_text(self._string(value), style.number_format))
            case "b":
                return "TRUE" if value.strip() in ("1", "true") else "FALSE"
            case "d":
                return self._day(value, style.number_format)
            case "e":
                return value
            case _:
                return one_line(shown_text(value, style.number_format))

    def _number(self, value: str, number_format: str) -> str:
        if number_format == "General" and value.isdecimal() and len(value) < 16:
            return value
        try:
            return shown_number(float(value), number_format, days_before=self._offset)
        except ValueError:
            return one_line(value)

    def _day(self, value: str, number_format: str) -> str:
        """Show a date in ISO 8601, as strict workbooks store it."""
        try:
            moment = datetime.fromisoformat(value.rstrip("Z")).replace(tzinfo=None)
        except ValueError:
            return one_line(value)
        if number_format == "General":
            return value
        return shown_number((moment - EPOCH).total_seconds() / 86_400, number_format)

    def _string(self, value: str) -> str:
        number = _number(value)
        strings = self._book.strings
        return strings[number] if number < len(strings) else ""

    def _style(self, number: str | None) -> Style:
        if not number:
            number = "0"
        at = _number(number)
        return self._book.styles[at] if at < len(self._book.styles) else GENERAL


def shared_texts(source: IO[bytes]) -> list[str]:
    """Return the texts that cells refer to, without the words that are struck out."""
    tags = [f"{space}si" for space in (MAIN, STRICT)]
    texts: list[str] = []
    for _, element in etree.iterparse(source, tag=tags, resolve_entities=False, no_network=True):
        texts.append(_rich_text(element))
        element.clear()
    return texts


def _rich_text(inline: XmlElement) -> str:
    """Return the words of a text, without struck-out words and Japanese reading aids."""
    return "".join(
        node.text or ""
        for node in inline.iter(f"{MAIN}t", f"{STRICT}t")
        if not node.getparent().tag.endswith("}rPh") and not _is_struck(node.getparent())
    )


def _is_struck(run: XmlElement) -> bool:
    marks = run.iter(f"{MAIN}strike", f"{STRICT}strike")
    return any(mark.get("val") not in ("0", "false") for mark in marks)


def _merge(reference: str) -> Merge | None:
    first, _, last = reference.partition(":")
    start, end = REFERENCE.fullmatch(first), REFERENCE.fullmatch(last)
    if start is None or end is None:
        return None
    return int(start[2]), _letters(start[1]), int(end[2]), _letters(end[1])


def _column(reference: str | None, following: int) -> int:
    match = REFERENCE.fullmatch(reference or "")
    return _letters(match[1]) if match else following


def _letters(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _is_on(value: str | None) -> bool:
    return value in ("1", "true")
