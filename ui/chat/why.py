"""Explains an answer, or why there is none: what was searched, found and used."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.answers import Answer, AnswerSentence, Support, Way
from core.domain.conversations import Message
from rag.conversations.explanations import Explanation, Hit
from ui import state, words
from ui.chat import why_words
from ui.components.problems import shown_problems
from ui.resources import services


def draw_why(message: Message, answer: Answer) -> None:
    """Draw the closed panel; nothing is read from the database before it is opened."""
    title = "Why not found" if answer.abstained else "Why this answer"
    # A fragment, so that opening it interrupts no answer that is being written.
    st.fragment(_draw_panel)(message.id, title)


def _draw_panel(message_id: str, title: str) -> None:
    panel = st.expander(title, key=f"why-{message_id}", on_change="rerun")
    if panel.open:
        with panel, shown_problems():
            user = state.require_user()
            draw_explanation(services().explanations.explain(user, message_id))


def draw_explanation(explanation: Explanation) -> None:
    """Draw what can be relied on or why nothing can, what was searched and found, and how."""
    answer = explanation.answer
    if answer.abstained:
        _draw_lines("", why_words.not_found(explanation))
        st.caption(why_words.ELSEWHERE)
    if answer.sentences:
        _draw_support(answer)
    if answer.way is Way.DOCUMENTS:
        _draw_search(explanation)
        _draw_hits(explanation)
    _draw_lines("How it was answered", why_words.how_answered(explanation))


def _draw_lines(heading: str, lines: Sequence[str]) -> None:
    """Draw lines letter for letter: they hold words of people and documents."""
    with st.container(gap="xxsmall"):
        if heading:
            st.markdown(f"**{heading}**")
        for line in lines:
            st.text(line)


def _draw_search(explanation: Explanation) -> None:
    _draw_lines("What was searched", why_words.searched(explanation))
    if explanation.query:
        with st.container(gap="xxsmall"):
            st.caption(why_words.REWRITTEN)
            st.text(explanation.query)


def _draw_hits(explanation: Explanation) -> None:
    with st.container(gap="xsmall"):
        st.markdown("**What was found**")
        if explanation.hits:
            st.table(
                hit_table(explanation.hits),
                border="horizontal",
                hide_index=True,
                alt="Passages found, best first",
            )
            st.caption(why_words.SCORES)
        elif not explanation.closed_hits:
            st.text("No passages.")
        if explanation.closed_hits:
            st.caption(why_words.closed_hits(explanation.closed_hits))


def hit_table(hits: Sequence[Hit]) -> pd.DataFrame:
    """Make one row per passage, everything in words."""
    return pd.DataFrame(
        {
            "": [hit.rank for hit in hits],
            "Passage": [_passage(hit) for hit in hits],
            "Closeness": [why_words.closeness(hit) for hit in hits],
            "Keywords": [why_words.keywords(hit) for hit in hits],
            "Use": [why_words.USES[hit.use] for hit in hits],
        }
    )


def _passage(hit: Hit) -> str:
    place = hit.place.replace(" ", "\u00a0")
    return words.plain(f"{hit.document_title}, {place}")


def _draw_support(answer: Answer) -> None:
    doubtful = [s for s in answer.sentences if s.support is not Support.SUPPORTED]
    repaired = [s for s in answer.sentences if s.is_repaired]
    with st.container(gap="xsmall"):
        st.markdown(f"**{words.supported(answer)}**")
        for sentence in doubtful:
            _draw_note(sentence, words.doubt(sentence))
        if not doubtful:
            st.text("Every sentence is supported by its source.")
        if repaired:
            st.markdown(f"**{why_words.repairs(len(repaired))}**")
        for sentence in repaired:
            _draw_note(sentence, why_words.REPAIRED)


def _draw_note(sentence: AnswerSentence, note: str) -> None:
    with st.container(gap=None):
        st.text(f"“{sentence.text}”")
        st.caption(words.plain(note))
