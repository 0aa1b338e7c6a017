"""The board: ideas by state, with counts and ages."""

from collections.abc import Sequence

import streamlit as st

from core.domain.clock import now
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from ideas.portfolio.board import Column
from ideas.portfolio.entries import Entry
from ui import state_ideas, words
from ui.idea_parts import words as idea_words
from ui.portfolio import words as portfolio_words
from ui.portfolio.tables import draw_card_opener
from ui.resources import services

CARDS = 5
"""Cards of a column while there are several; one that is chosen alone shows up to 50."""
WIDTH = 215


def draw_board(user: User, wanted: IdeaFilter) -> None:
    """Draw a column for each state; they scroll sideways where there is no room."""
    columns = services().ideas.portfolio.board(user, wanted)
    if not any(column.count for column in columns):
        st.info(portfolio_words.NOTHING)
        return
    with st.grid(len(columns), min_column_width=WIDTH, wrap=False, gap="small", key="board") as g:
        for column in columns:
            with g.cell():
                _draw_column(column, is_alone=len(columns) == 1)


def _draw_column(column: Column, *, is_alone: bool) -> None:
    with st.container(gap="xsmall", key=f"column-{column.status.value}"):
        st.markdown(f"{idea_words.state_badge(column.status)} **{column.count:,}**")
        st.caption(_ages(column))
        shown = column.cards if is_alone else column.cards[:CARDS]
        for entry in shown:
            _draw_card(entry)
        _draw_rest(column, shown)


def _ages(column: Column) -> str:
    if not column.count:
        return "–"
    median, oldest = words.count(column.median_days, "day"), words.count(column.oldest_days, "day")
    return f"Median {median}, oldest {oldest}"


def _draw_card(entry: Entry) -> None:
    with st.container(border=True, gap="xxsmall", key=f"card-{entry.id}"):
        st.markdown(words.plain(entry.title))
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            draw_card_opener(entry)
            st.caption(words.count(entry.days_in_state(now()), "day"), width="content")


def _draw_rest(column: Column, shown: Sequence[Entry]) -> None:
    rest = column.count - len(shown)
    if rest > 0:
        st.button(
            f"{rest:,} more",
            type="tertiary",
            key=f"more-{column.status.value}",
            on_click=state_ideas.put_address,
            args=("state", column.status.value),
        )
