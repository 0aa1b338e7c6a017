"""Tables as CSV files that a spreadsheet opens without running anything in them."""

import unicodedata
from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.guardrails.text import clean

FORMULA_STARTS = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet (OWASP, CSV Injection)."""


def csv_bytes(table: pd.DataFrame) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads accents; formulas get an apostrophe."""
    return b"\xef\xbb\xbf" + table.map(_harmless).to_csv(index=False).encode()


def draw_csv_download(table: Callable[[], pd.DataFrame], file_name: str) -> None:
    """A button; the file is made at the click and the page stays as it is."""
    st.download_button(
        "Download CSV",
        data=lambda: csv_bytes(table()),
        file_name=file_name,
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key=f"download-{file_name}",
    )


def _harmless(cell: object) -> object:
    """White space and what nobody sees may stand before the sign, and it may be a wide one."""
    if not isinstance(cell, str):
        return cell
    cell = cell.replace("\r\n", "\n").replace(
        "\r", "\n"
    )  # a lone one is not quoted, and ends a row
    begins_with_space = cell[:1] in ("\t", "\n")
    seen = unicodedata.normalize("NFKC", clean(cell).text).lstrip()
    return f"'{cell}" if begins_with_space or seen.startswith(FORMULA_STARTS) else cell
