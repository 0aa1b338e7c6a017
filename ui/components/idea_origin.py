"""The chat an idea came from: question, answer and sources, letter for letter."""

import streamlit as st

from core.domain.answers import Citation
from core.domain.ideas import IdeaOrigin
from ui import words


def draw_origin(origin: IdeaOrigin) -> None:
    """Nothing here is interpreted: texts of people and documents appear as they were written."""
    with st.container(border=True, key="idea-origin"):
        st.caption("Question")
        st.markdown(words.plain(origin.question))
        st.caption(f"Answer ({words.plain(words.engine(origin.engine))})")
        st.markdown(words.plain(origin.answer))
        if origin.citations:
            st.caption("Sources")
        for citation in origin.citations:
            _draw_source(citation)


def _draw_source(citation: Citation) -> None:
    title = words.plain(f"[{citation.number}] {citation.document_title}")
    st.markdown(f"**{title}**, {words.place(citation)}  \n“{words.plain(citation.quote)}”")
