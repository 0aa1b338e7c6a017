"""One page of a PDF: visible lines, hidden words, and text recognition if it is a scan."""

from contextlib import closing
from dataclasses import dataclass

import pypdfium2 as pdfium

from ingestion.parsers import ocr
from ingestion.parsers.building import PageText
from ingestion.parsers.images import read_image
from ingestion.parsers.pdf import scans as pdf_scans
from ingestion.parsers.pdf.chars import UNREAD
from ingestion.parsers.pdf.facts import files_on
from ingestion.parsers.pdf.hidden import Sight
from ingestion.parsers.pdf.lines import Line, pieces
from ingestion.parsers.pdf.rulings import read_rulings
from ingestion.parsers.pdf.words import WordReader


@dataclass(frozen=True, slots=True)
class PageReading:
    """The result of reading a page.

    `scan` is set if the page is an image of text, to its text or to an unreadable page. `files`
    counts the files attached to a place on it.
    """

    lines: tuple[Line, ...] = ()
    unread: int = 0
    hidden: tuple[tuple[str, str], ...] = ()
    scan: PageText | None = None
    is_blank: bool = False
    files: int = 0


def read_page(document: pdfium.PdfDocument, number: int, recogniser: ocr.Recogniser) -> PageReading:
    """Read page `number`, counted from 0."""
    try:
        with closing(document[number]) as page:
            return _read(page, recogniser)
    except pdfium.PdfiumError:
        # One broken page must not cost the others; it keeps its number.
        return PageReading(scan=PageText("", is_readable=False))


def _read(page: pdfium.PdfPage, recogniser: ocr.Recogniser) -> PageReading:
    with closing(page.get_textpage()) as text_page:
        rulings = read_rulings(page)
        reader = WordReader(text_page, rulings)
        seen, hidden = Sight(page).split(reader.lines())
    lines = tuple(pieces(seen, rulings))
    text = " ".join(line.text for line in lines).replace(UNREAD, "")
    unread = reader.text.count(UNREAD)
    scan = _recognise(page, text, recogniser) if pdf_scans.may_be_scan(text, unread) else None
    is_blank = not text and pdf_scans.is_blank(page)
    return PageReading(lines, unread, tuple(hidden), scan, is_blank, files_on(page))


def _recognise(page: pdfium.PdfPage, text: str, recogniser: ocr.Recogniser) -> PageText | None:
    """Return the page as read from its image; None if its own text is all there is."""
    if pdf_scans.is_blank(page):
        return None
    is_covered = pdf_scans.image_share(page) >= pdf_scans.COVERED
    if text and not is_covered:
        return None
    if not ocr.is_installed():
        return PageText("", is_readable=False) if is_covered and not text else None
    recognised = read_image(recogniser, pdf_scans.rendered(page))
    if not recognised.is_readable:
        return None if text else recognised
    return recognised if len(recognised.text) > len(text) else None
