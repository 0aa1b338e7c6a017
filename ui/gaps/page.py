"""Knowledge gaps: questions without a good answer, for those who can settle them."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.gaps.documents import draw_documents
from ui.gaps.list import draw_topics

READABLE_WIDTH = 860
QUESTIONS, DOCUMENTS = "Questions", "Documents"


def page(user: User) -> None:
    """Draw the questions by topic, or the documents that want a look."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Knowledge gaps", anchor=False)
        view = st.segmented_control(
            "View",
            [QUESTIONS, DOCUMENTS],
            default=QUESTIONS,
            required=True,
            label_visibility="collapsed",
            key="gaps-view",
        )
        if view == DOCUMENTS:
            draw_documents(user)
        else:
            draw_topics(user)
