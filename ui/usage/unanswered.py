"""Questions that ended without a helpful answer."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from admin.usage.period import Period
from admin.usage.unanswered import UnansweredQuestion
from core.domain.conversations import FeedbackReason
from core.domain.identity import User
from ui import words
from ui.components.csv_file import draw_csv_download
from ui.components.times import local_time
from ui.resources import services

LIMIT = 200
ROWS_IN_VIEW = 12
HEIGHT = 560


def draw_unanswered(admin: User, period: Period) -> None:
    """Draw what was asked and why it was not answered, newest first."""
    st.subheader("Unanswered questions", anchor=False)
    found = services().usage.unanswered(admin, period=period, limit=LIMIT)
    if not found:
        st.write("None. Every question was answered, and no answer was rated not helpful.")
        return
    newest = "The newest " if len(found) == LIMIT else ""
    st.caption(
        f"{newest}{words.count(len(found), 'question')} that a new or corrected document could "
        "answer. Viewing this list is recorded in the audit log."
    )
    table = unanswered_table(found)
    # Not st.dataframe: its own download would hand these texts to a spreadsheet as formulas.
    st.table(
        table.map(words.plain),
        height=HEIGHT if len(found) > ROWS_IN_VIEW else "content",
        border="horizontal",
        hide_index=True,
        alt="Unanswered questions and answers rated not helpful",
    )
    draw_csv_download(lambda: table, "unanswered-questions.csv")


def unanswered_table(found: Sequence[UnansweredQuestion]) -> pd.DataFrame:
    """Make one row per question, everything in words."""
    return pd.DataFrame(
        {
            "Question": [one.question for one in found],
            "When": [local_time(one.asked_at) for one in found],
            "Cause": [one.cause.capitalize() for one in found],
            "Reason": [_reason(one.reason) for one in found],
            "Expected": [one.comment for one in found],
        }
    )


def _reason(reason: str) -> str:
    return words.FEEDBACK_REASONS[FeedbackReason(reason)] if reason else ""
