"""The scanned pages of a PDF: how they are recognised, and their image for OCR."""

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from ingestion.parsers.quality import page_quality

# A page with fewer characters may be a scan with a stamp or a page number on it.
FEW_CHARACTERS = 100
# A text layer below this quality is garbage.
READABLE = 0.3
# The characters that tell whether a text layer is garbage.
SAMPLE = 500
# An image that covers this share of the page is a scan.
COVERED = 0.6
# Pages made of very many objects are drawings; a scan has few.
MAX_OBJECTS = 2_000
DOTS_PER_INCH = 300
POINTS_PER_INCH = 72
# A4 at 300 dpi has 8.7 million.
MAX_PIXELS = 9_000_000


def may_be_scan(text: str, unread: int) -> bool:
    """Tells whether the text layer is missing, or so poor that the page may be a scan."""
    if len(text) < FEW_CHARACTERS:
        return True
    sample = text[:SAMPLE]
    quality = page_quality(sample, unread=unread * len(sample) // len(text))
    return quality is not None and quality < READABLE


def image_share(page: pdfium.PdfPage) -> float:
    """Return the share of the page that its largest image covers, in [0, 1]."""
    width, height = page.get_size()
    largest = 0.0
    for number, item in enumerate(page.get_objects(max_depth=3)):
        if number >= MAX_OBJECTS:
            break
        if item.type == pdfium_c.FPDF_PAGEOBJ_IMAGE:
            largest = max(largest, _area(item))
    return min(1.0, largest / (width * height)) if width and height else 0.0


def is_blank(page: pdfium.PdfPage) -> bool:
    """Tells whether nothing at all is drawn on the page."""
    return bool(pdfium_c.FPDFPage_CountObjects(page) == 0)


def rendered(page: pdfium.PdfPage) -> Image.Image:
    """Render the page in grey at 300 dpi, or at what MAX_PIXELS allows."""
    width, height = page.get_size()
    most = (MAX_PIXELS / max(width * height, 1.0)) ** 0.5
    scale = min(DOTS_PER_INCH / POINTS_PER_INCH, most)
    image: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return image


def _area(item: pdfium.PdfObject) -> float:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    try:
        if not pdfium_c.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return 0.0
    except pdfium.PdfiumError:
        return 0.0
    return abs((right.value - left.value) * (top.value - bottom.value))
