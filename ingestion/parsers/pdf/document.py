"""PDF files through PDFium: the text of each physical page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from ingestion.parsers import ocr
from ingestion.parsers.building import PageText, build, headings, stem
from ingestion.parsers.pdf.facts import enclosed, restrictions
from ingestion.parsers.pdf.forms import FormPage, read_forms, with_values
from ingestion.parsers.pdf.hidden import entries
from ingestion.parsers.pdf.layout import body_height, compounds, page_text
from ingestion.parsers.pdf.outline import Entry, missing_titles, read_outline
from ingestion.parsers.pdf.page import PageReading, read_page

LOCKED = "The PDF is encrypted and needs a password. Remove the password and upload it again."
PROTECTED = (
    "The PDF is protected by a certificate or by rights management, which only its own program "
    "can open. If its author allows it, save it there without the protection and upload the "
    "result."
)
DAMAGED = "The PDF is damaged or incomplete. Export it again and upload the new file."
TOO_LONG = "The PDF has more than 20,000 pages. Split it."
UNREADABLE_SCAN = "No text was recognised on the pages, which are images (a scan)."
REASONS = {pdfium_c.FPDF_ERR_PASSWORD: LOCKED, pdfium_c.FPDF_ERR_SECURITY: PROTECTED}
MAX_PAGES = 20_000
NAME_WORD = re.compile(r"[^\W\d_]{3,}")
NAME_PART = re.compile(r"[^\W_]+")
# Parts of file names that come from programs, scanners and habits and say nothing.
GENERIC_NAMES = frozenset(
    (
        *("attachment", "copy", "document", "draft", "entwurf", "export", "file", "final", "image"),
        *("img", "kopie", "new", "page", "pdf", "print", "report", "scan", "scanned"),
        *("screenshot", "untitled", "version"),
    )
)


def parse(content: bytes, file_name: str) -> ParsedDocument:
    """Read one page for each physical page, empty ones included.

    Scanned pages are read by text recognition where it is installed; those that could not be read
    are empty and have quality 0. Raises UnreadableDocument for encrypted and damaged files, and for
    scans that were not read at all. What was filled in on a form stands at the end of its page.
    What else is in the file is counted; `ingestion.parsers.pdf.more` reads it.
    """
    recogniser = ocr.Recogniser()
    with opened(content) as document:
        readings = [read_page(document, number, recogniser) for number in range(len(document))]
        title = document.get_metadata_dict().get("Title")
        outline = read_outline(document)
        forbidden = restrictions(document)
        unread = enclosed(document, sum(reading.files for reading in readings))
    forms = read_forms(content)
    if not any(form.lines for form in forms.values()):
        _require_text(readings)
    lines = [line for reading in readings for line in reading.lines]
    body, known = body_height(lines), compounds(lines)
    pages = [_page(reading, body, known) for reading in readings]
    # Chapters of the outline are headings; the title of the document is in large print.
    first = pages[0].text
    titles = [title, _telling_name(file_name, first), *headings(first), stem(file_name)]
    for number, missing in missing_titles(outline, [page.text for page in pages]).items():
        pages[number] = _page(readings[number], body, known, missing)
    pages = [_filled_in(page, forms.get(number)) for number, page in enumerate(pages)]
    unseen = [(*r.hidden, *_unseen(forms, number)) for number, r in enumerate(readings)]
    hidden = entries([(words, p.text) for words, p in zip(unseen, pages, strict=True)])
    return build(
        pages,
        file_name,
        titles=titles,
        hidden=hidden,
        left_out=unread,
        restrictions=forbidden,
    )


def _page(
    reading: PageReading, body: float, known: frozenset[str], titles: Sequence[Entry] = ()
) -> PageText:
    if reading.scan is not None:
        return reading.scan
    return PageText(page_text(reading.lines, body, known, titles), unread=reading.unread)


def _telling_name(file_name: str, first_page: str) -> str | None:
    """Return `2022 Q3 AMZN` or `EFT Enrollment Form`; None for `scan0012` or `report_final_v2`.

    Such a name has at least two parts, one of them a word; numbers and generic names do not count.
    Names that the headings of the first page contain in full are left to the better spelled
    heading.
    """
    name = stem(file_name)
    parts = [part for part in NAME_PART.findall(name.casefold()) if part not in GENERIC_NAMES]
    heading_words = " ".join(headings(first_page)).casefold()
    is_new = not all(part in heading_words for part in parts)
    return name if is_new and len(parts) > 1 and any(map(NAME_WORD.search, parts)) else None


def _filled_in(page: PageText, form: FormPage | None) -> PageText:
    return page if form is None else replace(page, text=with_values(page.text, form.lines))


def _unseen(forms: Mapping[int, FormPage], number: int) -> list[tuple[str, str]]:
    return [("invisible", value) for value in forms[number].hidden] if number in forms else []


def _require_text(readings: Sequence[PageReading]) -> None:
    if any(r.lines or (r.scan is not None and r.scan.text.strip()) for r in readings):
        return
    if all(reading.is_blank for reading in readings):
        return
    raise UnreadableDocument(UNREADABLE_SCAN if ocr.is_installed() else ocr.NEEDS_OCR)


@contextmanager
def opened(content: bytes) -> Iterator[Any]:  # Any: pypdfium2 has no types
    """Open the PDF; one that only restricts printing opens with the empty password."""
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        raise UnreadableDocument(REASONS.get(error.err_code, DAMAGED)) from error
    try:
        if not len(document):
            raise UnreadableDocument(DAMAGED)
        if len(document) > MAX_PAGES:
            raise UnreadableDocument(TOO_LONG)
        yield document
    finally:
        document.close()
