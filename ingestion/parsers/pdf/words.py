"""The words of a PDF page with their place and looks, read from PDFium in few calls."""

import ctypes
import math
import re
from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingestion.parsers.pdf.chars import LINE_END_HYPHENS, page_characters
from ingestion.parsers.pdf.rulings import NONE, Rulings

# OpenType weights: 400 is regular, 700 bold.
BOLD_WEIGHT = 600
# Fill colours from here on (of 255, each of red, green and blue) may be white on white.
LIGHT = 215
# Of 255: below this opacity, text is not readable.
TRANSPARENT = 40
SKEWED = -1
LINE = re.compile(f"[^\r\n{LINE_END_HYPHENS}]+")
WORD = re.compile(r"\S+")

Box = tuple[float, float, float, float]


class Style(NamedTuple):
    """The look of a text object, as a tuple since pages have thousands of words.

    `quarter` counts quarter turns counter-clockwise; it is SKEWED for any other angle.
    """

    quarter: int
    is_bold: bool
    is_invisible: bool
    is_faint: bool


class Word(NamedTuple):
    """A word and the index of its first character on the page.

    Its box is in points in reading direction: x grows along the line, y upwards.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float
    style: Style
    start: int

    @property
    def height(self) -> float:
        return self.top - self.bottom


class WordLine(NamedTuple):
    """Words that PDFium takes for one line."""

    words: list[Word]
    is_hyphenated: bool


class WordReader:
    """The reader for one text page, which asks for looks once per text object."""

    def __init__(self, text_page: pdfium.PdfTextPage, rulings: Rulings = NONE) -> None:
        self.text = page_characters(text_page)
        self._page = text_page.raw
        self._rulings = rulings
        self._rectangle = pdfium_c.FS_RECTF()
        self._reference = ctypes.byref(self._rectangle)
        self._styles: dict[int, Style] = {}
        self._bold: dict[int, bool] = {}

    def lines(self) -> Iterator[WordLine]:
        """Yield the lines in PDFium's order, which is that of the file."""
        for line in LINE.finditer(self.text):
            mark = self.text[line.end() : line.end() + 1]
            matches = WORD.finditer(self.text, line.start(), line.end())
            words = [w for m in matches for w in self._words(m.group(), *m.span())]
            if words:
                yield WordLine(words, bool(mark) and mark in LINE_END_HYPHENS)

    def _words(self, text: str, start: int, end: int) -> list[Word]:
        """Return a word, cut at the borders of cells where PDFium joins several to one."""
        word = self._word(text, start, end)
        if not self._rulings.upright or word.style.quarter or end - start < 2:
            return [word]
        borders = self._rulings.borders(word.bottom, word.top)
        if not any(word.left < border < word.right for border in borders):
            return [word]
        boxes = [self._box(at, 0) for at in range(start, end)]
        cells = [bisect(borders, (left + right) / 2) for left, _, right, _ in boxes]
        cuts = [at for at in range(1, end - start) if cells[at] != cells[at - 1]]
        return [
            self._word(text[first:last], start + first, start + last)
            for first, last in pairwise([0, *cuts, end - start])
        ]

    def _word(self, text: str, start: int, end: int) -> Word:
        style = self._style(start)
        left, bottom, right, top = self._box(start, style.quarter)
        if end - start > 1:
            # The first letter tells the height: a word may end with a raised sign.
            last = self._box(end - 1, style.quarter)
            left = last[0] if last[0] < left else left
            right = last[2] if last[2] > right else right
        return Word(text, left, bottom, right, top, style, start)

    def _box(self, index: int, quarter: int) -> Box:
        box = self._rectangle
        if not pdfium_c.FPDFText_GetLooseCharBox(self._page, index, self._reference):
            return 0.0, 0.0, 0.0, 0.0
        edges = box.left, box.bottom, box.right, box.top
        return _turned(edges, quarter) if quarter else edges

    def _style(self, index: int) -> Style:
        text_object = pdfium_c.FPDFText_GetTextObject(self._page, index)
        key = ctypes.addressof(text_object.contents) if text_object else 0
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._read_style(index, text_object)
        return style

    def _read_style(self, index: int, text_object: pdfium_c.FPDF_PAGEOBJECT) -> Style:
        if not text_object:
            return Style(0, is_bold=False, is_invisible=False, is_faint=False)
        mode = pdfium_c.FPDFTextObj_GetTextRenderMode(text_object)
        font = pdfium_c.FPDFTextObj_GetFont(text_object)
        key = ctypes.addressof(font.contents) if font else 0
        if key not in self._bold:
            self._bold[key] = _is_bold(self._page, index)
        return Style(
            _quarter(self._page, index),
            self._bold[key],
            mode == pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE,
            _is_faint(self._page, index),
        )


def turned_back(word: Word) -> Box:
    """Return the box of a word in the coordinates of the page."""
    box = word.left, word.bottom, word.right, word.top
    return _turned(box, {1: 3, 3: 1}.get(word.style.quarter, word.style.quarter))


def _turned(box: Box, quarter: int) -> Box:
    """Return the box on the page turned until the text is upright."""
    left, bottom, right, top = box
    match quarter:
        case 1:
            return bottom, -right, top, -left
        case 2:
            return -right, -top, -left, -bottom
        case 3:
            return -top, left, -bottom, right
        case _:
            return box


def _quarter(text_page: pdfium.PdfTextPage, index: int) -> int:
    matrix = pdfium_c.FS_MATRIX()
    if not pdfium_c.FPDFText_GetMatrix(text_page, index, matrix):
        return 0
    turns = math.atan2(matrix.b, matrix.a) / (math.pi / 2)
    return round(turns) % 4 if abs(turns - round(turns)) < 0.06 else SKEWED


def _is_faint(text_page: pdfium.PdfTextPage, index: int) -> bool:
    """Tells whether the fill colour alone makes the text hard to see on white."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium_c.FPDFText_GetFillColor(text_page, index, red, green, blue, alpha):
        return False
    is_light = min(red.value, green.value, blue.value) >= LIGHT
    return is_light or alpha.value < TRANSPARENT


def _is_bold(text_page: pdfium.PdfTextPage, index: int) -> bool:
    if pdfium_c.FPDFText_GetFontWeight(text_page, index) >= BOLD_WEIGHT:
        return True
    name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(text_page, index, name, len(name), flags)
    return b"bold" in name.value.lower()
