"""The chart of value and feasibility: where each reviewed idea stands, and how firmly."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import altair as alt
import pandas as pd

from core.domain.ideas.card import IdeaCategory, label_of
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from ideas.portfolio.matrix import Matrix, Point
from ui import words
from ui.idea_parts import words as idea_words

IDEAS = "ideas"
"""The dataset of the chart, which is filled anew each time."""

OPENED = "opened"
"""The selection of a click, which names the idea."""

COLOURS = {
    RiskClass.MINIMAL: "#2e8b6f",
    RiskClass.TRANSPARENCY: "#3f87b8",
    RiskClass.HIGH: "#c07a30",
    RiskClass.NEEDS_COUNSEL: "#8f6fc4",
    RiskClass.PROHIBITED: "#cc5a5a",
    None: "#80868c",
}
"""At least 3:1 against the light and the dark background (WCAG 2.2, 1.4.11)."""

LETTERS = {
    RiskClass.MINIMAL: "",
    RiskClass.TRANSPARENCY: "T",
    RiskClass.HIGH: "H",
    RiskClass.NEEDS_COUNSEL: "C",
    RiskClass.PROHIBITED: "P",
    None: "?",
}
"""The risk again, for whoever does not tell the colours apart."""

SHAPES = {
    IdeaCategory.INTERNAL_OPTIMISATION: "circle",
    IdeaCategory.BETTER_PRODUCT: "square",
    IdeaCategory.NEW_BUSINESS_MODEL: "triangle-up",
}


@dataclass(frozen=True, slots=True)
class Corner:
    """Where the name of a quadrant stands, in the units of the axes."""

    feasibility: int
    value: int
    align: Literal["left", "right"]
    baseline: Literal["top", "bottom"]


CORNERS = {
    Quadrant.QUICK_WIN: Corner(100, 100, "right", "top"),
    Quadrant.BIG_BET: Corner(0, 100, "left", "top"),
    Quadrant.INCREMENTAL: Corner(100, 0, "right", "bottom"),
    Quadrant.TRAP: Corner(0, 0, "left", "bottom"),
}

LINE = "#80868c"
TEXT = {"light": "#5f6973", "dark": "#9aa4ae"}
SMALLEST, LARGEST = 170, 1300
"""Square pixels of a bubble where there is room for all of them."""
ROOM = 80
"""The number of bubbles that there is room for at full size."""
MOST_WHISKERS = 150
MOST_DRAWN = 250

_SCALE = alt.Scale(domain=[0, 100], nice=False)


def matrix_spec(matrix: Matrix, *, currency: str, theme: str) -> dict[str, Any]:  # Any: JSON
    """Return the bubbles over the four quadrants for Vega-Lite; `theme` is light or dark."""
    points = drawn_points(matrix)
    colour = TEXT.get(theme, TEXT["light"])
    form = _form(matrix.value_cut, matrix.feasibility_cut, len(points), colour)
    spec: dict[str, Any] = json.loads(form)
    spec["datasets"] = {**spec.get("datasets", {}), IDEAS: _table(points, currency)}
    return spec


@lru_cache(maxsize=32)
def _form(value_cut: float, feasibility_cut: float, count: int, colour: str) -> str:
    """Return the chart of so many ideas as JSON, without the ideas.

    It is built once, since Altair takes longer for it than the database for 5,000 ideas.
    """
    layers = [
        _field(value_cut, feasibility_cut),
        *(_name(quadrant, colour) for quadrant in Quadrant),
        _cut("y", value_cut),
        _cut("x", feasibility_cut),
    ]
    if count <= MOST_WHISKERS:
        layers += [_whiskers("Value"), _whiskers("Feasibility")]
    layers += [_bubbles(count), _letters(colour)]
    spec = alt.layer(*layers).resolve_scale(shape="independent").to_dict()
    spec.pop("config", None)  # sizes of Altair's own theme; the page has others
    return json.dumps(spec)


def drawn_points(matrix: Matrix) -> Sequence[Point]:
    """Return the bubbles that there is room for: those with the highest scores."""
    best = sorted(matrix.points, key=lambda point: -point.scored.total)
    return best[:MOST_DRAWN]


def _table(points: Sequence[Point], currency: str) -> pd.DataFrame:
    entries, scores = [p.entry for p in points], [p.scored for p in points]
    table = pd.DataFrame(
        {
            "id": [each.id for each in entries],
            "Idea": [f"{label_of(each.number)} {each.title}" for each in entries],
            "State": [idea_words.STATES[each.status] for each in entries],
            "Value": [round(each.value, 1) for each in scores],
            "Feasibility": [round(each.feasibility, 1) for each in scores],
            "Reviews": [each.reviews for each in scores],
            "Firm": [not each.is_provisional for each in scores],
            "Risk": [_risk(each.risk) for each in entries],
            "Letter": [LETTERS[each.risk] for each in entries],
            "Category": [words.CATEGORIES[each.category] for each in entries],
            "Benefit a month": [
                idea_words.amount(each.money_per_month, currency) for each in entries
            ],
            "Area": [point.area for point in points],
        }
    )
    _add_whiskers(table, "Value", [each.value_spread or 0.0 for each in scores])
    _add_whiskers(table, "Feasibility", [each.feasibility_spread or 0.0 for each in scores])
    return table


def _add_whiskers(table: pd.DataFrame, name: str, spreads: Sequence[float]) -> None:
    table[f"{name} from"] = (table[name] - spreads).clip(0)
    table[f"{name} to"] = (table[name] + spreads).clip(upper=100)


def _risk(risk: RiskClass | None) -> str:
    return idea_words.NO_RISK if risk is None else idea_words.RISKS[risk]


def _axis(name: str) -> alt.Axis:
    return alt.Axis(grid=False, tickCount=5, title=f"{name} →")


def _x(column: str = "Feasibility") -> alt.X:
    return alt.X(column, type="quantitative", scale=_SCALE, axis=_axis("Feasibility"))


def _y(column: str = "Value") -> alt.Y:
    return alt.Y(column, type="quantitative", scale=_SCALE, axis=_axis("Value"))


def _field(value_cut: float, feasibility_cut: float) -> alt.Chart:
    """Tint the quadrant where one looks first."""
    corner = pd.DataFrame({"x": [feasibility_cut], "y": [value_cut], "x2": [100], "y2": [100]})
    tint: alt.Chart = (
        alt.Chart(corner)
        .mark_rect(opacity=0.08, color=COLOURS[RiskClass.MINIMAL], tooltip=None)
        .encode(x=_x("x"), x2="x2", y=_y("y"), y2="y2")
    )
    return tint


def _name(quadrant: Quadrant, colour: str) -> alt.Chart:
    at = CORNERS[quadrant]
    name_of = idea_words.QUADRANTS[quadrant]
    place = pd.DataFrame({"x": [at.feasibility], "y": [at.value], "name": [name_of]})
    name: alt.Chart = (
        alt.Chart(place)
        .mark_text(
            align=at.align,
            baseline=at.baseline,
            dx=-8 if at.align == "right" else 8,
            dy=8 if at.baseline == "top" else -8,
            fontSize=13,
            fontWeight=600,
            color=colour,
            tooltip=None,
        )
        .encode(x=_x("x"), y=_y("y"), text="name:N")
    )
    return name


def _cut(axis: str, cut: float) -> alt.Chart:
    line = alt.Chart(pd.DataFrame({"cut": [cut]})).mark_rule(
        strokeDash=[4, 4], color=LINE, tooltip=None
    )
    drawn: alt.Chart = line.encode(x=_x("cut")) if axis == "x" else line.encode(y=_y("cut"))
    return drawn


def _whiskers(name: str) -> alt.Chart:
    firm = alt.Chart(alt.NamedData(name=IDEAS)).transform_filter("datum.Reviews > 1")
    line = firm.mark_rule(opacity=0.55, color=LINE, tooltip=None)
    ends = (f"{name} from", f"{name} to")
    drawn: alt.Chart = (
        line.encode(x=_x(), y=_y(ends[0]), y2=ends[1])
        if name == "Value"
        else line.encode(y=_y(), x=_x(ends[0]), x2=ends[1])
    )
    return drawn


def _bubbles(count: int) -> alt.Chart:
    risks = {_risk(risk): colour for risk, colour in COLOURS.items()}
    shapes = {words.CATEGORIES[each]: shape for each, shape in SHAPES.items()}
    paint = alt.Scale(domain=list(risks), range=list(risks.values()))
    shrunk = min(1.0, ROOM / max(count, 1))
    sizes = [max(SMALLEST * shrunk, 30), max(LARGEST * shrunk, 90)]
    clicked = alt.selection_point(name=OPENED, fields=["id"], on="click")
    drawn: alt.Chart = (
        alt.Chart(alt.NamedData(name=IDEAS))
        .mark_point(strokeWidth=2, opacity=1, cursor="pointer")
        .encode(
            x=_x(),
            y=_y(),
            size=alt.Size(
                "Area",
                type="quantitative",
                scale=alt.Scale(domain=[0, 1], range=sizes),
                legend=None,
            ),
            stroke=alt.Stroke("Risk", type="nominal", scale=paint, legend=None),
            fill=alt.Fill("Risk", type="nominal", scale=paint, legend=None),
            fillOpacity=alt.FillOpacity(
                "Firm",
                type="nominal",
                scale=alt.Scale(domain=[True, False], range=[0.85, 0]),
                legend=None,
            ),
            shape=alt.Shape(
                "Category",
                type="nominal",
                scale=alt.Scale(domain=list(shapes), range=list(shapes.values())),
                legend=None,
            ),
            tooltip=[
                "Idea:N",
                "State:N",
                "Value:Q",
                "Feasibility:Q",
                "Reviews:Q",
                "Risk:N",
                "Category:N",
                "Benefit a month:N",
            ],
        )
        .add_params(clicked)
    )
    return drawn


def _letters(colour: str) -> alt.Chart:
    drawn: alt.Chart = (
        alt.Chart(alt.NamedData(name=IDEAS))
        .transform_filter("datum.Letter !== ''")
        .mark_text(fontSize=10, fontWeight=700, tooltip=None)
        .encode(
            x=_x(),
            y=_y(),
            text="Letter:N",
            color=alt.condition("datum.Firm", alt.value("#ffffff"), alt.value(colour)),
        )
    )
    return drawn
