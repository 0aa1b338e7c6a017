"""Characters of a PDF page as PDFium sees them."""

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

# PDFium marks a hyphen at a line end like this and leaves the line break out.
LINE_END_HYPHENS = "\x02\ufffe"
# Stands for a glyph without a letter, so that offsets in the text stay those of PDFium.
UNREAD = "\x00"


def page_characters(text_page: pdfium.PdfTextPage) -> str:
    """Return one character for each character index; glyphs without a letter are UNREAD."""
    count = text_page.count_chars()
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium_c.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    # PDFium skips glyphs without a letter and uses two units for rare ones: read one by one then.
    if written == count + 1 and len(text) == count:
        return text
    return "".join(_character(pdfium_c.FPDFText_GetUnicode(text_page, i)) for i in range(count))


def characters(text_page: pdfium.PdfTextPage) -> list[str]:
    """Return one string for each character index; glyphs without a letter are empty."""
    return ["" if char == UNREAD else char for char in page_characters(text_page)]


def _character(code: int) -> str:
    is_text = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_text else UNREAD
