"""Vocabulary: other words for the same thing, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui.components.problems import shown_problems
from ui.resources import services
from ui.vocabulary import words as vocabulary_words
from ui.vocabulary.adding import draw_adding
from ui.vocabulary.files import draw_files
from ui.vocabulary.list import draw_sets
from ui.vocabulary.proposals import draw_proposals

READABLE_WIDTH = 1000


def page(user: User) -> None:
    """Draw proposals, a place for new sets, all sets, and files of sets."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Vocabulary", anchor=False)
        st.write(vocabulary_words.INTRODUCTION)
        sets = services().synonym_sets.list_all(user)
        if not services().synonym_sets.is_in_use:
            st.warning(vocabulary_words.NOT_IN_USE)
        draw_proposals(user)
        draw_adding(user, sum(not listed.is_shipped for listed in sets))
        draw_sets(user, sets)
        draw_files(user, hash(tuple((listed.key, listed.is_active) for listed in sets)))
