"""Ideas that say nearly the same, shown while somebody writes a new one."""

from collections.abc import Sequence

import streamlit as st

from core.domain.ideas.card import DraftFields, label_of
from core.domain.identity import User
from ideas.similar.service import SimilarIdea
from ui import state, words
from ui.idea_parts import words as idea_words
from ui.idea_parts.entries import draw_opener
from ui.resources import services

MOST_RELATED = 3
TEXT_WIDTH = 440


def draw_similar(user: User, fields: DraftFields) -> None:
    """Draw the nearest ideas, open or closed, with what became of them."""
    found = services().ideas.similar.hints(user, fields.title, fields.problem)
    close = [idea for idea in found if idea.is_close]
    related = [idea for idea in found if not idea.is_close][:MOST_RELATED]
    if not found:
        return
    with st.container(border=True, gap="small", key="similar-ideas"):
        for heading, ideas in ((_heading(close), close), ("Related ideas", related)):
            if ideas:
                st.markdown(f"**{heading}**")
                _draw_rows(user, ideas)


def _heading(close: Sequence[SimilarIdea]) -> str:
    if any(idea.is_exact for idea in close):
        return "This idea is here already"
    return "Most likely the same idea" if len(close) == 1 else "Most likely the same ideas"


def _draw_rows(user: User, ideas: Sequence[SimilarIdea]) -> None:
    for idea in ideas:
        with st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            gap="small",
        ):
            with st.container(gap=None, width=TEXT_WIDTH):
                st.markdown(words.plain(idea.title))
                votes = words.count(idea.votes, "vote")
                badge = idea_words.state_badge(idea.status)
                st.markdown(f"{badge} :small[:gray[{votes}]]")
            with st.container(horizontal=True, width="content", gap="small", wrap=False):
                if idea.takes_votes:
                    _draw_vote(user, idea)
                draw_opener(label_of(idea.number), f"similar-{idea.id}", state.open_idea, idea.id)


def _draw_vote(user: User, idea: SimilarIdea) -> None:
    if idea.has_voted:
        st.caption(":material/check: You voted for it", width="content")
    elif st.button("Vote for this one instead", wrap=False, key=f"vote-instead-{idea.id}"):
        services().ideas.support.vote(user, idea.id, is_for=True)
        state.notify("Your vote counts. What you wrote is kept as a draft under My ideas.")
        state.open_idea(idea.id)
        st.rerun()
