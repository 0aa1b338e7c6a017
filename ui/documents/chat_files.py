"""What people may attach to their chats, which nobody but them can read."""

import streamlit as st

from core.domain.governance.attachments import (
    MOST_DAYS,
    MOST_FILES,
    MOST_MEGABYTES,
    AttachmentTerms,
    AttachmentTotals,
)
from core.domain.identity import User
from core.domain.knowledge import Sensitivity
from ui import state, words
from ui.components.problems import shown_problems
from ui.documents.words import CLASSES
from ui.resources import services

INTRODUCTION = (
    "People can ask files of their own in a chat. Only that person reads them, in that chat; they "
    "pass the checks of uploads and are erased with the chat. You see numbers only."
)
CLASS_HELP = (
    "The language model gets passages of these files only if it may receive this class. A change "
    "counts at once, also for files that are attached already."
)


def draw_chat_files(user: User) -> None:
    """Draw the terms of attached files once the section is opened."""
    place = st.expander(
        "Files in chats", icon=":material/attach_file:", key="chat-files", on_change="rerun"
    )
    if place.open:
        with place, shown_problems():
            st.caption(INTRODUCTION)
            st.caption(_told(services().attachment_rules.totals(user)))
            _draw_terms(user, services().attachment_rules.current(user))


def _told(totals: AttachmentTotals) -> str:
    if not totals.files:
        return "No file is attached to a chat now."
    chats = words.count(totals.conversations, "chat")
    return f"{words.count(totals.files, 'file')} in {chats}, {words.size(totals.size_bytes)}."


def _draw_terms(user: User, now: AttachmentTerms) -> None:
    with st.form("attachment-terms", border=False):
        is_on = st.toggle("People can attach files", value=now.is_on)
        classes = list(Sensitivity)
        classification = st.selectbox(
            "They count as",
            classes,
            index=classes.index(now.classification),
            format_func=CLASSES.__getitem__,
            help=CLASS_HELP,
        )
        left, middle, right = st.columns(3)
        with left:
            megabytes = st.number_input(
                "Largest file, MB", 1, MOST_MEGABYTES, now.max_megabytes, step=1
            )
        with middle:
            files = st.number_input(
                "Files in a chat", 1, MOST_FILES, now.max_files, step=1, key="files-in-a-chat"
            )
        with right:
            days = st.number_input(
                "Days kept",
                0,
                MOST_DAYS,
                now.days_kept,
                step=1,
                help="0 keeps a file as long as its chat.",
            )
        chosen = AttachmentTerms(is_on, classification, int(megabytes), int(files), int(days))
        if st.form_submit_button("Save", type="primary", key="save-chat-files"):
            services().attachment_rules.change(user, chosen)
            state.notify("Saved. It counts from now on.")
            st.rerun()
