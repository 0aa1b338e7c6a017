"""Usage over time: each chart answers one question, and its title is the answer."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from admin.usage import DayUsage, UsageReport
from ui import words
from ui.components.csv_file import draw_csv_download

MICROS = 1_000_000
HEIGHT = 260
BLUE, ORANGE = "#3f87b8", "#c07a30"
"""At least 3:1 against the light and the dark background (WCAG 2.2, 1.4.11)."""


def draw_questions_chart(report: UsageReport) -> None:
    """Draw questions per day."""
    table = pd.DataFrame(
        {
            "Day": _days(report.days),
            "Questions": [d.figures.questions for d in report.days],
            "People": [d.figures.people for d in report.days],
        }
    )
    draw_chart(questions_title(report), _bars(table, "Questions"), table, "questions-per-day.csv")


def draw_spending_chart(report: UsageReport) -> None:
    """Draw money per day, tokens if no price is known, a sentence if neither was used."""
    total = report.total
    if not total.cost_micros and not total.input_tokens + total.output_tokens:
        with st.container(border=True):
            _draw_title("Nothing was spent")
            st.write("No language model answered in this period, so there is no cost to show.")
        return
    money = f"Cost in {total.currency}"
    table = pd.DataFrame(
        {
            "Day": _days(report.days),
            money: [d.figures.cost_micros / MICROS for d in report.days],
            "Tokens": [d.figures.input_tokens + d.figures.output_tokens for d in report.days],
        }
    )
    shown = money if total.cost_micros else "Tokens"
    draw_chart(spending_title(report), _bars(table, shown), table, "cost-per-day.csv")


def draw_times_chart(report: UsageReport) -> None:
    """Draw median and 95th percentile of the answer time per day, in seconds."""
    table = pd.DataFrame(
        {
            "Day": _days(report.days),
            "Median": [_seconds(d.figures.median_ms) for d in report.days],
            "95th percentile": [_seconds(d.figures.p95_ms) for d in report.days],
            "Questions": [d.figures.questions for d in report.days],
        }
    )
    draw_chart(times_title(report), _lines(table), table, "answer-times-per-day.csv")


def questions_title(report: UsageReport) -> str:
    """`42 questions, most on 12 March (9)`."""
    busiest = max(report.days, key=lambda day: day.figures.questions)
    total = words.count(report.total.questions, "question")
    return f"{total}, most on {busiest.day.day} {busiest.day:%B} ({busiest.figures.questions:,})"


def spending_title(report: UsageReport) -> str:
    """Return `1.20 EUR spent, 3 ct EUR per question`, or the tokens if no price is known."""
    total = report.total
    if not total.cost_micros:
        return f"{total.input_tokens + total.output_tokens:,} tokens used, price unknown"
    each = words.money(total.cost_micros // max(total.questions, 1), total.currency)
    return f"{words.money(total.cost_micros, total.currency)} spent, {each} per question"


def times_title(report: UsageReport) -> str:
    """Return `Half of the answers took at most 1.2 s, 95% at most 3.4 s`."""
    total = report.total
    if total.median_ms is None:
        return "No answers were completed"
    return (
        f"Half of the answers took at most {words.seconds(total.median_ms)}, 95% at most "
        f"{words.seconds(total.p95_ms)}"
    )


def draw_chart(title: str, chart: alt.Chart, table: pd.DataFrame, file_name: str) -> None:
    """Draw title and chart, with the numbers as a table and a download."""
    with st.container(border=True):
        _draw_title(title)
        st.altair_chart(chart, width="stretch", height=HEIGHT, alt=title)
        with st.expander("Table"):
            st.dataframe(
                table,
                hide_index=True,
                width="stretch",
                column_config={"Day": st.column_config.DateColumn(format="D MMM YYYY")},
                key=f"table-{file_name}",
            )
            draw_csv_download(lambda: table, file_name)


def _draw_title(title: str) -> None:
    st.markdown(f"#### {words.plain(title)}")


def _bars(table: pd.DataFrame, column: str) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_bar(color=BLUE)
        .encode(
            x=_day_axis(),
            y=alt.Y(column, type="quantitative", axis=_amounts()),
            tooltip=_tooltip(table),
        )
    )
    return chart


def _lines(table: pd.DataFrame) -> alt.Chart:
    measures = ["Median", "95th percentile"]
    long = table.melt(["Day", "Questions"], measures, "Measure", "Seconds").dropna()
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=_day_axis(),
            y=alt.Y("Seconds", type="quantitative", axis=_amounts()),
            color=alt.Color(
                "Measure",
                type="nominal",
                sort=measures,
                scale=alt.Scale(domain=measures, range=[BLUE, ORANGE]),
                legend=alt.Legend(orient="bottom", title=None, symbolType="stroke"),
            ),
            strokeDash=alt.StrokeDash("Measure", type="nominal", sort=measures, legend=None),
            tooltip=_tooltip(long),
        )
    )
    return chart


def _day_axis() -> alt.X:
    return alt.X(
        "Day",
        type="temporal",
        timeUnit="yearmonthdate",
        axis=alt.Axis(format="%d %b", title=None, grid=False),
    )


def _amounts() -> alt.Axis:
    return alt.Axis(tickCount=5)


def _tooltip(table: pd.DataFrame) -> list[alt.Tooltip]:
    return [
        alt.Tooltip(str(name), type="temporal", format="%d %B %Y")
        if name == "Day"
        else alt.Tooltip(str(name), type="nominal" if name == "Measure" else "quantitative")
        for name in table.columns
    ]


def _days(days: Sequence[DayUsage]) -> list[pd.Timestamp]:
    return [pd.Timestamp(day.day) for day in days]


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
