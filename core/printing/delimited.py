"""Writes a table as CSV that spreadsheets open without running anything in it."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

from core.printing.tables import Cell, Table

BOM = "\ufeff"
"""Tells Excel that the file is UTF-8."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""First characters of a text that spreadsheets may take for a formula or a command (OWASP)."""


def as_csv(table: Table) -> bytes:
    """Return the table in UTF-8, comma-separated, times in ISO 8601 (UTC).

    A text that begins like a formula gets an apostrophe in front, as spreadsheets mark text.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(table.header)
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    return (BOM + written.getvalue()).encode("utf-8")


def cell_text(cell: Cell) -> str:
    """Return a cell as text that no spreadsheet computes."""
    match cell:
        case None:
            return ""
        case bool():
            return "Yes" if cell else "No"
        case str():
            text = cell.replace("\0", "")
            return f"'{text}" if text.startswith(FORMULA_STARTS) else text
        case datetime() | date():
            return cell.isoformat()
        case Decimal():
            return format(cell.normalize(), "f")
        case _:
            return str(cell)
