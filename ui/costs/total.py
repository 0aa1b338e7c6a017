"""What everything costs together, month by month."""

from collections.abc import Callable
from datetime import date

import altair as alt
import pandas as pd
import streamlit as st

from admin.costs.values import CostPart, CostReport
from core.domain.costs.months import later, months
from core.domain.identity import User
from ui import words
from ui.costs import words as cost_words
from ui.costs.tables import draw_files, draw_table, items_table, months_table, shown_parts
from ui.resources import services
from ui.usage import words as usage_words
from ui.usage.figures import draw_amount

CHOSEN = "Months"
YEAR, BEFORE, LAST_12 = "This year", "Last year", "12 months"
EARLIEST_YEARS = 5
HEIGHT = 380
CARD_WIDTH = 400
FEW_MONTHS = 3
"""With fewer, a table says it better than a chart."""
COLOURS = {
    CostPart.ANSWERS: "#3f87b8",
    CostPart.EMBEDDINGS: "#2a9187",
    CostPart.EVALUATIONS: "#7a78c4",
    CostPart.LICENCE: "#c07a30",
    CostPart.SERVER: "#7d8a2e",
    CostPart.STAFF: "#b85c7c",
    CostPart.OTHER: "#80868c",
}
"""At least 3:1 against the light and the dark background (WCAG 2.2, 1.4.11)."""


def draw_total(admin: User) -> None:
    """Draw figures, a chart and a table of the months, and their files."""
    first, last = _draw_months()
    report = services().costs.tco(admin, first, last)
    if not report.total.micros and not report.total.other_costs:
        st.info(cost_words.NOTHING_SPENT)
        return
    _draw_figures(report)
    if report.total.micros and len(report.months) >= FEW_MONTHS:
        _draw_chart(report)
    table = months_table(report)
    draw_table(table, "Costs by month")
    items = items_table(services().cost_items.list_all(admin))
    draw_files({"Months": table, "Cost items": items}, f"costs-{first:%Y-%m}-to-{last:%Y-%m}")


def _draw_months() -> tuple[date, date]:
    """Return the first and the last month to be shown."""
    this = services().costs.this_month
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # In a container of its own, the choice wraps on a phone instead of being cut off.
        with st.container(width="content"):
            chosen = st.segmented_control(
                "Period",
                [LAST_12, YEAR, BEFORE, CHOSEN],
                default=LAST_12,
                required=True,
                key="costs-period",
            )
        match chosen:
            case "This year":
                return this.replace(month=1), this
            case "Last year":
                return date(this.year - 1, 1, 1), date(this.year - 1, 12, 1)
            case "Months":
                return _draw_choice(this)
            case _:
                return later(this, -11), this


def _draw_choice(this: date) -> tuple[date, date]:
    known = months(later(this, -12 * EARLIEST_YEARS), this)[::-1]
    first, last = (
        st.selectbox(label, known, index, format_func=cost_words.month, width=200, key=key)
        for label, index, key in (
            ("First month", 2, "costs-first"),
            ("Last month", 0, "costs-last"),
        )
    )
    return first, last


def _draw_figures(report: CostReport) -> None:
    total, before, currency = report.total, report.previous, report.currency
    with st.grid("auto", min_column_width=CARD_WIDTH):
        draw_amount("Total cost", total.micros, before.micros, _money(currency), width="stretch")
        draw_amount("Models", total.metered, before.metered, _money(currency), width="stretch")
        _draw_share("Per answer", total.per_answer, before.per_answer, currency)
        _draw_share("Per active person", total.per_person, before.per_person, currency)
    costs = services().costs
    notes = [
        cost_words.compared(report, costs.zone),
        cost_words.without_rate(dict(total.other_costs)),
        usage_words.rates(costs.rates),
    ]
    st.caption(words.plain(" ".join(note for note in notes if note)))


def _draw_share(label: str, now: int | None, before: int | None, currency: str) -> None:
    st.metric(
        label,
        cost_words.per(now, currency),
        delta=None if before is None else f"{cost_words.per(before, currency)} before",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def _money(currency: str) -> Callable[[int], str]:
    return lambda micros: words.money(micros, currency)


def _draw_chart(report: CostReport) -> None:
    title = cost_words.total_title(report)
    with st.container(border=True):
        st.markdown(f"#### {words.plain(title)}")
        st.altair_chart(_bars(report), width="stretch", height=HEIGHT, alt=title)


def _bars(report: CostReport) -> alt.Chart:
    parts, amount = shown_parts(report), f"Cost in {report.currency}"
    table = pd.DataFrame(
        [
            {
                "Month": pd.Timestamp(each.month),
                "Part": cost_words.PARTS[part],
                amount: each.cost.parts[part] / 1_000_000,
                "Place": place,
            }
            for each in report.months
            for place, part in enumerate(parts)
        ]
    )
    names = [cost_words.PARTS[part] for part in parts]
    chart: alt.Chart = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=alt.X(
                "Month",
                type="ordinal",
                timeUnit="yearmonth",
                axis=alt.Axis(format="%b %Y", title=None, labelAngle=0, labelOverlap="greedy"),
            ),
            y=alt.Y(amount, type="quantitative", axis=alt.Axis(tickCount=5, format="~s")),
            color=alt.Color(
                "Part",
                type="nominal",
                scale=alt.Scale(domain=names, range=[COLOURS[part] for part in parts]),
                legend=alt.Legend(orient="bottom", title=None, columns=2),
            ),
            order=alt.Order("Place", type="quantitative"),
            tooltip=[
                alt.Tooltip("Month", type="temporal", format="%B %Y"),
                alt.Tooltip("Part", type="nominal"),
                alt.Tooltip(amount, type="quantitative", format=",.2f"),
            ],
        )
    )
    return chart
