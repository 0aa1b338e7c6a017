"""Spreadsheets of Excel 97, binary Excel and OpenDocument: one page a sheet, or several."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
)

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build
from ingestion.parsers.cells import shown
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.sheets import sheet_pages
from ingestion.unreadable import PASSWORD

DAMAGED = "The workbook is damaged. Save it again and upload it."


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Values as they were when the file was saved; number formats are not kept."""
    try:
        with damaged_if_it_fails(DAMAGED, CalamineError):
            pages = list(_pages(content))
    except PasswordError as error:
        raise UnreadableDocument(PASSWORD) from error
    # A panic of the Rust library is no Exception.
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise UnreadableDocument(DAMAGED) from error
    return build(pages, file_name)


def _pages(content: bytes) -> Iterator[tuple[str, str]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for sheet in book.sheets_metadata:
        if sheet.typ is SheetTypeEnum.WorkSheet:
            yield from sheet_pages(sheet.name, _rows(book.get_sheet_by_name(sheet.name)))


def _rows(sheet: CalamineSheet) -> Iterator[Sequence[str]]:
    first_row, first_column = sheet.start or (0, 0)
    for _ in range(first_row):
        yield ()
    before = [""] * first_column
    for values in sheet.to_python(skip_empty_area=True):
        yield [*before, *(shown(_whole(value)) for value in values)]


def _whole(value: object) -> object:
    """Excel stores every number as a fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
