"""The figures of a period beside those of the period before."""

from collections.abc import Callable
from typing import Literal

import streamlit as st

from admin.usage.values import UsageFigures, UsageReport
from ui import words

Reading = Callable[[UsageFigures], str]


def draw_figures(report: UsageReport) -> None:
    """Draw questions, people and cost, and the shares as counts."""
    total, before = report.total, report.previous
    with st.container(horizontal=True):
        draw_amount("Questions", total.questions, before.questions, lambda n: f"{n:,}")
        draw_amount("People", total.people, before.people, lambda n: f"{n:,}")
        draw_amount(
            "Cost", total.cost_micros, before.cost_micros, lambda n: words.money(n, total.currency)
        )
        if total.cost_micros:
            _draw_share("Cost per answer", cost_per_answer, report)
            _draw_share("Cost per helpful answer", cost_per_helpful, report)
        _draw_share("Not in the documents", abstained_of, report)
        _draw_share("Rated helpful", helpful_of, report)
        _draw_share("Failed answers", failed_of, report)
    earlier = words.count(before.questions, "question") if before.questions else "no questions"
    days = words.count(report.period.days, "day")
    st.caption(
        f"Compared with the {days} before: {earlier}. Days begin at midnight where you are "
        f"({report.period.zone})."
    )


def draw_own_figures(report: UsageReport) -> None:
    """Draw what one person asked and what it cost."""
    total, before = report.total, report.previous
    with st.container(horizontal=True):
        draw_amount("Questions", total.questions, before.questions, lambda n: f"{n:,}")
        draw_amount(
            "Cost", total.cost_micros, before.cost_micros, lambda n: words.money(n, total.currency)
        )
        _draw_share("Not in the documents", abstained_of, report)
        _draw_share("Rated helpful", helpful_of, report)
    days = words.count(report.period.days, "day")
    st.caption(
        f"Compared with the {days} before. Days begin at midnight where you are "
        f"({report.period.zone})."
    )


def abstained_of(figures: UsageFigures) -> str:
    """Return `3 of 42`, of all questions."""
    return f"{figures.abstained:,} of {figures.questions:,}"


def helpful_of(figures: UsageFigures) -> str:
    """Return `8 of 9`, of the answers that were rated."""
    rated = figures.helpful + figures.not_helpful
    return f"{figures.helpful:,} of {rated:,}" if rated else "None rated"


def failed_of(figures: UsageFigures) -> str:
    """Return `1 of 42`, of all questions."""
    return f"{figures.failed:,} of {figures.questions:,}"


def cost_per_answer(figures: UsageFigures) -> str:
    """Return what a complete answer cost, all requests included."""
    each = figures.cost_per_answer
    return "No answers" if each is None else words.money(each, figures.currency)


def cost_per_helpful(figures: UsageFigures) -> str:
    """Return what an answer that was rated helpful cost, all requests included."""
    each = figures.cost_per_helpful_answer
    return "None rated" if each is None else words.money(each, figures.currency)


def draw_amount(
    label: str,
    now: int,
    before: int,
    written: Callable[[int], str],
    *,
    width: Literal["content", "stretch"] = "content",
) -> None:
    """Draw an amount and how far it is from the one before."""
    change = f"{'-' if now < before else '+'}{written(abs(now - before))} from {written(before)}"
    same = f"unchanged from {written(before)}"
    st.metric(
        label,
        written(now),
        delta=None if not before else same if now == before else change,
        delta_color="off",
        delta_arrow="off" if now == before else "auto",
        border=True,
        width=width,
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
