"""The person's conversations in the sidebar: search, open, rename, pin, delete with undo."""

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.domain.clock import now
from core.domain.conversations import ConversationSummary
from core.domain.identity import User
from rag.conversations.sharing import as_text
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services

SHOWN = 30


def draw_history(user: User) -> None:
    """Draw the button for a new conversation, the search, and the list by day."""
    with st.sidebar:
        st.button(
            "New conversation",
            icon=":material/edit_square:",
            width="stretch",
            key="new-conversation",
            on_click=state.open_conversation,
            args=(None,),
        )
        search = st.text_input(
            "Search conversations",
            placeholder="Search conversations",
            label_visibility="collapsed",
            key="history-search",
        )
        _draw_undo(user)
        found = services().chat.conversations.list(user, search)
        if not found:
            st.caption(
                "No conversations found." if search else "Your conversations will appear here."
            )
        _draw_list(found[:SHOWN])
        if len(found) > SHOWN:
            st.caption(
                f"{words.count(len(found) - SHOWN, 'older conversation')}: search to find more."
            )


def _draw_list(found: Sequence[ConversationSummary]) -> None:
    for heading, entries in groupby(found, _heading):
        st.caption(heading)
        for entry in entries:
            _draw_entry(entry)


def _heading(entry: ConversationSummary) -> str:
    return "Pinned" if entry.is_pinned else words.day(entry.updated_at)


def _draw_entry(entry: ConversationSummary) -> None:
    is_open = entry.id == state.conversation_id()
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center", wrap=False):
        st.button(
            words.plain(words.shortened(entry.title, 34)),
            key=f"open-{entry.id}",
            icon=":material/mark_chat_unread:" if entry.has_reply else None,
            help="You have a reply to your question" if entry.has_reply else None,
            type="secondary" if is_open else "tertiary",
            width="stretch",
            on_click=state.open_conversation,
            args=(entry.id,),
        )
        _draw_more(entry)


@st.fragment
def _draw_more(entry: ConversationSummary) -> None:
    """Draw the menu of one conversation where it is open: closed ones cost every page run.

    A fragment, since opening a menu must not end the answer that is being written.
    """
    menu = st.popover(
        "",
        icon=":material/more_horiz:",
        type="tertiary",
        help="More",
        key=f"more-{entry.id}",
        on_change="rerun",
    )
    if menu.open:
        with menu:
            _draw_menu(state.require_user(), entry)
    else:
        # What an opened one shows until it is drawn: after the answer that is being written.
        menu.caption("One moment …")


def _draw_menu(user: User, entry: ConversationSummary) -> None:
    conversations = services().chat.conversations
    title = st.text_input("Name", entry.title, key=f"name-{entry.id}", max_chars=120)
    if st.button("Rename", key=f"rename-{entry.id}", width="stretch"):
        with shown_problems():
            conversations.rename(user, entry.id, title)
            st.rerun()
    if st.button("Unpin" if entry.is_pinned else "Pin", key=f"pin-{entry.id}", width="stretch"):
        conversations.pin(user, entry.id, is_pinned=not entry.is_pinned)
        st.rerun()
    _draw_text(user, entry)
    st.link_button("Download Markdown", f"/export/conversations/{entry.id}.md", width="stretch")
    st.link_button("Download PDF", f"/export/conversations/{entry.id}.pdf", width="stretch")
    st.link_button("Download JSON", f"/export/conversations/{entry.id}.json", width="stretch")
    if st.button("Delete", key=f"delete-{entry.id}", icon=":material/delete:", width="stretch"):
        state.remember_deleted(entry.id, conversations.delete(user, entry.id))
        if entry.id == state.conversation_id():
            state.open_conversation(None)
        st.rerun()


def _draw_text(user: User, entry: ConversationSummary) -> None:
    """Draw the conversation with its sources as text that can be copied, once it is asked for."""
    place = st.expander("Copy as text", key=f"text-{entry.id}", on_change="rerun")
    if place.open:
        with place, shown_problems():
            text = as_text(services().chat.conversations.get(user, entry.id), user)
            st.code(text, language=None, wrap_lines=True, height=240)


def _draw_undo(user: User) -> None:
    """Draw the way back while there is one, and say what becomes of the conversation."""
    found = state.deleted()
    if found is None:
        return
    conversation, hidden = found
    if now() >= hidden.undo_until:
        state.forget_deleted()
        return
    if st.button("Undo delete", icon=":material/undo:", width="stretch"):
        with shown_problems():
            state.forget_deleted()
            services().chat.conversations.restore(user, conversation)
            st.rerun()
    if hidden.is_held:
        st.caption("Hidden for everyone, and kept under a legal hold until it is released.")
    else:
        st.caption(f"Deleted for good at {local_time(hidden.undo_until)}.")
