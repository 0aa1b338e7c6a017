"""The single questions of a topic; opening them is recorded."""

import pandas as pd
import streamlit as st

from core.domain.gaps import GapQuestion, GapTopic
from core.domain.identity import User
from ui import words
from ui.components.csv_file import draw_csv_download
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.gaps import words as gap_words
from ui.resources import services


def draw_questions(user: User, topic: GapTopic) -> None:
    """Draw a button, and behind it every question word for word, without names."""
    if st.button(
        "Show questions",
        icon=":material/list:",
        type="tertiary",
        help="Viewing them is recorded in the audit log.",
        key=f"questions-{topic.id}",
    ):
        _show(user, topic)


@st.dialog("Questions", width="large")
def _show(user: User, topic: GapTopic) -> None:
    with shown_problems():
        found = services().gaps.topics.questions(user, topic.id)
        st.caption(gap_words.shown_questions(len(found), topic))
        table = questions_table(found)
        # Not st.dataframe: its own download would hand these texts to a spreadsheet as formulas.
        st.table(table.map(words.plain), border="horizontal", hide_index=True, alt="Questions")
        draw_csv_download(lambda: table, "questions.csv")


def questions_table(found: list[GapQuestion]) -> pd.DataFrame:
    """Make one row per question, newest first."""
    return pd.DataFrame(
        {
            "Question": [one.question for one in found],
            "When": [local_time(one.asked_at) for one in found],
            "Cause": [gap_words.CAUSES[one.cause] for one in found],
            "Heard back": ["Yes" if one.was_told else "No" for one in found],
        }
    )
