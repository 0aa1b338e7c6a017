"""Knowledge gaps: questions that no document answers, for those who can reply."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.gaps.list import draw_gap_list

READABLE_WIDTH = 860


def page(user: User) -> None:
    """Draw the questions with their replies."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Knowledge gaps", anchor=False)
        st.write(
            "Questions from Chat that the documents do not answer. Your reply appears in the "
            "conversation."
        )
        draw_gap_list(user)
