"""One idea: where it stands, what it says, and what everyone may do with it."""

import streamlit as st

from core.domain.governance.policy import Step
from core.domain.ideas.card import IdeaCard, label_of
from core.domain.identity import User
from ui import state, state_ideas, words
from ui.components.problems import shown_problems
from ui.components.times import local_day
from ui.idea_card.edit import draw_edit, start_editing
from ui.idea_card.history import draw_history
from ui.idea_card.moves import draw_state
from ui.idea_card.results import draw_results
from ui.idea_card.reviews import draw_reviews
from ui.idea_card.risk import draw_risk
from ui.idea_card.text import draw_text
from ui.idea_parts import words as idea_words
from ui.idea_parts.votes import draw_follow, draw_vote
from ui.policy.first_steps import note_step
from ui.resources import services

TABS = {
    "Idea": draw_text,
    "Risk": draw_risk,
    "Reviews": draw_reviews,
    "Results": draw_results,
    "History": draw_history,
}


def draw_idea_card(user: User, idea_id: str) -> None:
    """Draw the card, or say that it does not exist; the way back either way."""
    _draw_way_back()
    with shown_problems():
        card = services().ideas.cards.get(user, idea_id)
        if editing := state_ideas.editing(card.id):
            draw_edit(user, card, editing)
        else:
            services().ideas.notifications.mark_seen(user, card.id)
            note_step(user, Step.IDEA_SEEN)
            _draw_card(user, card)


def _draw_way_back() -> None:
    back = state_ideas.way_back()
    if back is not None:
        if st.button(
            words.plain(f"Back to {back.title}"),
            icon=":material/arrow_back:",
            type="tertiary",
            key="way-back",
        ):
            state_ideas.forget_way_back()
            st.switch_page(state.page_named(back.page), query_params=back.query)
        return
    st.button(
        "Back to your draft" if state_ideas.address("draft") else "All ideas",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all-ideas",
        on_click=state.open_idea,
        args=(None,),
    )


def _draw_card(user: User, card: IdeaCard) -> None:
    _draw_heading(card)
    _draw_actions(user, card)
    draw_state(user, card)
    tabs = st.tabs(list(TABS), key="tab", bind="query-params")
    for tab, draw in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab, shown_problems():
                draw(user, card)


def _draw_heading(card: IdeaCard) -> None:
    st.subheader(words.plain(card.draft.title), anchor=False)
    people = [card.submitter_name, *(person.name for person in card.co_submitters)]
    parts = [
        card.label,
        words.CATEGORIES[card.draft.category],
        words.plain(idea_words.listed(people)),
        local_day(card.submitted_at),
    ]
    st.caption(" · ".join(parts))
    if card.draft.summary:
        st.text(card.draft.summary)
    if card.duplicate_of_number is not None:
        _draw_original(card, card.duplicate_of_number)


def _draw_original(card: IdeaCard, number: int) -> None:
    st.button(
        f"Merged into {label_of(number)}. Votes and comments are there.",
        icon=":material/arrow_forward:",
        type="tertiary",
        key="open-original",
        on_click=state.open_idea,
        args=(card.duplicate_of_id,),
    )


def _draw_actions(user: User, card: IdeaCard) -> None:
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        support = services().ideas.support.of(user, card.id)
        draw_vote(user, card.id, card.status, support.votes, has_voted=support.has_voted)
        draw_follow(user, card.id, is_followed=support.is_followed)
        if services().ideas.cards.editable_fields(user, card.id):
            st.button(
                "Edit",
                icon=":material/edit:",
                key="edit-idea",
                on_click=start_editing,
                args=(card,),
            )
        st.link_button(
            "PDF",
            f"/export/ideas/{card.id}.pdf",
            icon=":material/download:",
            help="One page for the committee",
        )
