"""What a reviewer reads of an idea above the form."""

import streamlit as st

from core.domain.ideas.card import IdeaCard
from ui import state, state_ideas, words
from ui.components.times import local_day
from ui.idea_parts import words as idea_words


def draw_idea_head(card: IdeaCard) -> None:
    """Draw the way back, the title, and the texts of the idea."""
    st.button(
        "All reviews",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all-reviews",
        on_click=_leave,
    )
    st.subheader(words.plain(card.draft.title), anchor=False)
    parts = [
        card.label,
        words.CATEGORIES[card.draft.category],
        words.plain(card.submitter_name),
        local_day(card.submitted_at),
    ]
    st.caption(" · ".join(parts))
    with st.expander("What the idea says", expanded=True):
        _draw_texts(card)
    if st.button("Open the whole idea", type="tertiary", icon=":material/open_in_new:"):
        st.switch_page(state.page_named("ideas"), query_params={"idea": card.id})


def _draw_texts(card: IdeaCard) -> None:
    data = card.draft.data
    personal = data.personal_data
    for label, text in (
        ("Problem", card.draft.problem),
        ("Proposal", card.draft.proposal),
        ("Expected benefit", card.draft.expected_benefit),
        ("Data", data.description),
        ("Classification", idea_words.CLASSES[data.classification] if data.classification else ""),
        ("Personal data", idea_words.PERSONAL_DATA[personal] if personal else ""),
    ):
        if text:
            with st.container(gap="xxsmall"):
                st.caption(label)
                st.text(text)


def _leave() -> None:
    state_ideas.put_address("idea", "")
    state_ideas.put_address("task", "")
