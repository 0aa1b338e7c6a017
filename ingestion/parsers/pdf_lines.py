"""Lines of a PDF page with their place, which tells paragraphs, rows and headings apart."""

import ctypes
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2.raw as pdfium_c

from ingestion.parsers.building import tidy
from ingestion.parsers.pdf_chars import LINE_END_HYPHENS, characters

# A gap this many line heights wide separates table cells; justified words stay below 0.6.
CELL_GAP = 1.5
CELL_SPACE = "   "
# OpenType weights: 400 is regular, 700 bold.
BOLD_WEIGHT = 600


@dataclass(frozen=True, slots=True)
class Line:
    """One line; sizes in points, y grows upwards. `height` is 0 where the text is not upright."""

    text: str
    left: float = 0.0
    bottom: float = 0.0
    right: float = 0.0
    top: float = 0.0
    is_hyphenated: bool = False
    is_bold: bool = False

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def has_cells(self) -> bool:
        return CELL_SPACE in self.text


def read_lines(text_page: Any) -> list[Line]:  # Any: pypdfium2 has no types
    """The lines in PDFium's order, empty ones left out."""
    chars = characters(text_page)
    lines = (_line(text_page, chars, *span) for span in _spans(chars))
    return [line for line in lines if line.text.strip()]


def _spans(chars: list[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for index, char in enumerate(chars):
        if char in ("\r", "\n") or (char and char in LINE_END_HYPHENS):
            yield start, index
            start = index + 1
    yield start, len(chars)


def _line(text_page: Any, chars: list[str], start: int, end: int) -> Line:
    is_hyphenated = end < len(chars) and bool(chars[end]) and chars[end] in LINE_END_HYPHENS
    inked = [i for i in range(start, end) if chars[i].strip()]
    if not inked:
        return Line("")
    if not _is_upright(text_page, inked[0]):
        return Line(_tidied(chars[start:end]), is_hyphenated=is_hyphenated)
    first, last = _box(text_page, inked[0]), _box(text_page, inked[-1])
    top, bottom = max(first[3], last[3]), min(first[1], last[1])
    text = _tidied(_with_cell_gaps(text_page, chars, inked, top - bottom))
    is_bold = _is_bold(text_page, inked[0]) and _is_bold(text_page, inked[-1])
    return Line(text, first[0], bottom, last[2], top, is_hyphenated, is_bold)


def _with_cell_gaps(
    text_page: Any, chars: list[str], inked: list[int], height: float
) -> Iterator[str]:
    yield chars[inked[0]]
    for before, after in itertools.pairwise(inked):
        if after > before + 1:
            gap = _box(text_page, after)[0] - _box(text_page, before)[2]
            yield CELL_SPACE if gap > CELL_GAP * height > 0 else " "
        yield chars[after]


def _tidied(chars: Any) -> str:
    return tidy("".join(chars)).strip()


def _box(text_page: Any, index: int) -> tuple[float, float, float, float]:
    left, bottom, right, top = text_page.get_charbox(index, loose=True)
    return left, bottom, right, top


def _is_bold(text_page: Any, index: int) -> bool:
    if pdfium_c.FPDFText_GetFontWeight(text_page, index) >= BOLD_WEIGHT:
        return True
    name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
    pdfium_c.FPDFText_GetFontInfo(text_page, index, name, len(name), flags)
    return b"bold" in name.value.lower()


def _is_upright(text_page: Any, index: int) -> bool:
    angle = pdfium_c.FPDFText_GetCharAngle(text_page, index)
    return abs(math.sin(angle)) < 0.1 and math.cos(angle) > 0
