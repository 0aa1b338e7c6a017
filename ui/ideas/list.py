"""The list of ideas, with one's own vote in every row."""

from zlib import crc32

import streamlit as st

from core.domain.ideas.card import IdeaOrder
from core.domain.identity import User
from ideas.export.tables import View
from ui import state_ideas, words
from ui.idea_parts.entries import draw_entries
from ui.idea_parts.exports import draw_exports
from ui.idea_parts.filter import draw_filter
from ui.resources import services

PER_PAGE = 20
ORDERS = {
    IdeaOrder.NEWEST.value: "Newest first",
    IdeaOrder.TRENDING.value: "Trending",
    IdeaOrder.VOTES.value: "Most votes",
    IdeaOrder.WAITING.value: "Longest in their state",
    IdeaOrder.OLDEST.value: "Oldest first",
}


def draw_idea_list(user: User) -> None:
    """Draw one row per idea; its title opens the card."""
    wanted = draw_filter(user)
    head = st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )
    order = _order()
    # A list of its own for each filter, so that none begins on the page of another.
    paging = f"ideas-page-{crc32(f'{wanted.query()} {order}'.encode())}"
    number = state_ideas.page_number(paging)
    page = services().ideas.lists.page(
        user, wanted, order, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
    )
    if not page.total:
        _draw_nothing(is_filtered=not state_ideas.filter_in_address().is_empty)
        return
    with head:
        st.caption(words.count(page.total, "idea"), width="content")
        _draw_order()
    draw_entries(user, page.entries)
    pages = -(-page.total // PER_PAGE)
    if pages > 1:
        st.pagination(pages, key=paging, persist_state="page")
    draw_exports(wanted, View.LIST)


def _order() -> IdeaOrder:
    chosen = state_ideas.address("sort")
    return IdeaOrder(chosen) if chosen in ORDERS else IdeaOrder.NEWEST


def _draw_order() -> None:
    key = "idea-sort"
    state_ideas.show_address("sort", key, list(ORDERS), otherwise=IdeaOrder.NEWEST.value)
    st.selectbox(
        "Sort by",
        list(ORDERS),
        format_func=ORDERS.__getitem__,
        label_visibility="collapsed",
        width=210,
        key=key,
        on_change=state_ideas.take_address,
        args=("sort", key),
    )


def _draw_nothing(*, is_filtered: bool) -> None:
    if is_filtered:
        st.info("No ideas match. Try another word, or clear the filter.")
    else:
        st.info(
            "No ideas yet. Select New idea, or start from an answer in Chat to include the "
            "question, the answer and its sources."
        )
