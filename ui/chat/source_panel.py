"""The source panel: the cited words on their page, and the way to the other sources."""

from collections.abc import Sequence

import streamlit as st

from core.domain.answers import Answer, Citation
from core.domain.conversations import Message
from core.domain.governance.policy import Step
from core.domain.identity import User
from ui import state, words
from ui.chat.card_tree import shown_numbers
from ui.chat.source_view import draw_source_pages, quoted
from ui.components.problems import shown_problems
from ui.documents import words as document_words
from ui.policy.first_steps import note_step
from ui.resources import services, source_panel_component


def draw_source_panel(user: User, messages: Sequence[Message]) -> None:
    """Draw the open citation if it belongs to one of these messages; otherwise draw nothing."""
    opened = state.open_citation()
    message = next((m for m in messages if opened and m.id == opened.message_id), None)
    if opened is None or message is None or message.answer is None:
        return
    sources = sources_of(message.answer)
    citation = sources.get(opened.number)
    if citation is None:
        return
    note_step(user, Step.SOURCE_OPENED)
    with st.container(border=True, key="source-panel", gap="small"):
        _header(user, citation)
        with st.container(key="source-view"):
            draw_source_pages(citation, quoted(message.answer, citation))
        _steps(message, list(sources), citation.number)
        source_panel_component()(
            key="source-place",
            data={"opening": opened.opening, "name": f"Source: {citation.document_title}"},
            on_close_change=state.close_citation,
        )


def sources_of(answer: Answer) -> dict[int, Citation]:
    """Return by number what can be opened from an answer, in the order in which it is shown."""
    if not answer.citations:
        return {citation.number: citation for citation in answer.nearest}
    cited = {citation.number: citation for citation in answer.citations}
    on_cards = {card.number for card in answer.cards} & cited.keys()
    shown = [number for number in shown_numbers(answer) if number in on_cards or not on_cards]
    return {number: cited[number] for number in shown}


def _header(user: User, citation: Citation) -> None:
    with st.container(key="source-header", gap="xxsmall"):
        with st.container(
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
        with shown_problems():
            _keeping(user, citation)


def _keeping(user: User, citation: Citation) -> None:
    """Draw version, owner and age, mark what is overdue or replaced, and offer the original."""
    documents = services().documents
    kept = documents.provenance(user, [citation.version_id]).get(citation.version_id)
    if kept is None:
        return
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="top"):
        lines = (
            document_words.origin(citation.file_name, kept),
            document_words.keeping(kept),
        )
        st.caption("  \n".join(map(words.plain, lines)))
        if documents.keeps_original(user, citation.version_id):
            st.link_button(
                "Open original",
                _original(citation),
                icon=":material/open_in_new:",
                type="tertiary",
                help="Opens PDF files and images in a new tab; saves all other files.",
            )
    if kept.is_stale:
        note = document_words.stale(kept)
        st.badge(note[0].upper() + note[1:], icon=":material/history:", color="orange")


def _original(citation: Citation) -> str:
    """Return the protected address of the file, at the cited page in viewers that know pages."""
    return f"/original/{citation.version_id}?view#page={citation.page}"


def _steps(message: Message, numbers: list[int], number: int) -> None:
    if len(numbers) < 2:
        return
    place = numbers.index(number)
    with st.container(
        key="source-steps",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        st.button(
            "Previous source",
            icon=":material/arrow_back:",
            type="tertiary",
            disabled=place == 0,
            key="previous-source",
            on_click=state.show_citation,
            args=(message.id, numbers[max(place - 1, 0)]),
        )
        st.caption(f"{place + 1} of {len(numbers)}", width="content")
        st.button(
            "Next source",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            disabled=place == len(numbers) - 1,
            key="next-source",
            on_click=state.show_citation,
            args=(message.id, numbers[min(place + 1, len(numbers) - 1)]),
        )
