"""The ranking of ideas by a figure."""

import streamlit as st

from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from ideas.portfolio.ranking import RankedBy
from ui import state_ideas
from ui.portfolio import words as portfolio_words
from ui.portfolio.tables import draw_table
from ui.resources import services


def draw_ranking(user: User, wanted: IdeaFilter) -> None:
    """Draw the choice of the figure, and the ideas in its order."""
    by = _draw_choice()
    places = services().ideas.portfolio.ranking(user, wanted, by)
    if not places:
        st.info(portfolio_words.NOTHING)
        return
    st.caption(portfolio_words.ORDERS_MEAN[by])
    figures: dict[str, list[object]] = {
        "Place": [each.place for each in places],
        portfolio_words.ORDERS[by]: [
            None if each.figure is None else round(each.figure, 2) for each in places
        ],
    }
    draw_table(figures, [each.entry for each in places], f"ranking-{by.value}")


def ranked_by() -> RankedBy:
    """Return the figure in the address."""
    named = state_ideas.address("by-figure")
    return next((each for each in RankedBy if each.value == named), RankedBy.SCORE)


def _draw_choice() -> RankedBy:
    known = [each.value for each in RankedBy]
    state_ideas.show_address("by-figure", "ranked-by", known, otherwise=RankedBy.SCORE.value)
    chosen = st.segmented_control(
        "Rank by",
        known,
        required=True,
        format_func=lambda one: portfolio_words.ORDERS[RankedBy(one)],
        key="ranked-by",
        on_change=state_ideas.take_address,
        args=("by-figure", "ranked-by"),
    )
    return RankedBy(chosen or RankedBy.SCORE)
