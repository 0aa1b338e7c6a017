"""The measures of a period beside those of the period before, each with its definition."""

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from admin.measure_words import interval_of
from admin.measures import Measure, Unit
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
CARD_WIDTH = 300
MEANING = "What it means"
SHORT = 16
"""Texts of at most so many characters do not wrap."""
RATES = "Rated helpful"


def draw_cards(report: QualityReport) -> None:
    """Draw the most telling measures, with their weeks as a small line where there are some."""
    with st.grid("auto", min_column_width=CARD_WIDTH):
        for compared in report.measures:
            if compared.now.definition.key in CARDS:
                _draw_card(compared, _weekly(report.weeks, compared.now.definition.key))
    days = words.count(report.period.days, "day")
    st.caption(
        f"Compared with the {days} before. The range beside it holds the true share in 95 of 100 "
        f"samples of that size. Small lines are the last {len(report.weeks)} weeks. Shares of "
        "fewer than 20 cases are not told."
    )


def draw_table(report: QualityReport) -> None:
    """Draw every measure with its range, cases and definition, and the errors by kind."""
    st.subheader("All measures", anchor=False)
    table = measures_table(report.measures)
    draw_readable(table.drop(columns=MEANING), "All measures")
    with st.expander("What the measures mean"):
        draw_readable(table[["Measure", MEANING]], "What the measures mean")
    draw_csv_download(lambda: table, "quality.csv")


def draw_weeks(report: QualityReport) -> None:
    """Draw how many answers were rated helpful in each week, with the range of chance."""
    if not _told_weeks(report.weeks):
        st.info(
            f"Not one of the last {len(report.weeks)} weeks has 20 rated answers, so there is no "
            "chart of helpful answers."
        )
        return
    table = weeks_table(report.weeks)
    chart = alt.layer(_band(table), _line(table))
    draw_chart(weeks_title(report.weeks), chart, table, "quality-by-week.csv")


def draw_readable(table: pd.DataFrame, told: str) -> None:
    """Draw a table whose sentences wrap, with counts at the right and nothing where there are none.

    Not as st.dataframe, which cuts sentences off.
    """
    st.table(
        table.map(_shown).style.format(thousands=",", precision=0, na_rep=""),
        border="horizontal",
        hide_index=True,
        alt=told,
    )


def _shown(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    return words.plain(cell if len(cell) > SHORT else cell.replace(" ", "\u00a0"))


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
    """Return `Rated helpful: 72% in the week of 2 November, 78% in that of 23 November`.

    Raises IndexError if no week has enough rated answers.
    """
    told = _told_weeks(weeks)
    (first, before), (last, now) = told[0], told[-1]
    if first is last:
        return f"{RATES}: {now:.0%} in the week of {_day(last)}"
    return f"{RATES}: {before:.0%} in the week of {_day(first)}, {now:.0%} in that of {_day(last)}"


def _told_weeks(weeks: Sequence[WeekOfMeasures]) -> list[tuple[WeekOfMeasures, float]]:
    found = ((week, _of(week, measures.HELPFUL.key).value) for week in weeks)
    return [(week, helpful) for week, helpful in found if helpful is not None]


def _draw_card(compared: Compared, weekly: list[float]) -> None:
    now, before = compared.now, compared.before
    has_before = before.value is not None
    st.metric(
        words.plain(now.definition.title),
        quality_words.value(now),
        delta=f"{quality_words.value(before)} before" if has_before else None,
        delta_color="off",
        delta_arrow="off",
        help=_help(now),
        delta_description=_short_range(now),
        border=True,
        height="stretch",
        chart_data=weekly if len(weekly) > 1 else None,
    )


def _short_range(measure: Measure) -> str | None:
    reach = measure.interval
    if reach is None:
        return None
    return f"{100 * reach.low:.1f}–{reach.high:.1%} of {measure.cases:,}"


def _help(measure: Measure) -> str:
    reach = interval_of(measure)
    cases = f" Of {measure.cases:,} cases." if measure.cases is not None else ""
    return measure.definition.meaning + cases + (f" Range: {reach}." if reach else "")


def _weekly(weeks: Sequence[WeekOfMeasures], key: str) -> list[float]:
    values = (one.value for week in weeks for one in week.measures if one.definition.key == key)
    return [value for value in values if value is not None]


def _row(title: str, one: Compared, meaning: str) -> dict[str, object]:
    return {
        "Measure": title,
        "Value": quality_words.value(one.now),
        "Range (95 of 100)": interval_of(one.now),
        "Cases": one.now.cases,
        "Before": quality_words.value(one.before),
        "Cases before": one.before.cases,
        MEANING: meaning,
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
        MEANING: "Answers that ended with this error, of all questions.",
    }


def _week(week: WeekOfMeasures) -> dict[str, object]:
    helpful = _of(week, measures.HELPFUL.key)
    reach = helpful.interval
    return {
        "Day": pd.Timestamp(week.span.first),
        **dict(map(_cell, week.measures)),
        "Low, %": _percent(reach.low if reach else None),
        "High, %": _percent(reach.high if reach else None),
        "Rated": helpful.cases,
    }


def _cell(measure: Measure) -> tuple[str, float | None]:
    title, number = measure.definition.title, measure.value
    if measure.definition.unit is Unit.SHARE:
        return f"{title}, %", _percent(number)
    return f"{title}, s", None if number is None else round(number / 1000, 1)


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
        .encode(x=_weeks(table), y=alt.Y("Low, %", type="quantitative", title=""), y2="High, %")
    )
    return band


def _line(table: pd.DataFrame) -> alt.Chart:
    line: alt.Chart = (
        alt.Chart(table)
        .mark_line(point=True, color=BLUE)
        .encode(
            x=_weeks(table),
            y=alt.Y(
                f"{RATES}, %",
                type="quantitative",
                scale=alt.Scale(domain=[0, 100]),
                axis=alt.Axis(tickCount=5, title=f"{RATES}, % (95 of 100)"),
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


def _weeks(table: pd.DataFrame) -> alt.X:
    mondays = [day.strftime("%Y-%m-%d") for day in table["Day"]]
    axis = alt.Axis(format="%d %b", title=None, grid=False, values=mondays, labelOverlap="greedy")
    return alt.X("Day", type="temporal", timeUnit="yearmonthdate", axis=axis)
