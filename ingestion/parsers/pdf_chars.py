"""Characters of a PDF page as PDFium sees them, with their places on the page."""

from typing import Any

import pypdfium2.raw as pdfium_c

# PDFium marks a hyphen at a line end like this and leaves the line break out.
LINE_END_HYPHENS = "\x02\ufffe"


def characters(text_page: Any) -> list[str]:  # Any: pypdfium2 has no types
    """One string per character index; unmapped glyphs and lone surrogates are empty."""
    count = text_page.count_chars()
    return [_character(pdfium_c.FPDFText_GetUnicode(text_page, i)) for i in range(count)]


def _character(code: int) -> str:
    is_text = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_text else ""
