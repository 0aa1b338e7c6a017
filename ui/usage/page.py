"""Usage: how much is asked, what it costs and what stays unanswered, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.resources import services
from ui.usage.charts import draw_questions_chart, draw_spending_chart, draw_times_chart
from ui.usage.figures import draw_figures
from ui.usage.unanswered import draw_unanswered

PERIODS = [7, 30, 90]
DEFAULT_DAYS = 30


def page(user: User) -> None:
    """Draw figures, charts and unanswered questions of one period."""
    st.title("Usage", anchor=False)
    with shown_problems():
        days = _draw_period()
        report = services().usage.report(user, days=days)
        if not report.total.questions:
            st.info(
                f"No one asked anything in the last {days} days. Figures appear here after the "
                "first question in Chat."
            )
            return
        draw_figures(report, days)
        draw_questions_chart(report)
        draw_spending_chart(report)
        draw_times_chart(report)
        draw_unanswered(user, days)


def _draw_period() -> int:
    chosen = st.segmented_control(
        "Period",
        PERIODS,
        default=DEFAULT_DAYS,
        required=True,
        format_func=lambda days: f"{days} days",
        key="usage-period",
    )
    return chosen or DEFAULT_DAYS
