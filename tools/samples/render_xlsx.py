"""Renders a sample source as a workbook with one sheet for each section."""

from __future__ import annotations

import re
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tools.samples import blocks as b
from tools.samples.archive import document_date, freeze
from tools.samples.theme import COMPANY, DEEP

WHOLE = re.compile(r"\d+")
DECIMAL = re.compile(r"\d+\.\d+")


def cell_value(text: str) -> str | int | float:
    """Store numbers as numbers."""
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def add_rows(sheet: Worksheet, grid: b.Grid) -> None:
    """Write header and rows and set widths."""
    for row in grid.rows:
        sheet.append([cell_value(text) for text in row])
    for index in range(len(grid.rows[0])):
        longest = max(len(row[index]) for row in grid.rows[1:])
        sheet.column_dimensions[get_column_letter(index + 1)].width = max(longest, 12) + 3
    style_header(sheet)


def style_header(sheet: Worksheet) -> None:
    """Colour the header row and keep it in view."""
    for cell in sheet[1]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=DEEP)
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def render(source: b.Source, target: Path) -> None:
    """Write one workbook."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = source.meta["title"]
    book.properties.creator = f"{COMPANY}, {source.meta['author']}"
    for block in source.blocks:
        match block:
            case b.Heading(_, text):
                book.create_sheet(text)
            case b.Grid():
                add_rows(book.worksheets[-1], block)
    book.save(target)
    freeze(target, document_date(source.meta["valid"]))
