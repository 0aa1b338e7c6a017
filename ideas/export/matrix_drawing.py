"""Draws the matrix of value and feasibility as vector graphics."""

from collections.abc import Iterator, Sequence
from math import sqrt

from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from core.printing.blocks import Anchor, Area, Drawing, Label, Line, Mark, Shape, Sign
from ideas.export import words
from ideas.portfolio.matrix import Matrix, Point

LEFT, BOTTOM, SIDE = 0.07, 0.075, 0.62
"""The square of the matrix, in shares of the width; the legend stands right of it."""
SMALLEST, LARGEST = 0.006, 0.024
"""Half of the width of a mark without a benefit, and of the largest one."""
LABELLED, WHISKERED, FULL_SIZE = 60, 150, 200
"""Marks up to which each has its number beside it, its whiskers, and its full size."""
LEGEND_X, LEGEND_TOP, LEGEND_STEP = 0.73, 0.675, 0.032

INK, GREY, FAINT = "#1a1c23", "#5c6270", "#f4f6fa"
SIGNS = {
    IdeaCategory.INTERNAL_OPTIMISATION: Sign.CIRCLE,
    IdeaCategory.BETTER_PRODUCT: Sign.SQUARE,
    IdeaCategory.NEW_BUSINESS_MODEL: Sign.TRIANGLE,
}
COLOURS: dict[RiskClass | None, str] = {
    RiskClass.PROHIBITED: "#1a1c23",
    RiskClass.HIGH: "#b3261e",
    RiskClass.NEEDS_COUNSEL: "#b06000",
    RiskClass.TRANSPARENCY: "#1a5fb4",
    RiskClass.MINIMAL: "#1e7b4f",
    None: "#7a808c",
}
"""Colours of risk classes; words beside the drawing and in its table say the same."""


def matrix_drawing(matrix: Matrix) -> Drawing:
    """Return the matrix with its legend; large marks are drawn first, so that none is hidden."""
    points = sorted(matrix.points, key=lambda point: (-point.area, point.entry.number))
    scale = min(1.0, sqrt(FULL_SIZE / max(len(points), 1)))
    whiskered = points if len(points) <= WHISKERED else []
    shapes = [
        *_frame(matrix),
        *(shape for point in whiskered for shape in _whiskers(point)),
        *(_mark(point, scale) for point in points),
        *(_numbers(points) if len(points) <= LABELLED else ()),
        *_legend(),
    ]
    return Drawing(BOTTOM + SIDE + 0.02, shapes)


def _frame(matrix: Matrix) -> Iterator[Shape]:
    yield Area(LEFT, BOTTOM, SIDE, SIDE, FAINT)
    cut_x, cut_y = _x(matrix.feasibility_cut), _y(matrix.value_cut)
    right, top = LEFT + SIDE, BOTTOM + SIDE
    for start, end in (
        ((LEFT, BOTTOM), (right, BOTTOM)),
        ((LEFT, BOTTOM), (LEFT, top)),
        ((right, BOTTOM), (right, top)),
        ((LEFT, top), (right, top)),
    ):
        yield Line(start, end, GREY)
    yield Line((cut_x, BOTTOM), (cut_x, top), GREY, is_dashed=True)
    yield Line((LEFT, cut_y), (right, cut_y), GREY, is_dashed=True)
    yield from _corners()
    for value in (0, 50, 100):
        yield Label(_x(value), BOTTOM - 0.025, str(value), Anchor.MIDDLE)
        yield Label(LEFT - 0.01, _y(value) - 0.005, str(value), Anchor.END)
    yield Label(LEFT + SIDE / 2, BOTTOM - 0.055, "Feasibility", Anchor.MIDDLE, is_strong=True)
    yield Label(
        LEFT - 0.045, BOTTOM + SIDE / 2, "Value", Anchor.MIDDLE, is_strong=True, is_upright=True
    )


def _corners() -> Iterator[Shape]:
    near, far = 0.012, SIDE - 0.012
    for quadrant, x, y, anchor in (
        (Quadrant.BIG_BET, near, far - 0.012, Anchor.START),
        (Quadrant.QUICK_WIN, far, far - 0.012, Anchor.END),
        (Quadrant.TRAP, near, near, Anchor.START),
        (Quadrant.INCREMENTAL, far, near, Anchor.END),
    ):
        yield Label(LEFT + x, BOTTOM + y, words.QUADRANTS[quadrant], anchor, is_strong=True)


def _whiskers(point: Point) -> Iterator[Shape]:
    scored, colour = point.scored, COLOURS[point.entry.risk]
    x, y = _x(scored.feasibility), _y(scored.value)
    if scored.feasibility_spread:
        reach = scored.feasibility_spread
        low, high = _x(scored.feasibility - reach), _x(scored.feasibility + reach)
        yield Line((low, y), (high, y), colour)
    if scored.value_spread:
        low, high = _y(scored.value - scored.value_spread), _y(scored.value + scored.value_spread)
        yield Line((x, low), (x, high), colour)


def _mark(point: Point, scale: float) -> Shape:
    return Mark(
        _x(point.scored.feasibility),
        _y(point.scored.value),
        scale * _size(point),
        SIGNS[point.entry.category],
        COLOURS[point.entry.risk],
        is_hollow=point.scored.is_provisional,
    )


def _numbers(points: Sequence[Point]) -> Iterator[Shape]:
    for point in points:
        x = _x(point.scored.feasibility) + _size(point) + 0.004
        yield Label(x, _y(point.scored.value) - 0.006, str(point.entry.number))


def _legend() -> Iterator[Shape]:
    y = LEGEND_TOP
    yield Label(LEGEND_X, y, "Risk class", is_strong=True)
    for risk, colour in COLOURS.items():
        y -= LEGEND_STEP
        yield Mark(LEGEND_X + 0.01, y + 0.006, 0.008, Sign.SQUARE, colour)
        yield Label(LEGEND_X + 0.03, y, words.NOT_JUDGED if risk is None else words.RISKS[risk])
    y -= 1.5 * LEGEND_STEP
    yield Label(LEGEND_X, y, "Category", is_strong=True)
    for category, sign in SIGNS.items():
        y -= LEGEND_STEP
        yield Mark(LEGEND_X + 0.01, y + 0.006, 0.008, sign, GREY)
        yield Label(LEGEND_X + 0.03, y, words.CATEGORIES[category])
    y -= 1.5 * LEGEND_STEP
    yield Mark(LEGEND_X + 0.01, y + 0.006, 0.008, Sign.CIRCLE, GREY, is_hollow=True)
    yield Label(LEGEND_X + 0.03, y, "Provisional: one review")
    y -= LEGEND_STEP
    yield Line((LEGEND_X, y + 0.006), (LEGEND_X + 0.02, y + 0.006), GREY)
    yield Label(LEGEND_X + 0.03, y, "Reviewers apart (1 sd)")
    y -= LEGEND_STEP
    yield Label(LEGEND_X, y, "Size: benefit a year")


def _size(point: Point) -> float:
    return SMALLEST + (LARGEST - SMALLEST) * sqrt(point.area)


def _x(feasibility: float) -> float:
    return LEFT + SIDE * min(max(feasibility, 0.0), 100.0) / 100


def _y(value: float) -> float:
    return BOTTOM + SIDE * min(max(value, 0.0), 100.0) / 100
