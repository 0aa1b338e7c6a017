"""The five figures of a period beside those of the period before."""

from collections.abc import Callable

import streamlit as st

from admin.usage import UsageFigures, UsageReport
from ui import words

Reading = Callable[[UsageFigures], str]


def draw_figures(report: UsageReport, days: int) -> None:
    """Draw questions, people, cost, and the two shares as counts."""
    total, before = report.total, report.previous
    with st.container(horizontal=True):
        _draw_amount("Questions", total.questions, before.questions, lambda n: f"{n:,}")
        _draw_amount("People", total.people, before.people, lambda n: f"{n:,}")
        _draw_amount(
            "Cost", total.cost_micros, before.cost_micros, lambda n: words.money(n, total.currency)
        )
        _draw_share("Not in the documents", abstained_of, report)
        _draw_share("Rated helpful", helpful_of, report)
    earlier = words.count(before.questions, "question") if before.questions else "no questions"
    st.caption(f"Compared with the previous {days} days: {earlier}. Days end at midnight UTC.")


def abstained_of(figures: UsageFigures) -> str:
    """Return `3 of 42`, of all questions."""
    return f"{figures.abstained:,} of {figures.questions:,}"


def helpful_of(figures: UsageFigures) -> str:
    """Return `8 of 9`, of the answers that were rated."""
    rated = figures.helpful + figures.not_helpful
    return f"{figures.helpful:,} of {rated:,}" if rated else "None rated"


def _draw_amount(label: str, now: int, before: int, written: Callable[[int], str]) -> None:
    change = f"{'-' if now < before else '+'}{written(abs(now - before))} from {written(before)}"
    same = f"unchanged from {written(before)}"
    st.metric(
        label,
        written(now),
        delta=None if not before else same if now == before else change,
        delta_color="off",
        delta_arrow="off" if now == before else "auto",
        border=True,
        width="content",
        height="stretch",
    )


def _draw_share(label: str, written: Reading, report: UsageReport) -> None:
    st.metric(
        label,
        written(report.total),
        delta=f"{written(report.previous)} before" if report.previous.questions else None,
        delta_color="off",
        delta_arrow="off",
        border=True,
        width="content",
        height="stretch",
    )
