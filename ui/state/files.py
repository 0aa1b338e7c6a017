"""Files of the open conversation: those that were refused, and whether it asks them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import streamlit as st

from ingestion.values import Receipt
from rag.answering.on_files import Reading
from ui.state.conversations import QueuedQuestion, conversation_id, queue_question, retype

FILES = "files"
_REFUSED = "refused_files"
_READING = "reading_to_confirm"


def keep_refused_files(conversation_id: str, receipts: Sequence[Receipt]) -> None:
    """Remember which files were refused, until the next ones are attached or this is closed."""
    st.session_state[_REFUSED] = conversation_id, tuple(receipts)


def refused_files(conversation_id: str) -> Sequence[Receipt]:
    """Return the files that were refused last in this conversation."""
    found = cast("tuple[str, Sequence[Receipt]]", st.session_state.get(_REFUSED, ("", ())))
    return found[1] if found[0] == conversation_id else ()


def forget_refused_files() -> None:
    """Close the list of refused files."""
    st.session_state.pop(_REFUSED, None)


def ask_before_reading(question: QueuedQuestion, reading: Reading) -> None:
    """Remember a question until its asker says whether whole files are read for it."""
    st.session_state[_READING] = conversation_id(), question, reading


def reading_to_confirm() -> tuple[QueuedQuestion, Reading] | None:
    """Return the question of the open conversation that waits for its asker, with what it takes."""
    found = st.session_state.get(_READING)
    return (found[1], found[2]) if found and found[0] == conversation_id() else None


def confirm_reading() -> None:
    """Ask the question that waits."""
    if (waiting := reading_to_confirm()) is not None:
        queue_question(replace(waiting[0], may_read_all=True))
    st.session_state.pop(_READING, None)


def leave_reading() -> None:
    """Ask nothing, and put the question back to where it was typed."""
    if (waiting := reading_to_confirm()) is not None:
        retype(waiting[0].text)
    st.session_state.pop(_READING, None)


def files_key(conversation: str) -> str:
    """Return the key of the switch between documents and files of a conversation."""
    return f"asks-{conversation}"


def asks_files() -> bool:
    """Tell whether the switch of the open conversation stands at its files."""
    return bool(st.session_state.get(files_key(conversation_id() or "")) == FILES)
