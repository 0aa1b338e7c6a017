"""The source panel: the cited words on their page, and the way to the other sources."""

import streamlit as st

from core.domain.answers import Answer, Citation
from core.domain.conversations import Conversation
from core.domain.identity import User
from core.errors import SandboxError
from ui import state, words
from ui.components.highlight import draw_passage
from ui.resources import services


def draw_source_panel(user: User, conversation: Conversation) -> None:
    """The open citation; nothing if the answer or the citation is gone."""
    opened = state.open_citation()
    message = next((m for m in conversation.messages if opened and m.id == opened.message_id), None)
    if opened is None or message is None or message.answer is None:
        return
    shown = message.answer.citations or message.answer.nearest
    citation = next((c for c in shown if c.number == opened.number), None)
    if citation is None:
        return
    with st.container(border=True, key="source-panel"):
        _header(citation)
        _page(user, citation)
        _steps(message.id, message.answer, citation)


def _header(citation: Citation) -> None:
    title, close = st.columns([6, 1], vertical_alignment="top")
    title.markdown(f"**{words.plain(citation.document_title)}**")
    title.caption(words.plain(f"{citation.file_name} · {words.place(citation)}"))
    close.button(
        "Close",
        icon=":material/close:",
        type="tertiary",
        key="close-source",
        on_click=state.close_citation,
    )


def _page(user: User, citation: Citation) -> None:
    try:
        page = services().documents.page(user, citation.version_id, citation.page)
        image = services().documents.page_image(
            user, citation.version_id, citation.page, citation.quote
        )
    except SandboxError as problem:
        st.info(str(problem))
        st.markdown(f"> {words.plain(citation.quote)}")
        return
    if image is not None:
        st.image(image, caption=f"Page {citation.page}", width="stretch")
    else:
        draw_passage(page.text, citation.quote, key=f"passage-{citation.number}")


def _steps(message_id: str, answer: Answer, citation: Citation) -> None:
    numbers = [c.number for c in (answer.citations or answer.nearest)]
    place = numbers.index(citation.number)
    before, middle, after = st.columns([1, 2, 1], vertical_alignment="center")
    if before.button("Previous", disabled=place == 0, key="previous-source", width="stretch"):
        state.show_citation(message_id, numbers[place - 1])
        st.rerun()
    middle.caption(f"Source {citation.number} of {len(numbers)}", text_alignment="center")
    if after.button("Next", disabled=place == len(numbers) - 1, key="next-source", width="stretch"):
        state.show_citation(message_id, numbers[place + 1])
        st.rerun()
