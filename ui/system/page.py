"""System: whether everything that the product depends on works, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.system.checks import draw_checks


def page(user: User) -> None:
    """Draw the doctor's checks, which run on demand."""
    st.title("System", anchor=False)
    with shown_problems():
        draw_checks(user)
