"""Budgets: who may spend how much, what is used of it, and what is turned off."""

import streamlit as st

from core.domain.identity import User
from ui.budgets.limits import draw_limits
from ui.budgets.switches import draw_switches
from ui.components.problems import shown_problems


def page(user: User) -> None:
    """Draw budgets, then switches."""
    st.title("Budgets", anchor=False)
    with shown_problems():
        draw_limits(user)
        draw_switches(user)
