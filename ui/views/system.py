"""System: whether everything the product stands on works, for administrators."""

import streamlit as st

from ui import state
from ui.components.problems import shown_problems
from ui.components.system_checks import draw_checks


def page() -> None:
    """The doctor's checks, made when they are asked for."""
    user = state.require_user()
    st.title("System", anchor=False)
    with shown_problems():
        draw_checks(user)
