"""Asks before long files are read: what it takes, what it costs, and whether to begin."""

import streamlit as st

from core.domain.identity import User
from rag.answering.on_files import Reading
from ui import state, words
from ui.resources import services
from ui.state import QueuedQuestion

SHOWN_TITLES = 2


def asks_first(user: User, question: QueuedQuestion) -> bool:
    """Return whether the asker is to say first that whole files are read; then remember it."""
    conversation = state.conversation_id()
    if question.may_read_all or question.again or conversation is None:
        return False
    reading = services().chat.reading(user, conversation, question.text)
    if reading is None:
        return False
    state.ask_before_reading(question, reading)
    return True


def draw_reading() -> None:
    """Draw the question that waits, what it takes, and the two ways to go on."""
    place = st.empty()  # of a fixed place, so that it is gone while the answer is written
    waiting = state.reading_to_confirm()
    if waiting is None:
        return
    question, reading = waiting
    with place.container(border=True, key="reading-to-confirm", gap="small"):
        st.text(question.text)
        st.caption(words.plain(_told(reading)))
        with st.container(horizontal=True):
            st.button(
                "Read and answer",
                type="primary",
                key="confirm-reading",
                on_click=state.confirm_reading,
            )
            st.button("Leave it", key="leave-reading", on_click=state.leave_reading)


def _told(reading: Reading) -> str:
    titles = ", ".join(f"“{title}”" for title in reading.titles[:SHOWN_TITLES])
    left = len(reading.titles) - SHOWN_TITLES
    more = f" and {words.count(left, 'more file')}" if left > 0 else ""
    requests = words.count(reading.requests, "request")
    cost = (
        "Its price is not known."
        if reading.cost_micros is None
        else f"That costs about {words.money(reading.cost_micros, reading.currency)}."
    )
    return f"{titles}{more}: reading all of it takes {requests} to the language model. {cost}"
