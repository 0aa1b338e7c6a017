"""Draws what to ask next, under the latest answer."""

from collections.abc import Sequence

import streamlit as st

from ui import state, words
from ui.state import QueuedQuestion


def draw_suggestions(message_id: str, questions: Sequence[str]) -> None:
    """Draw the questions suggested under an answer; a click asks one."""
    if not questions:
        return
    with st.container(gap="xxsmall"):
        st.caption("You could ask next:")
        for number, question in enumerate(questions):
            st.button(
                words.plain(question),
                key=f"next-{message_id}-{number}",
                type="tertiary",
                icon=":material/arrow_forward:",
                wrap=True,
                on_click=state.queue_question,
                args=(QueuedQuestion(text=question),),
            )
