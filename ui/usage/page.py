"""Usage: how much is asked, what it costs and what stays unanswered, for administrators."""

from datetime import date, timedelta

import streamlit as st

from admin.usage.period import Period, Step
from admin.usage.values import UsageReport
from core.domain.clock import now
from core.domain.identity import User
from ui import words
from ui.budgets import words as budget_words
from ui.components.problems import shown_problems
from ui.components.times import zone
from ui.resources import services
from ui.usage import words as usage_words
from ui.usage.breakdown import draw_breakdown
from ui.usage.charts import draw_questions_chart, draw_spending_chart, draw_times_chart
from ui.usage.figures import draw_figures
from ui.usage.unanswered import draw_unanswered

CHOSEN_DAYS = "Dates"
PERIODS = {"7 days": 7, "30 days": 30, "90 days": 90, "12 months": 365}
DEFAULT = "30 days"
UNUSUAL_SHOWN = 3
LONGEST_DAYS = 5 * 366
LONG_DAYS = 120
"""A longer period is shown by weeks unless another step is chosen."""


def page(user: User) -> None:
    """Draw figures, charts, their breakdown and unanswered questions of one period."""
    st.title("Usage", anchor=False)
    with shown_problems():
        period, step = draw_period()
        if period is None:
            st.info("Choose the last day as well.")
            return
        report = services().usage.report(user, period=period, step=step)
        if not (report.total.questions or report.total.requests):
            st.info(
                f"No one asked anything in {_told(period)}. Figures appear here after the first "
                "question in Chat."
            )
            return
        draw_figures(report)
        _draw_refused(user, period)
        _draw_notes(report)
        draw_questions_chart(report, step)
        draw_spending_chart(report, step)
        draw_times_chart(report, step)
        draw_breakdown(user, report)
        draw_unanswered(user, period)


def _draw_refused(admin: User, period: Period) -> None:
    """Say how many requests were not made; nothing if all were."""
    refused = services().budgets.blocked(admin, period.since, period.until)
    if refused.total:
        st.caption(words.plain(budget_words.blocked(refused.by_reason, "in this period")))


def draw_period() -> tuple[Period | None, Step]:
    """Return the period, None as long as only its first day is chosen, and its steps."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # In a container of its own, the choice wraps on a phone instead of being cut off.
        with st.container(width="content"):
            chosen = st.segmented_control(
                "Period",
                [*PERIODS, CHOSEN_DAYS],
                default=DEFAULT,
                required=True,
                key="usage-period",
            )
        period = _draw_days() if chosen == CHOSEN_DAYS else _last_days(PERIODS[chosen or DEFAULT])
        is_long = period is not None and period.days > LONG_DAYS
        step = st.segmented_control(
            "Shown by",
            list(Step),
            default=Step.WEEK if is_long else Step.DAY,
            required=True,
            format_func=usage_words.STEPS.__getitem__,
            key=f"usage-step-{is_long}",
        )
    return period, step or Step.DAY


def _last_days(days: int) -> Period:
    return Period.of_days(days, zone(), now())


def _draw_days() -> Period | None:
    running = _last_days(PERIODS[DEFAULT])
    chosen = st.date_input(
        "First and last day",
        (running.first, running.last),
        max_value=running.last,
        min_value=date(2020, 1, 1),
        format="YYYY-MM-DD",
        key="usage-days",
    )
    match chosen:
        case (first, last):
            earliest = last - timedelta(days=LONGEST_DAYS)
            return Period(max(first, earliest), last, running.zone, running.as_of)
        case _:
            return None


def _told(period: Period) -> str:
    return "this day" if period.days == 1 else f"these {period.days} days"


def _draw_notes(report: UsageReport) -> None:
    """Draw unusual days, the forecast, and what the sums hold and do not hold."""
    if report.unusual:
        newest_first = report.unusual[::-1]
        lines = [usage_words.unusual(day, report.total.currency) for day in newest_first]
        _draw_unusual([words.plain(line) for line in lines])
    if report.forecast:
        st.write(words.plain(usage_words.forecast(report.forecast)))
    notes = [
        usage_words.other_costs(report.total),
        usage_words.rates(services().usage.rates),
        _evaluations(report),
    ]
    told = " ".join(note for note in notes if note)
    if told:
        st.caption(words.plain(told))


def _draw_unusual(newest_first: list[str]) -> None:
    """Draw the newest unusual days, and the others on request."""
    shown, others = newest_first[:UNUSUAL_SHOWN], newest_first[UNUSUAL_SHOWN:]
    st.warning("\n\n".join(shown), icon=":material/trending_up:")
    if others:
        with st.expander(f"{words.count(len(others), 'earlier unusual day')}"):
            st.markdown("\n\n".join(others))


def _evaluations(report: UsageReport) -> str:
    spent = report.evaluation
    if not spent.cost_micros:
        return ""
    return f"Test questions cost another {words.money(spent.cost_micros, spent.currency)}."
