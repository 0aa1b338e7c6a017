"""Draws the conversation an idea came from: question, answer and sources, letter for letter."""

import streamlit as st

from core.domain.answers import Citation
from core.domain.ideas.card import IdeaOrigin
from ui import words
from ui.chat.answer import draw_kept_answer


def draw_origin(origin: IdeaOrigin) -> None:
    """Draw the origin; texts of people and documents appear letter for letter."""
    _draw_part("Question", origin.question)
    with st.container(gap="xxsmall"):
        st.caption(f"Answer ({words.plain(words.engine(origin.engine))})")
        draw_kept_answer(origin)
    if origin.citations:
        _draw_part("Sources", *map(_source, origin.citations))


def _draw_part(heading: str, *texts: str) -> None:
    with st.container(gap="xxsmall"):
        st.caption(heading)
        for text in texts:
            st.text(text)


def _source(citation: Citation) -> str:
    place = f"[{citation.number}] {citation.document_title}, {words.place(citation)}"
    return f"{place}\n“{citation.quote}”"
