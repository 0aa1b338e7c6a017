"""Spreadsheets of Excel 97, binary Excel and OpenDocument: a page for each sheet, or several."""

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from core.domain.knowledge import HiddenText, ParsedDocument
from core.errors import UnreadableDocument
from ingestion.files.signatures import OLE_HEADER
from ingestion.files.unreadable import PASSWORD
from ingestion.parsers.building import build, one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.hidden import NOT_DISPLAYED, hidden_texts
from ingestion.parsers.inner_files import EMBEDDED, InnerFiles
from ingestion.parsers.numbers.dates import EPOCH
from ingestion.parsers.numbers.digits import general
from ingestion.parsers.numbers.formats import shown_number, shown_text
from ingestion.parsers.office.spreadsheets import xls_looks, xls_parts, xlsb_looks
from ingestion.parsers.office.spreadsheets.grid import Grid, Sheet, sheet_of
from ingestion.parsers.office.spreadsheets.parts import SheetParts
from ingestion.parsers.office.spreadsheets.sheets import sheet_pages
from ingestion.parsers.office.spreadsheets.styles import Style
from ingestion.parsers.office.spreadsheets.xls_looks import SheetLook
from ingestion.parsers.office.spreadsheets.xls_parts import XlsParts
from ingestion.parsers.pictures import left_out, pictures_in

DAY = 86_400
DAMAGED = "The workbook is damaged. Save it again and upload it."


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read the values as saved; the titles of charts stand below the cells.

    Large .xlsx workbooks, which are read here too, do not tell how values are displayed.
    """
    files = InnerFiles()
    pictures = 0
    try:
        with damaged_if_it_fails(DAMAGED, CalamineError):
            if content.startswith(OLE_HEADER):
                pages, hidden = pages_of(_old_sheets(content, files))
            else:
                with zipfile.ZipFile(BytesIO(content)) as archive:
                    pages, hidden = pages_of(_binary_sheets(content, archive, files))
                    pictures = pictures_in(archive)
    except PasswordError as error:
        raise UnreadableDocument(PASSWORD) from error
    except BaseException as error:  # a panic of the Rust library is not an Exception
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableDocument(DAMAGED) from error
    return build(
        pages,
        file_name,
        hidden=[*hidden, *files.hidden],
        left_out=files.unread.left_out(*left_out(pictures)),
    )


@dataclass(frozen=True, slots=True)
class NamedSheet:
    """A sheet with its name; `is_shown` is false where the workbook hides it.

    `beside` holds the words on it outside its cells.
    """

    name: str
    sheet: Sheet
    is_shown: bool = True
    beside: str = ""


def pages_of(sheets: Iterable[NamedSheet]) -> tuple[list[tuple[str, str]], list[HiddenText]]:
    """Return the pages of a workbook and its hidden text; a hidden sheet is one empty page."""
    pages: list[tuple[str, str]] = []
    hidden: list[HiddenText] = []
    for named in sheets:
        sheet = named.sheet
        unseen = list(sheet.hidden)
        if not named.is_shown:
            words = (cell for line in sheet.lines for cell in line.cells if cell)
            unseen.append((NOT_DISPLAYED, " ".join((*words, named.beside))))
        hidden += hidden_texts(len(pages) + 1, unseen)
        pages += sheet_pages(named.name, sheet.lines if named.is_shown else (), sheet.depths)
        if named.is_shown and named.beside:
            text, label = pages[-1]
            pages[-1] = ("\n\n".join(filter(None, (text, named.beside))), label)
    return pages, hidden


def _old_sheets(content: bytes, files: InnerFiles) -> Iterator[NamedSheet]:
    """Yield the sheets of an Excel 97 workbook."""
    looks, parts = xls_looks.sheet_looks(content), xls_parts.sheet_parts(content)
    files.unread[EMBEDDED] += xls_parts.embedded_files(content)
    for sheet in _sheets(content, looks, files):
        beside = parts.get(sheet.name, XlsParts())
        files.unread["comments"] += beside.comments
        files.unread["charts"] += beside.unread_charts
        yield replace(sheet, beside="\n".join(beside.titles))


def _binary_sheets(
    content: bytes, archive: zipfile.ZipFile, files: InnerFiles
) -> Iterator[NamedSheet]:
    """Yield the sheets of a workbook that is an archive."""
    looks = xlsb_looks.sheet_looks(content)
    sheets = list(_sheets(content, looks, files))
    parts = SheetParts(archive, files, {sheet.name for sheet in sheets if not sheet.is_shown})
    for number, sheet in enumerate(sheets, start=1):
        part = looks[sheet.name].part if sheet.name in looks else ""
        yield replace(sheet, beside=parts.words(part, number) if part else "")


def _sheets(
    content: bytes, looks: Mapping[str, SheetLook], files: InnerFiles
) -> Iterator[NamedSheet]:
    """Yield the sheets with their cells; charts on a sheet of their own are counted."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for metadata in book.sheets_metadata:
        files.unread["charts"] += metadata.typ is SheetTypeEnum.ChartSheet
        if metadata.typ is SheetTypeEnum.WorkSheet:
            look = looks.get(metadata.name, SheetLook())
            sheet = sheet_of(_grid(book.get_sheet_by_name(metadata.name), look))
            is_shown = metadata.visible is SheetVisibleEnum.Visible
            yield NamedSheet(metadata.name, sheet, is_shown=is_shown)


def _grid(sheet: CalamineSheet, look: SheetLook) -> Grid:
    """Return the cells as their styles show them, without those that are struck out."""
    first_row, first_column = sheet.start or (0, 0)
    grid = Grid(hidden_columns=look.hidden_columns, is_painted=look.is_painted)
    grid.hidden_rows.update(row + 1 for row in look.hidden_rows)
    for row, values in enumerate(sheet.to_python(skip_empty_area=True), start=first_row):
        cells = grid.rows.setdefault(row + 1, {})
        for column, value in enumerate(values, start=first_column):
            style = look.styles.get((row, column))
            text = one_line(_shown(value) if style is None else _styled(value, style))
            if not text or (style is not None and style.is_struck):
                continue
            cells[column] = text
            if style is not None and style.is_blank:
                grid.blank.append((row + 1, column))
            elif style is not None and style.is_white:
                grid.white.append((row + 1, column))
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        grid.merges.append((top + 1, left, bottom + 1, right))
    return grid


def _styled(value: object, style: Style) -> str:
    """Show a value as its number format does."""
    number_format = style.number_format
    if number_format == "General":
        return _shown(value)
    match value:
        case bool():
            return _shown(value)
        case int() | float():
            return shown_number(float(value), number_format)
        case datetime():
            return shown_number((value - EPOCH).total_seconds() / DAY, number_format)
        case date():
            return shown_number(float((value - EPOCH.date()).days), number_format)
        case time():
            seconds = (value.hour * 60 + value.minute) * 60 + value.second
            return shown_number((seconds + value.microsecond / 1e6) / DAY, number_format)
        case timedelta():
            return shown_number(value.total_seconds() / DAY, number_format)
        case str():
            return shown_text(value, number_format)
        case _:
            return _shown(value)


def _shown(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return general(value)
        case datetime():
            is_day = value.time() == time.min
            return value.date().isoformat() if is_day else value.strftime("%Y-%m-%d %H:%M")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return shown_number(value.total_seconds() / DAY, "[h]:mm")
        case _:
            return "" if value is None else str(value)
