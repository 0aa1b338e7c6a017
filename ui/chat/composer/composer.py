"""Draws the composer, with what the next question is for and why the last one was refused."""

import streamlit as st

from core.domain.conversations import Conversation
from core.domain.governance.attachments import AttachmentStanding
from core.domain.identity import User
from core.domain.knowledge import Collection
from ui import state, words
from ui.budgets import words as budget_words
from ui.chat.attached.reading import draw_reading
from ui.chat.attached.strip import asked_with_files, draw_files
from ui.chat.composer.ways import Asked, draw_ways
from ui.chat.layout import WIDTHS
from ui.resources import services
from ui.state import QueuedQuestion


def draw_composer(
    user: User,
    conversation: Conversation | None,
    collections: list[Collection],
    refusal: state.Refusal | None,
    standing: AttachmentStanding,
) -> tuple[QueuedQuestion | None, Asked]:
    """Draw the composer at the bottom of the page.

    Returns the question that was just typed, and what the next one is for.
    """
    # Always the same columns: a composer that moved would lose what is being typed.
    with st.bottom, st.columns(WIDTHS)[1]:
        asked = draw_ways(conversation, has_files=bool(standing.files))
        if len(collections) > 1 and asked.is_about_documents:
            st.pills(
                "Search in",
                [c.id for c in collections],
                format_func={c.id: words.plain(c.name) for c in collections}.__getitem__,
                selection_mode="multi",
                key="chosen-collections",
                label_visibility="collapsed",
            )
        if refusal is not None:  # beside the words it is about, however long the page is
            _draw_refusal(refusal)
        if state.edited_answer():
            _draw_editing()
        draw_reading()
        _draw_budget(user)
        draw_files(user, standing.files)
        terms = standing.terms
        typed = st.chat_input(
            asked.placeholder,
            key="composer",
            disabled=not asked.is_open,
            max_chars=4000,
            submit_mode="stop",
            accept_file="multiple" if terms.is_on else False,
            max_upload_size=terms.max_megabytes if terms.is_on else None,
        )
    if not typed:
        return None, asked
    question = QueuedQuestion(
        replaces=state.take_edited(), is_about_files=asked.is_about_files, way=asked.way
    )
    return asked_with_files(user, typed, question), asked


def _draw_budget(user: User) -> None:
    """Tell people that most of a budget is used while they can still spare it."""
    if services().chat.model_name is None:
        return
    told = budget_words.nearly_used(services().budgets.mine(user))
    if told:
        st.caption(f":material/savings: {words.plain(told)}")


def _draw_editing() -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("You are changing your last question. Its answer will be replaced.")
        st.button(
            "Leave it as it is",
            key="stop-editing",
            type="tertiary",
            icon=":material/close:",
            on_click=state.stop_editing,
        )


def _draw_refusal(refusal: state.Refusal) -> None:
    kept = " What you typed is kept below." if refusal.question.text.strip() else ""
    st.error(words.plain(f"{refusal.reason}{kept}"))
