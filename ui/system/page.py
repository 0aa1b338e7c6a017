"""System: whether everything the product stands on works, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.system.checks import draw_checks


def page(user: User) -> None:
    """The doctor's checks, made when they are asked for."""
    st.title("System", anchor=False)
    with shown_problems():
        draw_checks(user)
