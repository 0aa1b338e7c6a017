"""How printed text looks, on A4."""

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from core.printing.fonts import BOLD, MARKED_COLOR, PLAIN

MARGIN = 20 * mm
FRAME_MARGIN = MARGIN - 6
"""ReportLab keeps 6 points free inside of the frame of a page."""
PAGE_WIDTH, PAGE_HEIGHT = A4
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - 2 * MARGIN, PAGE_HEIGHT - 2 * MARGIN

INK, GREY, LINE = HexColor("#1a1c23"), HexColor("#5c6270"), HexColor("#c9ced8")
HEADER, MARKED = HexColor("#eef1f6"), HexColor(MARKED_COLOR)

PARAGRAPH = ParagraphStyle(
    "paragraph",
    fontName=PLAIN,
    bulletFontName=PLAIN,
    fontSize=10,
    leading=14,
    textColor=INK,
    spaceAfter=5,
)
STRONG = ParagraphStyle("strong", PARAGRAPH, fontName=BOLD)
NOTE = ParagraphStyle("note", PARAGRAPH, fontSize=8.5, leading=12, textColor=GREY)
TITLE = ParagraphStyle("title", STRONG, fontSize=18, leading=23)
HEADING = ParagraphStyle(
    "heading", STRONG, fontSize=13, leading=17, spaceBefore=10, keepWithNext=True
)
SMALL_HEADING = ParagraphStyle("small heading", HEADING, fontSize=11, leading=15)
ITEM = ParagraphStyle("item", PARAGRAPH, leftIndent=18, bulletIndent=4, spaceAfter=2)
TIGHT = ParagraphStyle("tight", PARAGRAPH, spaceAfter=0)
NAME = ParagraphStyle("name", TIGHT, textColor=GREY)
CELL = ParagraphStyle("cell", TIGHT, fontSize=8.5, leading=11)
HEAD = ParagraphStyle("head", CELL, fontName=BOLD)
FOOTER = ParagraphStyle("footer", NOTE, spaceAfter=0)


def in_east_asia(style: ParagraphStyle) -> ParagraphStyle:
    """Return the style for a text whose lines may break between any two letters."""
    return ParagraphStyle(f"{style.name} in East Asia", style, wordWrap="CJK")
