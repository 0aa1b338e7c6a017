"""Sends a question to the owner of a collection; says who will read what before it is sent."""

import streamlit as st

from core.domain.gaps import GapDraft, GapRoute, KnowledgeGap
from core.domain.identity import User
from rag.gaps import MAX_NOTE
from ui import state, words
from ui.gaps import words as gap_words
from ui.resources import services


def draw_gap_form(user: User, message_id: str, draft: GapDraft) -> KnowledgeGap | None:
    """Ask whom to send the question to and for a note; return what was sent."""
    with st.container(border=True, key=f"ask-form-{message_id}"):
        route = _draw_route(user, message_id, draft)
        _draw_preview(draft)
        st.caption(words.plain(gap_words.readers(route, user)))
        note = st.text_area(
            "Add a note (optional)",
            placeholder="Why you need it, or where you expected to find it",
            max_chars=MAX_NOTE,
            height="content",
            key=f"gap-note-{message_id}",
        )
        if not _draw_buttons(message_id):
            return None
    gap = services().gap_requests.ask(
        user, message_id, collection_id=route.collection_id, note=note or ""
    )
    state.stop_asking()
    return gap


def _draw_route(user: User, message_id: str, draft: GapDraft) -> GapRoute:
    if len(draft.routes) == 1:
        st.markdown(f"**{words.plain(gap_words.heading(draft.routes[0], user))}**")
        return draft.routes[0]
    labels = {route.collection_id: gap_words.route(route, user) for route in draft.routes}
    chosen = st.radio(
        "Who to ask",
        list(labels),
        format_func=lambda collection_id: words.plain(labels[collection_id]),
        key=f"gap-route-{message_id}",
    )
    return next(route for route in draft.routes if route.collection_id == chosen)


def _draw_preview(draft: GapDraft) -> None:
    with st.container(gap="xxsmall"):
        st.caption("Your question, as you typed it")
        st.text(draft.question)
    if draft.searched_for:
        with st.container(gap="xxsmall"):
            st.caption("Searched as")
            st.text(draft.searched_for)


def _draw_buttons(message_id: str) -> bool:
    """Draw the buttons; tell whether Send was pressed."""
    with st.container(horizontal=True):
        is_sent = st.button("Send", type="primary", key=f"send-gap-{message_id}")
        st.button(
            "Cancel", type="tertiary", key=f"cancel-gap-{message_id}", on_click=state.stop_asking
        )
    return is_sent
