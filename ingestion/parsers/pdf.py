"""PDF files through PDFium: the text of each physical page."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2 as pdfium

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers.building import build
from ingestion.parsers.pdf_layout import body_height, compounds, page_text
from ingestion.parsers.pdf_lines import Line, pieces
from ingestion.parsers.pdf_words import WordReader

LOCKED = "The PDF is encrypted and needs a password. Remove the password and upload it again."
DAMAGED = "The PDF is damaged or incomplete. Export it again and upload the new file."
NEEDS_OCR = (
    "The PDF holds images of text only (a scan) and needs OCR. "
    "Run it through text recognition and upload the result."
)


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """One page a physical page, empty ones included.

    Raises UnreadableDocument for encrypted, damaged and scanned files.
    """
    with opened(content) as document:
        pages = [_lines(document, number) for number in range(len(document))]
        title = document.get_metadata_dict().get("Title")
    lines = [line for page in pages for line in page]
    if not lines:
        raise UnreadableDocument(NEEDS_OCR)
    body, known = body_height(lines), compounds(lines)
    texts = [(page_text(page, body, known), "page") for page in pages]
    return build(texts, file_name, titles=[title])


@contextmanager
def opened(content: bytes) -> Iterator[Any]:  # Any: pypdfium2 has no types
    """The open PDF; one that only restricts printing opens with the empty password."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise UnreadableDocument(LOCKED if is_locked else DAMAGED) from error
    try:
        if not len(document):
            raise UnreadableDocument(DAMAGED)
        yield document
    finally:
        document.close()


def _lines(document: Any, number: int) -> list[Line]:
    try:
        page = document[number]
    except pdfium.PdfiumError:
        # One broken page must not cost the others; it stays empty and keeps its number.
        return []
    text_page = page.get_textpage()
    try:
        return pieces(WordReader(text_page).lines())
    finally:
        text_page.close()
        page.close()
