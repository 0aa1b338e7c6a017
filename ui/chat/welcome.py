"""Draws the empty chat: what can be asked, and four questions to start with."""

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import Collection
from ui import state, words
from ui.policy.first_steps import draw_first_steps
from ui.resources import services
from ui.state import QueuedQuestion


def draw_welcome(user: User, collections: list[Collection]) -> None:
    """Greet the person by name; draw the readable collections and starter questions."""
    first_name = user.name.split()[0] if user.name.split() else user.name
    st.header(f"What do you want to know, {words.plain(first_name)}?")
    draw_first_steps(user)
    if not collections:
        st.info(
            "You do not have access to any collections yet. Ask an administrator for access."
            if not user.is_admin
            else "No documents yet. Upload the first ones on the Documents page."
        )
        return
    st.markdown(
        "Answers come from these collections and show exactly where each statement is found:"
    )
    for collection in collections:
        documents = words.count(collection.document_count, "document")
        st.markdown(
            f"- **{words.plain(collection.name)}**, {documents}. "
            f"{words.plain(collection.description)}"
        )
    starters = services().chat.starters(user)
    if starters:
        st.caption("For example:")
    for number, starter in enumerate(starters):
        st.button(
            words.plain(starter),
            key=f"starter-{number}",
            icon=":material/arrow_forward:",
            wrap=True,
            on_click=state.queue_question,
            args=(QueuedQuestion(text=starter),),
        )
