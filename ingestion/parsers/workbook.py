"""Spreadsheets of Excel 97, binary Excel and OpenDocument: one page a sheet, or several."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
from ingestion.parsers.building import build, one_line
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.grid import Grid, Sheet, sheet_of
from ingestion.parsers.hidden import NOT_DISPLAYED, hidden_texts
from ingestion.parsers.numbers.digits import general
from ingestion.parsers.numbers.formats import shown_number
from ingestion.parsers.sheets import sheet_pages
from ingestion.unreadable import PASSWORD

DAMAGED = "The workbook is damaged. Save it again and upload it."


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Values as they were when the file was saved; number formats are not kept."""
    try:
        with damaged_if_it_fails(DAMAGED, CalamineError):
            pages, hidden = pages_of(_sheets(content))
    except PasswordError as error:
        raise UnreadableDocument(PASSWORD) from error
    # A panic of the Rust library is no Exception.
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableDocument(DAMAGED) from error
    return build(pages, file_name, hidden=hidden)


@dataclass(frozen=True, slots=True)
class NamedSheet:
    """A sheet with its name; `is_shown` is false where the workbook hides it.

    `beside` are the words that stand on it outside of its cells.
    """

    name: str
    sheet: Sheet
    is_shown: bool = True
    beside: str = ""


def pages_of(sheets: Iterable[NamedSheet]) -> tuple[list[tuple[str, str]], list[HiddenText]]:
    """The pages of a workbook and what it hides; a hidden sheet is one empty page."""
    pages: list[tuple[str, str]] = []
    hidden: list[HiddenText] = []
    for named in sheets:
        sheet = named.sheet
        found = list(sheet.hidden)
        if not named.is_shown:
            words = (cell for line in sheet.lines for cell in line.cells if cell)
            found.append((NOT_DISPLAYED, " ".join((*words, named.beside))))
        hidden += hidden_texts(len(pages) + 1, found)
        pages += sheet_pages(named.name, sheet.lines if named.is_shown else (), sheet.depths)
        if named.is_shown and named.beside:
            text, label = pages[-1]
            pages[-1] = ("\n\n".join(filter(None, (text, named.beside))), label)
    return pages, hidden


def _sheets(content: bytes) -> Iterator[NamedSheet]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for found in book.sheets_metadata:
        if found.typ is SheetTypeEnum.WorkSheet:
            sheet = sheet_of(_grid(book.get_sheet_by_name(found.name)))
            is_shown = found.visible is SheetVisibleEnum.Visible
            yield NamedSheet(found.name, sheet, is_shown=is_shown)


def _grid(sheet: CalamineSheet) -> Grid:
    first_row, first_column = sheet.start or (0, 0)
    grid = Grid()
    for number, values in enumerate(sheet.to_python(skip_empty_area=True), start=first_row + 1):
        texts = ((at, _shown(v)) for at, v in enumerate(values, start=first_column))
        grid.rows[number] = {at: text for at, value in texts if (text := one_line(value))}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        grid.merges.append((top + 1, left, bottom + 1, right))
    return grid


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
            return shown_number(value.total_seconds() / 86_400, "[h]:mm")
        case _:
            return "" if value is None else str(value)
