"""Draws one idea with everything that was written about it."""

import streamlit as st

from core.domain.ideas import IdeaCard
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.ideas.list import summary
from ui.ideas.origin import draw_origin
from ui.resources import services


def draw_idea_card(user: User, idea_id: str) -> None:
    """Draw the card, or say that it does not exist; the way back either way."""
    st.button(
        "All ideas",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all-ideas",
        on_click=state.open_idea,
        args=(None,),
    )
    with shown_problems():
        _draw_card(services().ideas.get(user, idea_id))


def _draw_card(card: IdeaCard) -> None:
    st.subheader(words.plain(card.draft.title), anchor=False)
    st.caption(f"{card.label} · {summary(card)}")
    _draw_text("Problem", card.draft.problem)
    _draw_text("Proposal", card.draft.proposal)
    if card.draft.expected_benefit:
        _draw_text("Expected benefit", card.draft.expected_benefit)
    if card.origin is not None:
        with st.container(border=True, key="idea-origin"):
            st.markdown("**From a conversation**")
            draw_origin(card.origin)
    st.caption("To share this idea with colleagues, send them the address of this page.")


def _draw_text(heading: str, text: str) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"**{heading}**")
        st.text(text)
