"""Adds a set of synonyms, and shows what a question is searched with."""

import streamlit as st

from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import services
from ui.vocabulary import words as vocabulary_words


def draw_adding(admin: User, own_sets: int) -> None:
    """Draw the field for a new set, which empties itself once it is added, and the preview."""
    st.subheader("Add words", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        line = st.text_input(
            "Words for the same thing",
            placeholder=vocabulary_words.PLACEHOLDER,
            help=vocabulary_words.HELP,
            key=f"new-set-{own_sets}",
        )
        is_asked = st.button("Add", type="primary", key="add-set")
    with shown_problems():
        if is_asked:
            _add(admin, line or "")
        elif line:
            _draw_overlap(admin, line)
    _draw_preview(admin, line or "")


def _add(admin: User, line: str) -> None:
    added = services().synonym_sets.add(admin, line)
    state.notify(words.plain(f"Added: {added.synonyms.line}. It counts from the next question on."))
    st.rerun()


def _draw_overlap(admin: User, line: str) -> None:
    sets = services().synonym_sets.overlapping(admin, line)
    if sets:
        st.caption(words.plain(vocabulary_words.overlap(sets)))


def _draw_preview(admin: User, line: str) -> None:
    question = st.text_input(
        "Try a question",
        placeholder="How much is the parking fee?",
        help=vocabulary_words.TRY_HELP,
        key="try-question",
    )
    if not question:
        return
    with shown_problems():
        expansions = services().synonym_sets.preview(admin, question, line)
        if not expansions:
            st.caption(vocabulary_words.NO_SYNONYMS)
            return
        st.caption("This question is also searched with:")
        st.markdown("\n".join(f"- {vocabulary_words.also(one)}" for one in expansions))
