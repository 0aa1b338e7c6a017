"""Replies to a knowledge gap or closes it with a reason; the person who asked reads either."""

from collections.abc import Callable
from typing import TypeAlias

import streamlit as st

from admin.gaps import MAX_REPLY
from core.domain.gaps import KnowledgeGap
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.gaps import words as gap_words
from ui.resources import services

Settle: TypeAlias = Callable[[User, str, str], KnowledgeGap]
"""Takes the person, the id of the gap and the words for the one who asked."""


def draw_reply(gap: KnowledgeGap) -> None:
    """Draw what was written, by whom and when."""
    with st.container(gap="xxsmall"):
        when = local_time(gap.replied_at) if gap.replied_at else ""
        st.caption(f"{words.plain(gap.replied_by)}, {when}")
        st.text(gap.reply)


def draw_reply_form(user: User, gap: KnowledgeGap) -> None:
    """Draw one text field and three ways to send it."""
    inbox = services().gap_inbox
    with st.expander("Reply", icon=":material/reply:", key=f"reply-panel-{gap.id}"):
        text = st.text_area(
            f"Message to {words.plain(gap.asker_name)}",
            max_chars=MAX_REPLY,
            height="content",
            persist_state="session",
            key=f"reply-{gap.id}",
        )
        with st.container(horizontal=True):
            if st.button("Send reply", type="primary", key=f"answer-{gap.id}"):
                _send(inbox.answer, user, gap, text)
            if st.button("Close with this reason", key=f"close-{gap.id}", help=gap_words.CLOSE):
                _send(inbox.close, user, gap, text)
            if st.button(
                "Decline with this reason", key=f"decline-{gap.id}", help=gap_words.DECLINE
            ):
                _send(inbox.decline, user, gap, text)


def _send(settle: Settle, user: User, gap: KnowledgeGap, text: str | None) -> None:
    with shown_problems():
        settle(user, gap.id, text or "")
        state.notify(f"{words.plain(gap.asker_name)} will see it in the conversation.")
        st.rerun()
