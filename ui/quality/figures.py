"""The measures of a period beside those of the period before, each with its definition."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from admin.measures import Measure
from admin.quality import measures
from admin.quality.values import Compared, QualityReport, WeekOfMeasures
from ui import words
from ui.components.csv_file import draw_csv_download
from ui.quality import words as quality_words
from ui.usage.charts import BLUE, draw_chart

CARDS = tuple(
    one.key
    for one in (
        measures.HELPFUL,
        measures.ABSTAINED,
        measures.UNSUPPORTED,
        measures.CITED,
        measures.FAILED,
        measures.TOTAL_MEDIAN,
    )
)
RATES = "Rated helpful"


def draw_cards(report: QualityReport) -> None:
    """Draw the most telling measures, with their weeks as a small line where there are some."""
    with st.container(horizontal=True):
        for compared in report.measures:
            if compared.now.definition.key in CARDS:
                _draw_card(compared, _weekly(report.weeks, compared.now.definition.key))
    days = words.count(report.period.days, "day")
    st.caption(
        f"Compared with the {days} before. Small lines are the last {len(report.weeks)} weeks. "
        f"Shares of fewer than 20 cases are not told."
    )


def draw_table(report: QualityReport) -> None:
    """Draw every measure with its range, cases and definition, and the errors by kind."""
    st.subheader("All measures", anchor=False)
    table = measures_table(report.measures)
    st.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height="content",
        column_config={"What it means": st.column_config.TextColumn(width="large")},
        key="quality-measures",
    )
    draw_csv_download(lambda: table, "quality.csv")


def draw_weeks(report: QualityReport) -> None:
    """Draw how many answers were rated helpful in each week, with the range of chance."""
    table = weeks_table(report.weeks)
    chart = alt.layer(_band(table), _line(table))
    draw_chart(weeks_title(report.weeks), chart, table, "quality-by-week.csv")


def measures_table(compared: Sequence[Compared]) -> pd.DataFrame:
    """Make one row per measure, and one per kind of error."""
    rows = []
    for one in compared:
        rows.append(_row(one.now.definition.title, one, one.now.definition.meaning))
        rows += [_part(kind, one) for kind in one.now.parts]
    return pd.DataFrame(rows)


def weeks_table(weeks: Sequence[WeekOfMeasures]) -> pd.DataFrame:
    """Make one row per week, shares in percent; empty cells where there were too few cases."""
    return pd.DataFrame([_week(week) for week in weeks])


def weeks_title(weeks: Sequence[WeekOfMeasures]) -> str:
    """Return `Rated helpful: 72% in the week of 2 November, 78% in that of 23 November`."""
    told = [
        (week, helpful.value)
        for week in weeks
        if (helpful := _of(week, measures.HELPFUL.key)).value is not None
    ]
    if not told:
        return "No week with at least 20 rated answers"
    (first, before), (last, now) = told[0], told[-1]
    if first is last:
        return f"{RATES}: {now:.0%} in the week of {_day(last)}"
    return f"{RATES}: {before:.0%} in the week of {_day(first)}, {now:.0%} in that of {_day(last)}"


def _draw_card(compared: Compared, weekly: list[float]) -> None:
    now, before = compared.now, compared.before
    has_before = before.value is not None
    st.metric(
        now.definition.title,
        quality_words.value(now),
        delta=f"{quality_words.value(before)} before" if has_before else None,
        delta_color="off",
        delta_arrow="off",
        help=_help(now),
        border=True,
        width="content",
        height="stretch",
        chart_data=weekly if len(weekly) > 1 else None,
    )


def _help(measure: Measure) -> str:
    reach = quality_words.interval(measure)
    cases = f" Of {measure.cases:,} cases." if measure.cases is not None else ""
    return measure.definition.meaning + cases + (f" Range: {reach}." if reach else "")


def _weekly(weeks: Sequence[WeekOfMeasures], key: str) -> list[float]:
    values = (one.value for week in weeks for one in week.measures if one.definition.key == key)
    return [round(100 * value, 1) for value in values if value is not None]


def _row(title: str, one: Compared, meaning: str) -> dict[str, object]:
    return {
        "Measure": title,
        "Value": quality_words.value(one.now),
        "Range (95 of 100)": quality_words.interval(one.now),
        "Cases": one.now.cases,
        "Before": quality_words.value(one.before),
        "Cases before": one.before.cases,
        "What it means": meaning,
    }


def _part(kind: str, one: Compared) -> dict[str, object]:
    share, before = one.now.parts[kind], one.before.parts.get(kind)
    unit = one.now.definition.unit
    return {
        "Measure": f"of these: {kind or 'without a name'}",
        "Value": quality_words.amount(share or 0.0, unit),
        "Range (95 of 100)": "",
        "Cases": one.now.cases,
        "Before": "" if before is None else quality_words.amount(before, unit),
        "Cases before": one.before.cases,
        "What it means": "Answers that ended with this error, of all questions.",
    }


def _week(week: WeekOfMeasures) -> dict[str, object]:
    helpful = _of(week, measures.HELPFUL.key)
    reach = helpful.interval
    shares = {one.definition.title: _percent(one.value) for one in week.measures}
    return {
        "Day": pd.Timestamp(week.span.first),
        **{f"{title}, %": share for title, share in shares.items()},
        "Low, %": _percent(reach.low if reach else None),
        "High, %": _percent(reach.high if reach else None),
        "Rated": helpful.cases,
    }


def _of(week: WeekOfMeasures, key: str) -> Measure:
    return next(one for one in week.measures if one.definition.key == key)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _day(week: WeekOfMeasures) -> str:
    return f"{week.span.first.day} {week.span.first:%B}"


def _band(table: pd.DataFrame) -> alt.Chart:
    band: alt.Chart = (
        alt.Chart(table)
        .mark_errorbar(ticks=True, color=BLUE)
        .encode(x=_weeks(), y=alt.Y("Low, %", type="quantitative", title=""), y2="High, %")
    )
    return band


def _line(table: pd.DataFrame) -> alt.Chart:
    line: alt.Chart = (
        alt.Chart(table)
        .mark_line(point=True, color=BLUE)
        .encode(
            x=_weeks(),
            y=alt.Y(
                f"{RATES}, %",
                type="quantitative",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(tickCount=5, title=f"{RATES}, %"),
            ),
            tooltip=[
                alt.Tooltip("Day", type="temporal", format="%d %B %Y", title="Week of"),
                *(
                    alt.Tooltip(name, type="quantitative")
                    for name in (f"{RATES}, %", "Low, %", "High, %", "Rated")
                ),
            ],
        )
    )
    return line


def _weeks() -> alt.X:
    axis = alt.Axis(format="%d %b", title=None, grid=False)
    return alt.X("Day", type="temporal", timeUnit="yearmonthdate", axis=axis)
