"""The choice above the composer: what the next question is asked of."""

from dataclasses import dataclass

import streamlit as st

from core.domain.answers import NEEDS_A_MODEL, Way
from core.domain.conversations import Conversation
from ui import state
from ui.resources import services

FILES, DOCUMENTS, FREE = "My files", "Company documents", "Without documents"
PLACEHOLDERS = {
    FILES: "Ask about your files",
    DOCUMENTS: "Ask about the company's documents",
    FREE: "Draft, rewrite, translate or explain something",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the next question is for; a way that is not `is_open` cannot be asked."""

    placeholder: str
    is_about_files: bool = False
    way: Way = Way.DOCUMENTS
    is_open: bool = True

    @property
    def is_about_documents(self) -> bool:
        """Whether collections are searched."""
        return self.way is Way.DOCUMENTS and not self.is_about_files


def draw_ways(conversation: Conversation | None, *, has_files: bool) -> Asked:
    """Draw the choice, and why one of them is closed; a conversation goes on as it was asked last.

    The choice is made anew once files are attached, since these are what comes to mind first.
    """
    options = [FILES, DOCUMENTS, FREE] if has_files else [DOCUMENTS, FREE]
    # In a container of its own, the choice wraps on a phone instead of being cut off.
    with st.container(width="content"):
        chosen = st.segmented_control(
            "Ask",
            options,
            default=FILES if has_files else _last(conversation),
            required=True,
            key=state.way_key(conversation.id if conversation else "", has_files=has_files),
            label_visibility="collapsed",
        )
    placeholder = PLACEHOLDERS[chosen or DOCUMENTS]
    if chosen != FREE:
        return Asked(placeholder, is_about_files=chosen == FILES)
    is_open = services().chat.model_name is not None
    if not is_open:
        st.info(NEEDS_A_MODEL, icon=":material/info:")
    return Asked(placeholder, way=Way.FREE, is_open=is_open)


def _last(conversation: Conversation | None) -> str:
    answers = [m.answer for m in conversation.messages if m.answer] if conversation else []
    return FREE if answers and answers[-1].way is Way.FREE else DOCUMENTS
