"""Ideas: what people want to do with AI, for everyone."""

import streamlit as st

from core.domain.identity import User
from ui import state
from ui.components.problems import shown_problems
from ui.ideas.card import draw_idea_card
from ui.ideas.form import draw_idea_form
from ui.ideas.list import draw_idea_list

READABLE_WIDTH = 860


def page(user: User) -> None:
    """Draw the list, one card (?idea=), or the form."""
    idea_id = state.idea_id()
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Ideas", anchor=False)
        if idea_id is not None:
            draw_idea_card(user, idea_id)
        elif state.is_idea_form_open():
            draw_idea_form(user)
        else:
            _draw_start()
            draw_idea_list(user)


def _draw_start() -> None:
    st.write("What could AI do better here? Colleagues read and build on what you write.")
    is_waiting = state.idea_source() is not None
    st.button(
        "Continue your idea" if is_waiting else "New idea",
        icon=":material/edit:" if is_waiting else ":material/add:",
        type="primary",
        key="new-idea",
        on_click=state.show_idea_form,
        kwargs={"is_open": True},
    )
