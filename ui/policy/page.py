"""AI-use policy: its text, who acknowledged it, and its versions, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.policy.editor import draw_editor
from ui.policy.history import draw_history
from ui.policy.people import draw_people

READABLE_WIDTH = 1000
TEXT, PEOPLE, VERSIONS = "Text", "People", "Versions"


def page(user: User) -> None:
    """Draw the text with its editor, the people, or the versions."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("AI-use policy", anchor=False)
        view = st.segmented_control(
            "View",
            [TEXT, PEOPLE, VERSIONS],
            default=TEXT,
            required=True,
            label_visibility="collapsed",
            key="policy-view",
        )
        if view == PEOPLE:
            draw_people(user)
        elif view == VERSIONS:
            draw_history(user)
        else:
            draw_editor(user)
