"""My usage: what a person asked, what it cost, their ideas, and where what they enter goes."""

import streamlit as st

from core.domain.identity import User
from ui import words
from ui.budgets.own import draw_own_budgets
from ui.components.csv_file import draw_download
from ui.components.problems import shown_problems
from ui.incidents.report import draw_own_reports
from ui.resources import services
from ui.usage import words as usage_words
from ui.usage.charts import draw_questions_chart, draw_spending_chart
from ui.usage.figures import draw_own_figures
from ui.usage.page import draw_period

READABLE_WIDTH = 860


def page(user: User) -> None:
    """Draw figures and charts of one period, ideas, and the export of one's conversations."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("My usage", anchor=False)
        period, step = draw_period()
        if period is None:
            st.info("Choose the last day as well.")
            return
        report = services().usage.own(user, period, step)
        draw_own_figures(report)
        draw_own_budgets(services().budgets.mine(user))
        if report.total.questions:
            draw_questions_chart(report, step)
        if report.total.cost_micros:
            draw_spending_chart(report, step)
        if not user.awaits_policy:
            _draw_ideas(user)
        draw_own_reports(user)
        _draw_whereabouts()
        _draw_export(user)


def _draw_ideas(user: User) -> None:
    st.subheader("My ideas", anchor=False)
    mine, votes = services().ideas.mine.of(user), services().ideas.mine.votes(user)
    told = [words.count(len(mine.submitted), "idea") + " submitted"]
    if mine.owned:
        told.append(f"{words.count(len(mine.owned), 'idea')} owned")
    told.append(f"{words.count(votes, 'vote')} given")
    st.write(", ".join(told) + ".")


def _draw_whereabouts() -> None:
    st.subheader("Where my questions go", anchor=False)
    told = usage_words.whereabouts(services().chat.model_name, services().embedding_service)
    st.write(words.plain(told))
    st.write(usage_words.WHO_SEES_IT)


def _draw_export(user: User) -> None:
    """Draw the export only once it is asked for: it holds every conversation."""
    st.subheader("My conversations", anchor=False)
    st.write("All conversations that you have not deleted, with answers and sources, in one file.")
    if st.button("Prepare the file", key="prepare-export"):
        content = services().personal_conversations.own_lines(user).encode()
        if content:
            draw_download("Download", content, "my-conversations.jsonl", "application/x-ndjson")
        else:
            st.info("There are no conversations yet.")
