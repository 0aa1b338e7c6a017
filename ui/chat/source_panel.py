"""The source panel: the cited words on their page, and the way to the other sources."""

from collections.abc import Sequence

import streamlit as st

from core.domain.answers import Citation
from core.domain.conversations import Message
from core.domain.identity import User
from ui import state, words
from ui.components.highlight import draw_passage
from ui.components.problems import shown_problems
from ui.documents import words as document_words
from ui.resources import picture_address, services, source_panel_component


def draw_source_panel(user: User, messages: Sequence[Message]) -> None:
    """Draw the open citation if it belongs to one of these messages; otherwise draw nothing."""
    opened = state.open_citation()
    message = next((m for m in messages if opened and m.id == opened.message_id), None)
    if opened is None or message is None or message.answer is None:
        return
    shown = message.answer.citations or message.answer.nearest
    citation = next((c for c in shown if c.number == opened.number), None)
    if citation is None:
        return
    with st.container(border=True, key="source-panel", gap="small"):
        _header(citation)
        with shown_problems():
            _page(user, citation)
        _steps(message.id, [c.number for c in shown], citation.number)
        source_panel_component()(key="source-place", on_close_change=state.close_citation)


def _header(citation: Citation) -> None:
    with st.container(
        key="source-header",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        wrap=False,
    ):
        st.markdown(f"**{words.plain(citation.document_title)}**")
        st.button(
            "Close",
            icon=":material/close:",
            type="tertiary",
            key="close-source",
            on_click=state.close_citation,
        )


def _page(user: User, citation: Citation) -> None:
    """Return the page as this person can read it now, or say that they no longer can."""
    documents = services().documents
    page = documents.page(user, citation.version_id, citation.page)
    st.caption(words.plain(f"{page.file_name} · {words.page_place(page)}"))
    _keeping(user, citation)
    image = documents.page_image(user, citation.version_id, citation.page, citation.quote)
    if image is not None:
        st.image(
            picture_address(image),
            width="stretch",
            alt=f"Page {citation.page} with the quote highlighted",
        )
    else:
        draw_passage(page.text, citation.quote, key=f"passage-{citation.number}")


def _keeping(user: User, citation: Citation) -> None:
    """Draw owner, classification and age, and mark what is overdue for review or replaced."""
    kept = services().documents.provenance(user, [citation.version_id]).get(citation.version_id)
    if kept is None:
        return
    st.caption(words.plain(document_words.keeping(kept)))
    if kept.is_stale:
        note = document_words.stale(kept)
        st.badge(note[0].upper() + note[1:], icon=":material/history:", color="orange")


def _steps(message_id: str, numbers: list[int], number: int) -> None:
    place = numbers.index(number)
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.button(
            "Previous",
            disabled=place == 0,
            key="previous-source",
            on_click=state.show_citation,
            args=(message_id, numbers[max(place - 1, 0)]),
        )
        st.caption(f"Source {number} of {len(numbers)}", width="content")
        st.button(
            "Next",
            disabled=place == len(numbers) - 1,
            key="next-source",
            on_click=state.show_citation,
            args=(message_id, numbers[min(place + 1, len(numbers) - 1)]),
        )
