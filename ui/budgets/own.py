"""What a person sees of the budgets that pay for their questions."""

from collections.abc import Sequence

import streamlit as st

from core.domain.costs.budgets import BudgetUse
from ui import words
from ui.budgets import words as budget_words


def draw_own_budgets(uses: Sequence[BudgetUse]) -> None:
    """Draw how much of each budget is used; nothing without any."""
    if not uses:
        return
    st.subheader("My budget", anchor=False)
    for use in uses:
        st.progress(min(1.0, use.percent / 100), text=words.plain(budget_words.own(use)))
