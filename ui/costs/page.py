"""Costs and value: what everything costs together, and what ideas bring, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.costs.items import draw_items
from ui.costs.total import draw_total
from ui.costs.value import draw_value

DRAW = {"Total cost": draw_total, "Value of ideas": draw_value, "Cost items": draw_items}


def page(user: User) -> None:
    """Draw the chosen view."""
    st.title("Costs and value", anchor=False)
    with shown_problems():
        view = st.segmented_control(
            "View",
            list(DRAW),
            default="Total cost",
            required=True,
            label_visibility="collapsed",
            key="costs-view",
        )
        DRAW[view or "Total cost"](user)
