"""The image of a PDF page with quotes marked on it."""

import ctypes
import io
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageChops

from core.domain.knowledge import Area, PageImage
from ingestion.parsers.pdf.chars import characters
from ingestion.parsers.pdf.document import opened
from ingestion.parsers.pdf.layout import words_in_order
from ingestion.parsers.pdf.lines import pieces
from ingestion.parsers.pdf.words import WordReader
from ingestion.reading.quotes import locate

# Twice the dots of a page in its own size: sharp when it is enlarged, and on fine screens.
DOTS_PER_INCH = 144
POINTS_PER_INCH = 72
MAX_PIXELS = 4_000
YELLOW = (255, 232, 120)

Corners = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels."""


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


def page_image(content: bytes, page_number: int, quotes: Sequence[str]) -> PageImage | None:
    """Draw the page at about 144 dpi; None if there is no such page.

    Of each quote, nothing is marked unless it is found on the page (see `locate`).
    """
    with opened(content) as document:
        if not 1 <= page_number <= len(document):
            return None
        page = document[page_number - 1]
        scale = _scale(page)
        image = page.render(scale=scale).to_pil().convert("RGB")
        text_page = page.get_textpage()
        marks = [
            _to_pixels(page, box, scale)
            for quote in quotes
            for box in _boxes_of_lines(text_page, quote)
        ]
        for corners in dict.fromkeys(marks):
            _mark(image, corners)
        words = [_to_pixels(page, box, scale) for box in _word_boxes(text_page)]
    size = image.size
    shares = tuple(_share(corners, size) for corners in dict.fromkeys(marks))
    return PageImage(_png(image), size, shares, _share(_around(words), size) if words else None)


def _scale(page: pdfium.PdfPage) -> float:
    width, height = page.get_size()
    return min(DOTS_PER_INCH / POINTS_PER_INCH, MAX_PIXELS / max(float(width), float(height), 1.0))


def _boxes_of_lines(text_page: pdfium.PdfTextPage, quote: str) -> list[_Box]:
    """Return the boxes, in page points, of the lines the quote stands on."""
    indexes = locate(characters(text_page), quote) or _located_as_read(text_page, quote)
    return _line_boxes([_Box(*text_page.get_charbox(i, loose=True)) for i in indexes])


def _word_boxes(text_page: pdfium.PdfTextPage) -> list[_Box]:
    """Return the boxes, in page points, of all runs of text."""
    return [_Box(*text_page.get_rect(i)) for i in range(text_page.count_rects())]


def _around(corners: Sequence[Corners]) -> Corners:
    lefts, tops, rights, bottoms = zip(*corners, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _share(corners: Corners, size: tuple[int, int]) -> Area:
    """Return pixels as shares of the image, inside of it."""
    sides = (*size, *size)
    left, top, right, bottom = (
        min(max(pixel / side, 0.0), 1.0) for pixel, side in zip(corners, sides, strict=True)
    )
    return left, top, right, bottom


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


def _to_pixels(page: pdfium.PdfPage, box: _Box, scale: float) -> Corners:
    """Convert by PDFium's own transformation, which is right for rotated and cropped pages."""
    width, height = (round(side * scale) for side in page.get_size())
    corners = []
    for x, y in ((box.left, box.top), (box.right, box.bottom)):
        px, py = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, px, py)
        corners.append((px.value, py.value))
    (x1, y1), (x2, y2) = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _mark(image: Image.Image, corners: Corners) -> None:
    """Colour the paper and leave the ink, as a marker pen does."""
    left, top, right, bottom = corners
    width, height = image.size
    box = (max(left - 1, 0), max(top - 1, 0), min(right + 2, width), min(bottom + 2, height))
    if box[0] < box[2] and box[1] < box[3]:
        part = image.crop(box)
        image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, YELLOW)), box)


def _png(image: Image.Image) -> bytes:
    stored = io.BytesIO()
    image.save(stored, "PNG", compress_level=3)
    return stored.getvalue()
