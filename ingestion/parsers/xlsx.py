"""Excel workbooks: one page a sheet, or several for a long one; every row as `a | b | c`."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence

import openpyxl

from core.domain.knowledge import ParsedDocument
from ingestion.parsers import workbook
from ingestion.parsers.building import build
from ingestion.parsers.cells import shown
from ingestion.parsers.damage import damaged_if_it_fails
from ingestion.parsers.sheets import sheet_pages

# 480,000 cells; openpyxl needs half a minute for them on two busy cores. The faster library does
# not know number formats.
MAX_XML = 20 * 2**20


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Formulas are shown with the value they had when the file was saved."""
    with damaged_if_it_fails(workbook.DAMAGED):
        if _xml_size(content) > MAX_XML:
            return workbook.parse(content, file_name)
        with warnings.catch_warnings():
            # openpyxl warns of every extension it ignores; none of them holds text.
            warnings.simplefilter("ignore")
            pages, title = _read(content)
    return build(pages, file_name, titles=[title])


def _xml_size(content: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return sum(entry.file_size for entry in archive.infolist() if "xl/" in entry.filename)


def _read(content: bytes) -> tuple[list[tuple[str, str]], str | None]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    pages = [page for sheet in book.worksheets for page in sheet_pages(sheet.title, _rows(sheet))]
    title = book.properties.title
    book.close()
    return pages, title


def _rows(sheet: object) -> Iterator[Sequence[str]]:
    # The size a file declares is often wrong; without it all rows are read.
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # openpyxl has no types
    for cells in sheet.iter_rows():  # type: ignore[attr-defined]
        yield [shown(cell.value, getattr(cell, "number_format", "")) for cell in cells]
