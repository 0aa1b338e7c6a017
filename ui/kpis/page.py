"""KPIs: the board's figures of a period in five groups, with what each one means."""

import streamlit as st

from admin.kpis.values import Kpi, KpiGroup, KpiReport
from admin.kpis.words import GROUPS, INTRODUCTION
from admin.usage.period import Period
from core.domain.clock import now
from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.components.times import zone
from ui.kpis.cards import draw_card, draw_parts
from ui.kpis.files import draw_files
from ui.resources import services
from ui.usage.page import DEFAULT, PERIODS

CARD_WIDTH = 260


def page(user: User) -> None:
    """Draw the period, the files, and the figures of each group."""
    st.title("KPIs", anchor=False)
    with shown_problems():
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.segmented_control(
                "Period", list(PERIODS), default=DEFAULT, required=True, key="kpi-period"
            )
            files = st.container(width="content")
        period = Period.of_days(PERIODS[chosen or DEFAULT], zone(), now())
        report = services().kpis.report(user, period)
        with files:
            draw_files(user, report)
        st.caption(f"{INTRODUCTION} Small lines are the last six periods of that length.")
        for group in KpiGroup:
            _draw_group(report, group)


def _draw_group(report: KpiReport, group: KpiGroup) -> None:
    st.subheader(GROUPS[group], anchor=False)
    kpis = report.of_group(group)
    with st.grid("auto", min_column_width=CARD_WIDTH):
        for kpi in kpis:
            draw_card(kpi)
    _draw_parts(kpis, GROUPS[group])


def _draw_parts(kpis: list[Kpi], group: str) -> None:
    with_parts = [kpi for kpi in kpis if kpi.measure.parts]
    if with_parts:
        with st.expander(f"{group} in detail"):
            draw_parts(with_parts, group)
