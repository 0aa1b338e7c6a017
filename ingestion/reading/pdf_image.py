"""The image of a PDF page with a quote marked on it."""

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageDraw

from ingestion.parsers.pdf.chars import characters
from ingestion.parsers.pdf.document import opened
from ingestion.parsers.pdf.layout import words_in_order
from ingestion.parsers.pdf.lines import pieces
from ingestion.parsers.pdf.words import WordReader
from ingestion.reading.quotes import locate

DOTS_PER_INCH = 110
POINTS_PER_INCH = 72
MAX_PIXELS = 4_000
YELLOW = (255, 221, 0, 96)


@dataclass(slots=True)
class _Box:
    """A rectangle in page points, with y upwards, that grows along a line."""

    left: float
    bottom: float
    right: float
    top: float

    def absorb(self, other: "_Box") -> bool:
        """Take `other` in if it continues the same line."""
        middle = (other.bottom + other.top) / 2
        if not self.bottom <= middle <= self.top or other.left < self.left:
            return False
        self.right = max(self.right, other.right)
        self.bottom, self.top = min(self.bottom, other.bottom), max(self.top, other.top)
        return True


def page_image(content: bytes, page_number: int, quote: str) -> bytes | None:
    """Draws the page as PNG at about 110 dpi; None if there is no such page.

    Nothing is marked unless the quote is found on the page (see `locate`).
    """
    with opened(content) as document:
        if not 1 <= page_number <= len(document):
            return None
        page = document[page_number - 1]
        scale = _scale(page)
        image = page.render(scale=scale).to_pil().convert("RGB")
        for corners in _marked(page, quote, scale):
            _mark(image, corners)
    return _png(image)


def _scale(page: pdfium.PdfPage) -> float:
    width, height = page.get_size()
    return min(DOTS_PER_INCH / POINTS_PER_INCH, MAX_PIXELS / max(float(width), float(height), 1.0))


def _marked(page: pdfium.PdfPage, quote: str, scale: float) -> list[tuple[int, int, int, int]]:
    """Return pixel rectangles (left, top, right, bottom) of the lines the quote stands on."""
    text_page = page.get_textpage()
    indexes = locate(characters(text_page), quote) or _located_as_read(text_page, quote)
    boxes = _line_boxes([_Box(*text_page.get_charbox(i, loose=True)) for i in indexes])
    return [_to_pixels(page, box, scale) for box in boxes]


def _located_as_read(text_page: pdfium.PdfTextPage, quote: str) -> list[int]:
    """Return the indexes of the quote where the file orders characters unlike the page."""
    chars: list[str] = []
    origins: list[int] = []
    for word in words_in_order(pieces(WordReader(text_page).lines())):
        chars += [*word.text, " "]
        origins += [*range(word.start, word.start + len(word.text)), word.start]
    return [origins[index] for index in locate(chars, quote) if chars[index].strip()]


def _line_boxes(chars: Sequence[_Box]) -> list[_Box]:
    lines: list[_Box] = []
    for box in chars:
        if not lines or not lines[-1].absorb(box):
            lines.append(box)
    return lines


def _to_pixels(page: pdfium.PdfPage, box: _Box, scale: float) -> tuple[int, int, int, int]:
    """Convert by PDFium's own transformation, which is right for rotated and cropped pages."""
    width, height = (round(side * scale) for side in page.get_size())
    corners = []
    for x, y in ((box.left, box.top), (box.right, box.bottom)):
        px, py = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, px, py)
        corners.append((px.value, py.value))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _mark(image: Image.Image, corners: tuple[int, int, int, int]) -> None:
    layer = Image.new("RGBA", image.size, (0, 0, 0, 0))
    left, top, right, bottom = corners
    ImageDraw.Draw(layer).rectangle((left - 1, top - 1, right + 1, bottom + 1), fill=YELLOW)
    image.paste(Image.alpha_composite(image.convert("RGBA"), layer).convert("RGB"))


def _png(image: Image.Image) -> bytes:
    stored = io.BytesIO()
    image.save(stored, "PNG", compress_level=3)
    return stored.getvalue()
