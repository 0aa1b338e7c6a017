"""Ideas: what people want to do with AI, for everyone."""

import streamlit as st

from core.domain.identity import User
from ui import state, state_ideas
from ui.components.problems import shown_problems
from ui.idea_card.card import draw_idea_card
from ui.ideas.list import draw_idea_list
from ui.ideas.mine import draw_my_ideas
from ui.ideas.new import draw_new_idea, start_from_answer

READABLE_WIDTH = 860


def page(user: User) -> None:
    """Draw the list, one card (?idea=), or the form (?draft=)."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        source = state.idea_source()
        if source is not None:
            start_from_answer(user, source)
        if idea := state.idea_id():
            draw_idea_card(user, idea)
        elif draft := state_ideas.address("draft"):
            draw_new_idea(user, draft)
        else:
            state_ideas.forget_way_back()
            _draw_start(user)


def _draw_start(user: User) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title("Ideas", anchor=False, width="content")
        st.button(
            "New idea",
            icon=":material/add:",
            type="primary",
            key="new-idea",
            on_click=state_ideas.open_draft,
            args=(state_ideas.NEW,),
        )
    st.write("What could AI do better here? Colleagues read and build on what you write.")
    every, mine = st.tabs(["All ideas", "My ideas"], key="list", bind="query-params")
    if every.open:
        with every:
            draw_idea_list(user)
    if mine.open:
        with mine:
            draw_my_ideas(user)
