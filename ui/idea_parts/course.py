"""Benefit and cost of ideas as they grow from month to month."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from core.domain.ideas.break_even import Course
from core.domain.ideas.tracking import ImpactKind
from ui.idea_parts import words as idea_words

BENEFIT, COST = "Benefit", "Cost"
BLUE, ORANGE, GREY = "#3f87b8", "#c07a30", "#80868c"
"""At least 3:1 against the light and the dark background (WCAG 2.2, 1.4.11)."""
HEIGHT = 280


def draw_course(actual: Course, currency: str, planned: Course | None = None) -> None:
    """Draw what was brought and spent up to each month, planned months dashed."""
    table = course_table(actual, planned)
    if table["Month"].nunique() > 1:
        told = f"Benefit and cost added up by month. {paid_back(actual, currency)}"
        chart = _chart(table, actual, currency)
        st.altair_chart(chart, width="stretch", height=HEIGHT, alt=told)
        if table["Kind"].nunique() > 1:
            st.caption("Solid lines are actual months, dashed lines are planned ones.")


def paid_back(course: Course, currency: str) -> str:
    """Return `Paid for itself in March 2026.`, or what is missing for it."""
    if course.break_even is not None:
        return f"Paid for itself in {course.break_even:%B %Y}."
    if not course.missing:
        return "Not paid for itself yet."
    return f"Not paid for itself yet: {idea_words.amount(course.missing, currency)} missing."


def course_table(actual: Course, planned: Course | None = None) -> pd.DataFrame:
    """Return a row for each line of the chart and each of its months."""
    kinds = [(ImpactKind.PLANNED, planned), (ImpactKind.ACTUAL, actual)]
    rows = [
        {
            "Month": pd.Timestamp(standing.month),
            "Line": line,
            "Kind": idea_words.IMPACTS[kind],
            "Amount": float(amount),
        }
        for kind, course in kinds
        if course is not None
        for standing in course.standings
        for line, amount in ((BENEFIT, standing.benefit), (COST, standing.cost))
    ]
    return pd.DataFrame(rows, columns=["Month", "Line", "Kind", "Amount"])


def _chart(table: pd.DataFrame, actual: Course, currency: str) -> alt.LayerChart:
    kinds = [kind for kind in idea_words.IMPACTS.values() if (table["Kind"] == kind).any()]
    lines = (
        alt.Chart(table)
        .mark_line(point=True)
        .encode(
            x=_months(),
            y=alt.Y(
                "Amount",
                type="quantitative",
                axis=alt.Axis(title=f"Added up, in {currency}", tickCount=5, format="~s"),
            ),
            color=alt.Color(
                "Line",
                type="nominal",
                scale=alt.Scale(domain=[BENEFIT, COST], range=[BLUE, ORANGE]),
                legend=alt.Legend(orient="bottom", title=None, symbolType="stroke"),
            ),
            strokeDash=_dashes(kinds),
            tooltip=[
                alt.Tooltip("Line", type="nominal", title="What"),
                alt.Tooltip("Kind", type="nominal"),
                alt.Tooltip("Month", type="temporal", format="%B %Y"),
                alt.Tooltip("Amount", type="quantitative", format=",.0f"),
            ],
        )
    )
    return alt.LayerChart(layer=[*_mark(actual), lines])


def _dashes(kinds: Sequence[str]) -> alt.StrokeDash:
    """Return solid lines for actual months, dashed ones for planned months."""
    styles = {
        idea_words.IMPACTS[ImpactKind.PLANNED]: [5, 4],
        idea_words.IMPACTS[ImpactKind.ACTUAL]: [1, 0],
    }
    return alt.StrokeDash(
        "Kind",
        type="nominal",
        scale=alt.Scale(domain=list(kinds), range=[styles[kind] for kind in kinds]),
        legend=None,
    )


def _mark(actual: Course) -> list[alt.Chart]:
    """Return a vertical line where the idea has paid for itself."""
    if actual.break_even is None:
        return []
    month = pd.DataFrame({"Month": [pd.Timestamp(actual.break_even)]})
    return [alt.Chart(month).mark_rule(color=GREY, strokeDash=[2, 2]).encode(x=_months())]


def _months() -> alt.X:
    return alt.X(
        "Month",
        type="temporal",
        axis=alt.Axis(
            format="%b %Y",
            title=None,
            grid=False,
            tickCount=alt.TimeIntervalStep(interval="month", step=1),
            labelOverlap=True,
        ),
    )
