"""Excel workbooks as people make them, with formats, merged cells and hidden parts."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def book_of(*sheets: Rows) -> Workbook:
    """A workbook with a sheet for each set of rows, named “Sheet 1” and so on."""
    book = Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(list(row))
    return book


def stored(book: Workbook) -> bytes:
    """The workbook as a file."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def formatted(cells: Sequence[tuple[Any, str]]) -> bytes:
    """A workbook with one row of names and one of values in these formats."""
    book = book_of([[f"Name {n}" for n, _ in enumerate(cells)], [value for value, _ in cells]])
    for column, (_, number_format) in enumerate(cells, start=1):
        book["Sheet 1"].cell(2, column).number_format = number_format
    return stored(book)


def with_part(content: bytes, name: str, old: str, new: str) -> bytes:
    """The file with `old` replaced by `new` in one of its parts."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(changed, "w") as target:
        for entry in source.namelist():
            part = source.read(entry)
            if entry == name:
                assert old.encode() in part
                part = part.replace(old.encode(), new.encode())
            target.writestr(entry, part)
    return changed.getvalue()
