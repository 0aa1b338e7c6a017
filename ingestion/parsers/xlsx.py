"""Excel workbooks: one page a sheet, or several for a long one; every row as `a | b | c`."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl

from core.domain.knowledge import ParsedDocument
from ingestion.parsers import workbook
from ingestion.parsers.building import build
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.grid import sheet_of
from ingestion.parsers.pictures import left_out, pictures_in
from ingestion.parsers.workbook import NamedSheet
from ingestion.parsers.xlsx_sheet import Book, read_grid
from ingestion.parsers.xlsx_styles import styles_of

# Some 5 million cells, which take as long as a file may; the faster library does not know number
# formats.
MAX_XML = 200 * 2**20
FROM_1904 = 1904


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Values as people see them; formulas with the value they had when the file was saved.

    Hidden sheets, rows and columns are no text of the workbook; a hidden sheet keeps its number.
    """
    with damaged_if_it_fails(workbook.DAMAGED):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size, pictures = _xml_size(archive), pictures_in(archive)
        if size > MAX_XML:
            return workbook.parse(content, file_name)
        with warnings.catch_warnings():
            # openpyxl warns of every extension it ignores; none of them holds text.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            pages, hidden = workbook.pages_of(_sheets(book))
        title = book.properties.title
        book.close()
    unread = left_out(pictures)
    return build(pages, file_name, titles=[title], hidden=hidden, left_out=unread)


def _xml_size(archive: zipfile.ZipFile) -> int:
    entries = (entry for entry in archive.infolist() if entry.filename.endswith(".xml"))
    return sum(entry.file_size for entry in entries if "xl/" in entry.filename)


def _sheets(book: Any) -> Iterator[NamedSheet]:  # Any: openpyxl has no types
    calculation = book.calculation
    known = Book(
        getattr(book, "shared_strings", None) or book.worksheets[0]._shared_strings,
        styles_of(book),
        book.epoch.year == FROM_1904,
        bool(calculation is not None and calculation.fullCalcOnLoad),
    )
    for sheet in book.worksheets:
        with sheet._get_source() as source:
            grid = read_grid(source, known)
            yield NamedSheet(sheet.title, sheet_of(grid), is_shown=sheet.sheet_state == "visible")
