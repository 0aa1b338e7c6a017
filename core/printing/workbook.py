"""Writes tables as an Excel workbook in which texts stay texts."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from core.printing.tables import Cell, Table

LONGEST = 32_767
"""Characters of a cell (Excel's limit)."""
WIDTHS = (8, 48)
"""The narrowest and widest column, in letters."""
READ_FOR_WIDTH = 200
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"

Sheet = Any  # openpyxl has no types


def as_xlsx(tables: Mapping[str, Table]) -> bytes:
    """Return a workbook with one sheet for each table, by its name; times are in UTC."""
    workbook = Workbook(write_only=True)
    for name, table in tables.items():
        sheet = workbook.create_sheet(name[:31])
        sheet.freeze_panes = "C2"
        _set_widths(sheet, table)
        sheet.append([_header(sheet, text) for text in table.header])
        for row in table.rows:
            sheet.append([_cell(sheet, cell) for cell in row])
        last = get_column_letter(max(len(table.header), 1))
        sheet.auto_filter.ref = f"A1:{last}{len(table.rows) + 1}"
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _set_widths(sheet: Sheet, table: Table) -> None:
    narrowest, widest = WIDTHS
    for number, name in enumerate(table.header):
        longest = max(
            (len(str(row[number] or "")) for row in table.rows[:READ_FOR_WIDTH]), default=0
        )
        width = min(max(longest, len(name), narrowest), widest)
        sheet.column_dimensions[get_column_letter(number + 1)].width = width + 2


def _header(sheet: Sheet, text: str) -> Sheet:
    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Sheet, cell: Cell) -> Sheet:
    match cell:
        case None | "":
            return None
        case bool():
            return _text(sheet, "Yes" if cell else "No")
        case str():
            return _text(sheet, cell)
        case datetime():
            return _formatted(sheet, cell.astimezone(UTC).replace(tzinfo=None), MOMENT)
        case date():
            return _formatted(sheet, cell, DAY)
        case Decimal():
            return WriteOnlyCell(sheet, float(cell))
        case _:
            return WriteOnlyCell(sheet, cell)


def _text(sheet: Sheet, text: str) -> Sheet:
    """Return a cell that is text whatever it begins with, also after someone edits it."""
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST]
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def _formatted(sheet: Sheet, value: date, number_format: str) -> Sheet:
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number_format
    return cell
