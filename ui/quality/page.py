"""Quality: how good answers are, whether something drifts, and the last evaluation."""

import streamlit as st

from admin.quality.values import GateState, LastEvaluation
from admin.usage.period import Period
from core.domain.clock import now
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time, zone
from ui.quality import words as quality_words
from ui.quality.figures import draw_cards, draw_table, draw_weeks
from ui.quality.monitors import draw_glance, draw_monitors
from ui.resources import services
from ui.usage.page import DEFAULT, PERIODS


def page(user: User) -> None:
    """Draw the state at a glance, the measures of a period, monitors and the last evaluation."""
    st.title("Quality", anchor=False)
    with shown_problems():
        glance = st.container()
        chosen = st.segmented_control(
            "Period", list(PERIODS), default=DEFAULT, required=True, key="quality-period"
        )
        period = Period.of_days(PERIODS[chosen or DEFAULT], zone(), now())
        report = services().quality.report(user, period)
        with glance:
            draw_glance(report)
        draw_cards(report)
        draw_weeks(report)
        draw_monitors(user, report)
        _draw_evaluation(report.evaluation)
        draw_table(report)
        _draw_links()


def _draw_evaluation(run: LastEvaluation | None) -> None:
    st.subheader("Last evaluation", anchor=False)
    if run is None:
        st.info(
            "Nothing was evaluated yet. Run `python sandbox_cli.py evaluate golden` to ask the "
            "questions whose answers are known."
        )
        return
    told = words.plain(quality_words.evaluation(run, local_time(run.finished_at)))
    match run.gate:
        case GateState.PASS:
            st.success(told, icon=":material/check_circle:")
        case GateState.WARN:
            st.warning(told, icon=":material/warning:")
        case GateState.FAIL:
            st.error(told, icon=":material/error:")
    for rule in run.broken_rules:
        st.write(words.plain(rule))


def _draw_links() -> None:
    st.caption("What was asked and what it cost, and questions that the documents do not answer:")
    with st.container(horizontal=True):
        for title, address in (("Usage", "usage"), ("Knowledge gaps", "gaps")):
            if st.button(title, key=f"open-{address}"):
                st.switch_page(state.page_named(address))
