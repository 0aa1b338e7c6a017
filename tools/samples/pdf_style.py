"""Paragraph and table styles of the sample PDF files."""

from __future__ import annotations

from reportlab.lib.colors import HexColor, white
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import TableStyle

from tools.samples.theme import ACCENT, DEEP, INK, LINE, PALE

DARK = HexColor(f"#{DEEP}")
AMBER = HexColor(f"#{ACCENT}")
RULE = HexColor(f"#{LINE}")
SHADE = HexColor(f"#{PALE}")

BODY = ParagraphStyle(
    "Body",
    fontName="Helvetica",
    fontSize=11,
    leading=16,
    textColor=HexColor(f"#{INK}"),
    spaceAfter=7,
)
CELL = ParagraphStyle("Cell", BODY, fontSize=10, leading=13.2, spaceAfter=0)
HEAD_CELL = ParagraphStyle("HeadCell", CELL, fontName="Helvetica-Bold", textColor=white)
ITEM = ParagraphStyle("Item", BODY, spaceAfter=3)
NOTE = ParagraphStyle(
    "Note",
    BODY,
    backColor=HexColor("#FBF1E4"),
    borderPadding=(7, 9, 7, 9),
    leftIndent=9,
    rightIndent=9,
    spaceBefore=9,
    spaceAfter=16,
)
HEADINGS = {
    1: ParagraphStyle(
        "Section",
        BODY,
        fontName="Helvetica-Bold",
        fontSize=16,
        leading=20,
        textColor=DARK,
        spaceBefore=14,
        spaceAfter=9,
        keepWithNext=1,
    ),
    2: ParagraphStyle(
        "Subsection",
        BODY,
        fontName="Helvetica-Bold",
        fontSize=11.5,
        leading=15,
        textColor=DARK,
        spaceBefore=9,
        spaceAfter=4,
        keepWithNext=1,
    ),
}
CONTENTS = ParagraphStyle("Contents", BODY, fontSize=10.5, leading=15.5, spaceAfter=0)
TITLE = ParagraphStyle(
    "DocumentTitle", BODY, fontName="Helvetica-Bold", fontSize=25, leading=30, textColor=DARK
)
SUBTITLE = ParagraphStyle("Subtitle", BODY, fontSize=12.5, leading=17)
FACTS = ParagraphStyle("Facts", BODY, fontSize=9, leading=12, textColor=HexColor("#5A6A70"))
GRID = TableStyle(
    [
        ("BACKGROUND", (0, 0), (-1, 0), DARK),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [white, SHADE]),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
        ("LEFTPADDING", (0, 0), (-1, -1), 7),
        ("RIGHTPADDING", (0, 0), (-1, -1), 7),
    ]
)
