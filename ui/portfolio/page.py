"""Portfolio: all views of ideas, from one filter that stands in the address."""

import streamlit as st

from core.domain.identity import User
from ideas.export.tables import View
from ui import state_ideas
from ui.components.problems import shown_problems
from ui.idea_parts.exports import draw_exports
from ui.idea_parts.filter import draw_filter
from ui.portfolio import words as portfolio_words
from ui.portfolio.board import draw_board
from ui.portfolio.compare import draw_comparison
from ui.portfolio.matrix import draw_matrix
from ui.portfolio.ranking import draw_ranking, ranked_by
from ui.portfolio.roadmap import draw_roadmap

DRAW = {
    "matrix": draw_matrix,
    "board": draw_board,
    "ranking": draw_ranking,
    "compare": draw_comparison,
    "roadmap": draw_roadmap,
}

EXPORTED = frozenset(View) & DRAW.keys()


def page(user: User) -> None:
    """Draw the filter and the chosen view (?view=)."""
    with shown_problems():
        st.title("Portfolio", anchor=False)
        view = _draw_views()
        wanted = draw_filter(user)
        DRAW[view](user, wanted)
        if view in EXPORTED:
            draw_exports(wanted, View(view), ranked_by())


def _draw_views() -> str:
    known = list(portfolio_words.VIEWS)
    state_ideas.show_address("view", "portfolio-view", known, otherwise="matrix")
    chosen = st.segmented_control(
        "View",
        known,
        required=True,
        format_func=portfolio_words.VIEWS.__getitem__,
        label_visibility="collapsed",
        key="portfolio-view",
        on_change=state_ideas.take_address,
        args=("view", "portfolio-view"),
    )
    return chosen or "matrix"
