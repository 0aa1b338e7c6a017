"""The matrix of value and feasibility, with the same as a table under it."""

from collections.abc import Sequence

import streamlit as st

from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from ideas.portfolio.matrix import Point
from ui import state_ideas
from ui.idea_parts import words as idea_words
from ui.portfolio import words as portfolio_words
from ui.portfolio.chart import OPENED, drawn_points, matrix_spec
from ui.portfolio.tables import draw_table, open_card
from ui.resources import services

HEIGHT = 560


def draw_matrix(user: User, wanted: IdeaFilter) -> None:
    """Draw chart, legend and table; a click on a bubble opens its card."""
    matrix = services().ideas.portfolio.matrix(user, wanted)
    left_out = portfolio_words.left_out(matrix, len(drawn_points(matrix)))
    if not matrix.points:
        st.info(portfolio_words.NO_REVIEWS)
        if left_out:
            st.caption(left_out)
        return
    title = portfolio_words.title(matrix)
    with st.container(border=True, key="matrix"):
        st.markdown(f"#### {title}")
        event = st.vega_lite_chart(
            spec=matrix_spec(matrix, currency=services().ideas.currency, theme=state_ideas.theme()),
            height=HEIGHT,
            on_select="rerun",
            selection_mode=OPENED,
            alt=f"Matrix of value and feasibility: {title}. The table below says the same.",
            key="matrix-chart",
        )
        st.markdown(f":small[{portfolio_words.legend()}]")
        if left_out:
            st.caption(left_out)
    clicked = event["selection"].get(OPENED) or []
    if clicked:
        open_card(str(clicked[0]["id"]))
    best = sorted(matrix.points, key=lambda point: -point.scored.total)
    draw_table(_rows(best), [point.entry for point in best], "matrix")


def _rows(points: Sequence[Point]) -> dict[str, list[object]]:
    return {
        "Place": [idea_words.QUADRANT[p.scored.quadrant] for p in points],
        "Value": [round(p.scored.value, 1) for p in points],
        "Feasibility": [round(p.scored.feasibility, 1) for p in points],
        "Reviews": [portfolio_words.reviews(p.scored) for p in points],
    }
