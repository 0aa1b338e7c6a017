"""Document reviews: what its owner has to review again."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.reviews.list import draw_review_list

READABLE_WIDTH = 860


def page(user: User) -> None:
    """Draw the documents whose review is due, the longest overdue first."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Document reviews", anchor=False)
        st.write("Answers rely on the documents that you own. Confirm that they are still correct.")
        draw_review_list(user)
