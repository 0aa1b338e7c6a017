"""Tables as CSV files that a spreadsheet opens without running anything in them."""

import base64
import unicodedata
from collections.abc import Callable

import pandas as pd

from core.guardrails.text import clean
from ui.resources import download_component

FORMULA_STARTS = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV Injection)."""


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Encode as UTF-8 with a byte order mark for Excel; formulas get an apostrophe."""
    return b"\xef\xbb\xbf" + table.map(_harmless).to_csv(index=False).encode()


def draw_csv_download(table: Callable[[], pd.DataFrame], file_name: str) -> None:
    """Draw a button; the file is part of the page, so no address exists that others can open."""
    draw_download("Download CSV", csv_bytes(table()), file_name, "text/csv")


def draw_download(label: str, content: bytes, file_name: str, media_type: str) -> None:
    """Draw a button that saves this file, which is part of the page as well."""
    encoded = base64.b64encode(content).decode()
    download_component()(
        key=f"download-{file_name}",
        data={"label": label, "name": file_name, "type": media_type, "content": encoded},
    )


def _harmless(cell: object) -> object:
    """Disarm formulas, also behind white space or invisible characters, or with a wide sign."""
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace(
        "\r", "\n"
    )  # a lone one is not quoted, and ends a row
    begins_with_space = cell[:1] in ("\t", "\n")
    seen = unicodedata.normalize("NFKC", clean(cell).text).lstrip()
    return f"'{cell}" if begins_with_space or seen.startswith(FORMULA_STARTS) else cell
