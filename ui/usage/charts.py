"""Usage over time: each chart answers one question, and its title is the answer."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from admin.usage.period import Step
from admin.usage.values import SpanUsage, UsageReport
from ui import words
from ui.components.csv_file import draw_csv_download

AnyChart = alt.Chart | alt.LayerChart | alt.FacetChart
MICROS = 1_000_000
HEIGHT = 260
WEEK_WIDTH_MS = 5 * 24 * 3600 * 1000
"""Five of seven days, so that two weeks do not touch."""
BLUE, ORANGE = "#3f87b8", "#c07a30"
"""At least 3:1 against the light and the dark background (WCAG 2.2, 1.4.11)."""


def draw_questions_chart(report: UsageReport, step: Step) -> None:
    """Draw questions per step."""
    table = pd.DataFrame(
        {
            "Day": _days(report.spans),
            "Questions": [d.figures.questions for d in report.spans],
            "People": [d.figures.people for d in report.spans],
        }
    )
    draw_chart(
        questions_title(report, step),
        _bars(table, "Questions", step),
        table,
        f"questions-per-{step}.csv",
    )


def draw_spending_chart(report: UsageReport, step: Step) -> None:
    """Draw money per step, tokens if no price is known, a sentence if neither was used."""
    total = report.total
    if not total.cost_micros and not total.input_tokens + total.output_tokens:
        with st.container(border=True):
            _draw_title("Nothing was spent")
            st.write("No language model answered in this period, so there is no cost to show.")
        return
    money = f"Cost in {total.currency}"
    table = pd.DataFrame(
        {
            "Day": _days(report.spans),
            money: [d.figures.cost_micros / MICROS for d in report.spans],
            "Tokens": [d.figures.input_tokens + d.figures.output_tokens for d in report.spans],
        }
    )
    shown = money if total.cost_micros else "Tokens"
    draw_chart(spending_title(report), _bars(table, shown, step), table, f"cost-per-{step}.csv")


def draw_times_chart(report: UsageReport, step: Step) -> None:
    """Draw median and 95th percentile of the answer time per step, in seconds, if there is any."""
    if report.total.median_ms is None:
        with st.container(border=True):
            _draw_title(times_title(report))
            st.write("Times are shown of complete answers only.")
        return
    table = pd.DataFrame(
        {
            "Day": _days(report.spans),
            "Median": [_seconds(d.figures.median_ms) for d in report.spans],
            "95th percentile": [_seconds(d.figures.p95_ms) for d in report.spans],
            "Questions": [d.figures.questions for d in report.spans],
        }
    )
    draw_chart(times_title(report), _lines(table, step), table, f"answer-times-per-{step}.csv")


def questions_title(report: UsageReport, step: Step) -> str:
    """Return `42 questions, most on 12 March (9)`, `most in March` or in the week of a day."""
    if not report.total.questions:
        return "No questions were asked"
    busiest = max(report.spans, key=lambda day: day.figures.questions)
    total = words.count(report.total.questions, "question")
    day = f"{busiest.day.day} {busiest.day:%B}"
    when = {
        Step.DAY: f"on {day}",
        Step.WEEK: f"in the week of {day}",
        Step.MONTH: f"in {busiest.day:%B}",
    }
    return f"{total}, most {when[step]} ({busiest.figures.questions:,})"


def spending_title(report: UsageReport) -> str:
    """Return `1.20 EUR spent, 3 ct EUR per question`, or the tokens if no price is known.

    Without a question, what was spent is all there is to say.
    """
    total = report.total
    if not total.cost_micros:
        return f"{total.input_tokens + total.output_tokens:,} tokens used, price unknown"
    spent = f"{words.money(total.cost_micros, total.currency)} spent"
    if not total.questions:
        return spent
    each = words.money(total.cost_micros // total.questions, total.currency)
    return f"{spent}, {each} per question"


def times_title(report: UsageReport) -> str:
    """Return `Half of the answers took at most 1.2 s, 95% at most 3.4 s`."""
    total = report.total
    if total.median_ms is None:
        return "No answers were completed"
    return (
        f"Half of the answers took at most {words.seconds(total.median_ms)}, 95% at most "
        f"{words.seconds(total.p95_ms)}"
    )


def draw_chart(title: str, chart: AnyChart, table: pd.DataFrame, file_name: str) -> None:
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


def _bars(table: pd.DataFrame, column: str, step: Step) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_bar(color=BLUE)
        .encode(
            **_places(step),
            y=alt.Y(column, type="quantitative", axis=_amounts()),
            tooltip=_tooltip(table),
        )
    )
    return chart.transform_calculate(End=f"toNumber(datum.Day) + {WEEK_WIDTH_MS}")


def _places(step: Step) -> dict[str, object]:
    """Return where bars stand; Vega's own weeks begin on Sunday, so weeks are drawn by hand."""
    if step is not Step.WEEK:
        return {"x": _day_axis(step)}
    axis = alt.Axis(format="%d %b", title=None, grid=False)
    x = alt.X("Day", type="temporal", axis=axis)
    return {"x": x, "x2": alt.X2("End"), "y2": alt.Y2Datum(0)}


def _lines(table: pd.DataFrame, step: Step) -> alt.Chart:
    measures = ["Median", "95th percentile"]
    long = table.melt(["Day", "Questions"], measures, "Measure", "Seconds").dropna()
    chart: alt.Chart = (
        alt.Chart(long)
        .mark_line(point=True)
        .encode(
            x=_day_axis(step),
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


def _day_axis(step: Step) -> alt.X:
    return alt.X(
        "Day",
        type="temporal",
        timeUnit="yearmonth" if step is Step.MONTH else "yearmonthdate",
        axis=alt.Axis(format="%b %Y" if step is Step.MONTH else "%d %b", title=None, grid=False),
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


def _days(days: Sequence[SpanUsage]) -> list[pd.Timestamp]:
    return [pd.Timestamp(day.day) for day in days]


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
