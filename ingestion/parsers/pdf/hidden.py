"""Words of a PDF page that nobody sees on it: white, tiny, invisible or off the page."""

import ctypes
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import groupby

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from core.domain.knowledge import HiddenText
from ingestion.parsers.building import storable
from ingestion.parsers.pdf.scans import image_share
from ingestion.parsers.pdf.words import Box, Word, WordLine, turned_back

# In points: people do not read smaller print; pictures of posters have 1.8.
TINY = 1.5
# An image that covers this share of the page is a scan with invisible words as text layer.
SCAN = 0.5
# Grey values this close, of 255, are one colour to the eye.
SAME = 24
SCALE = 2.0
MAX_SIDE = 4_000
# Fewer letters in a document are only a star or a printer's mark.
MIN_LETTERS = 16
# A run with this share of its words on the page or a neighbour is seen there.
SEEN_SHARE = 0.7
OFF_PAGE = "off the page"
# Of all pages together; machine numbers on every page must not hide what comes after them.
MAX_CHARS = 1_000_000


class Sight:
    """The visible part of one page, which is drawn only if a word may be as light as the paper."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self._crop: Box = page.get_cropbox()

    def split(self, lines: Iterable[WordLine]) -> tuple[list[WordLine], list[tuple[str, str]]]:
        """Return the lines with only visible words, and (kind, word) of the others."""
        seen: list[WordLine] = []
        hidden: list[tuple[str, str]] = []
        for line in lines:
            kinds = [self._kind(word) for word in line.words]
            if not any(kinds):
                seen.append(line)
                continue
            marked = list(zip(kinds, line.words, strict=True))
            hidden += [(kind, word.text) for kind, word in marked if kind]
            if words := [word for kind, word in marked if not kind]:
                seen.append(WordLine(words, line.is_hyphenated and not kinds[-1]))
        return seen, hidden

    def _kind(self, word: Word) -> str:
        """Return why the word is not seen, empty if it is seen."""
        box = turned_back(word) if word.style.quarter else word[1:5]
        left, bottom, right, top = self._crop
        if box[2] < left or box[0] > right or box[3] < bottom or box[1] > top:
            return OFF_PAGE
        if 0 < word.height < TINY:
            return "tiny"
        if word.style.is_invisible:
            return "" if self._is_scan else "invisible"
        return "white" if word.style.is_faint and not self._has_contrast(box) else ""

    @cached_property
    def _is_scan(self) -> bool:
        return image_share(self._page) >= SCAN

    @cached_property
    def _image(self) -> Image.Image:
        scale = min(SCALE, MAX_SIDE / max(*self._page.get_size(), 1.0))
        image: Image.Image = self._page.render(scale=scale, grayscale=True).to_pil()
        return image

    def _has_contrast(self, box: Box) -> bool:
        """Tells whether the area of the word shows more than one colour."""
        left, top = self._pixel(box[0], box[3])
        right, bottom = self._pixel(box[2], box[1])
        area = (
            max(0, min(left, right)),
            max(0, min(top, bottom)),
            min(self._image.width, max(left, right) + 1),
            min(self._image.height, max(top, bottom) + 1),
        )
        if area[0] >= area[2] or area[1] >= area[3]:
            return False
        darkest, lightest = self._image.crop(area).convert("L").getextrema()
        return float(lightest) - float(darkest) >= SAME  # type: ignore[arg-type]  # one band

    def _pixel(self, x: float, y: float) -> tuple[int, int]:
        column, row = ctypes.c_int(), ctypes.c_int()
        size = self._image.size
        pdfium_c.FPDF_PageToDevice(self._page, 0, 0, *size, 0, x, y, column, row)
        return column.value, row.value


def entries(pages: Sequence[tuple[Sequence[tuple[str, str]], str]]) -> list[HiddenText]:
    """Return runs of words hidden alike, from (hidden words, visible text) of each page.

    They stay in order, however short, as a sentence may be spread over many. Left out are a few
    letters in a whole document, which say nothing to a model, and words cut off from one page of a
    spread because they stand on the next one, which are not hidden.
    """
    if _letters(word for words, _ in pages for _, word in words) < MIN_LETTERS:
        return []
    texts: list[HiddenText] = []
    room = MAX_CHARS
    for number, (words, _) in enumerate(pages):
        near = pages[max(number - 1, 0) : number + 2]
        for kind, run in groupby(words, key=lambda word: word[0]):
            parts = [word for _, word in run]
            if room > 0 and not (kind == OFF_PAGE and _is_seen(parts, near)):
                text = storable(" ".join(parts))[:room]
                room -= len(text)
                texts.append(HiddenText(number + 1, kind, text))
    return texts


def _letters(words: Iterable[str]) -> int:
    return sum(char.isalpha() for word in words for char in word)


def _is_seen(words: Sequence[str], pages: Sequence[tuple[Sequence[tuple[str, str]], str]]) -> bool:
    visible = {word for _, text in pages for word in text.split()}
    return sum(word in visible for word in words) >= SEEN_SHARE * len(words)
