"""Draws shapes as vector graphics."""

from typing import assert_never

from reportlab.graphics.shapes import Circle, Group, Polygon, Rect, String
from reportlab.graphics.shapes import Drawing as VectorDrawing
from reportlab.graphics.shapes import Line as VectorLine
from reportlab.graphics.shapes import Shape as VectorShape
from reportlab.lib.colors import HexColor

from core.printing import styles
from core.printing.blocks import Anchor, Area, Drawing, Label, Line, Mark, Shape, Sign
from core.printing.fonts import BOLD, PLAIN, on_one_line

LABEL_SIZE = 8.5
OUTLINE, THIN = 1.2, 0.6
OPACITY = 0.75
"""Of filled marks, so that those behind them can be seen."""
_ANCHORS = {Anchor.START: "start", Anchor.MIDDLE: "middle", Anchor.END: "end"}
WIDTH = styles.TEXT_WIDTH


def drawn(block: Drawing) -> VectorDrawing:
    """Return what ReportLab lays out."""
    drawing = VectorDrawing(WIDTH, block.height * WIDTH)
    for shape in block.shapes:
        drawing.add(_shape(shape))
    return drawing


def _shape(shape: Shape) -> VectorShape:
    match shape:
        case Area(x, y, width, height, colour):
            corner, size = (x * WIDTH, y * WIDTH), (width * WIDTH, height * WIDTH)
            return Rect(*corner, *size, fillColor=HexColor(colour), strokeColor=None)
        case Line(start, end, colour, is_dashed):
            ends = (value * WIDTH for value in (*start, *end))
            dashes = [3, 3] if is_dashed else None
            return VectorLine(
                *ends, strokeColor=HexColor(colour), strokeWidth=THIN, strokeDashArray=dashes
            )
        case Mark():
            return _mark(shape)
        case Label():
            return _label(shape)
        case _:
            assert_never(shape)


def _mark(mark: Mark) -> VectorShape:
    x, y, size = mark.x * WIDTH, mark.y * WIDTH, mark.size * WIDTH
    colour = HexColor(mark.colour)
    look = {
        "fillColor": None if mark.is_hollow else colour,
        "fillOpacity": OPACITY,
        "strokeColor": colour,
        "strokeWidth": OUTLINE,
    }
    match mark.sign:
        case Sign.CIRCLE:
            return Circle(x, y, size, **look)
        case Sign.SQUARE:
            return Rect(x - size, y - size, 2 * size, 2 * size, **look)
        case Sign.TRIANGLE:
            return Polygon([x - size, y - size, x + size, y - size, x, y + size], **look)
        case _:
            assert_never(mark.sign)


def _label(label: Label) -> VectorShape:
    text = String(
        0,
        0,
        on_one_line(label.text),
        fontName=BOLD if label.is_strong else PLAIN,
        fontSize=LABEL_SIZE,
        fillColor=styles.INK if label.is_strong else styles.GREY,
        textAnchor=_ANCHORS[label.anchor],
    )
    group = Group(text)
    group.translate(label.x * WIDTH, label.y * WIDTH)
    if label.is_upright:
        group.rotate(90)
    return group
