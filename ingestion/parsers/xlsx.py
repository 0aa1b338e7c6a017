"""Excel workbooks: one page a sheet, every row as `a | b | c`."""

import io
import warnings
import zipfile
from collections.abc import Iterator

import openpyxl

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build, row
from ingestion.parsers.cells import shown


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page a sheet; formulas are shown with the value they had when the file was saved."""
    with warnings.catch_warnings():
        # openpyxl warns of every extension it ignores; none of them holds text.
        warnings.simplefilter("ignore")
        return _parse(content, file_name)


def _parse(content: bytes, file_name: str) -> ParsedDocument:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        pages = [("\n".join(_rows(sheet)), f"sheet {sheet.title}") for sheet in book.worksheets]
    # openpyxl reports damage in all of these ways.
    except (KeyError, ValueError, TypeError, IndexError, zipfile.BadZipFile) as error:
        raise UnreadableDocument("The workbook is damaged. Save it again and upload it.") from error
    titles = [book.properties.title]
    book.close()
    return build(pages, file_name, titles=titles)


def _rows(sheet: object) -> Iterator[str]:
    # The size a file declares is often wrong; without it all rows are read.
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # openpyxl has no types
    for cells in sheet.iter_rows():  # type: ignore[attr-defined]
        line = row(shown(cell.value, getattr(cell, "number_format", "")) for cell in cells)
        if line:
            yield line
