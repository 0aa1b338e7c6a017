"""The looks of cells in an Excel workbook: their number formats, and white words."""

from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Color, Fill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.styles.numbers import BUILTIN_FORMATS

from ingestion.parsers.numbers.formats import hides

# Formats of dates that only East Asian editions of Excel name (ECMA-376, 18.8.30).
EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
FIRST_OWN_FORMAT = 164
# Of 255, each of red, green and blue: from here on as good as white.
LIGHT = 240
PAPER = 0
"""The number of the colour of the paper in a theme."""


@dataclass(frozen=True, slots=True)
class Style:
    """The style of a cell; `is_blank` if its format shows nothing at all.

    `is_struck` means that its words are struck out, so that they hold no longer.
    """

    number_format: str = "General"
    is_white: bool = False
    is_blank: bool = False
    is_struck: bool = False


GENERAL = Style()


def styles_of(book: Workbook) -> list[Style]:
    """Return the styles of a workbook, in the order of their numbers."""
    return [_style(book, stored) for stored in book._cell_styles]


def _style(book: Workbook, stored: StyleArray) -> Style:
    number_format = _number_format(book, stored.numFmtId)
    font = book._fonts[stored.fontId]
    is_white = _is_light(font.color) and not _is_dark(book._fills[stored.fillId])
    return Style(number_format, is_white, hides(number_format), bool(font.strike))


def known_format(number: int) -> str:
    """Return a format that every workbook knows by its number."""
    if number in EAST_ASIAN_DATES:
        return "yyyy-mm-dd"
    return str(BUILTIN_FORMATS.get(number, "General"))


def _number_format(book: Workbook, number: int) -> str:
    own = number - FIRST_OWN_FORMAT
    if 0 <= own < len(book._number_formats):
        return str(book._number_formats[own])
    return known_format(number)


def _is_light(colour: Color | None) -> bool:
    if colour is None:
        return False
    if colour.type == "theme":
        return colour.theme == PAPER and (colour.tint or 0.0) > -0.05
    rgb = colour.rgb if colour.type == "rgb" else None
    if not isinstance(rgb, str) or len(rgb) != 8:
        return False
    return min(bytes.fromhex(rgb[2:])) >= LIGHT


def _is_dark(fill: Fill) -> bool:
    """Tells whether anything but white stands behind the words."""
    kind = getattr(fill, "fill_type", None)
    if kind is None and not hasattr(fill, "stop"):
        return False
    return not (kind == "solid" and _is_light(fill.fgColor))
