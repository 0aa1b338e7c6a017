"""Pairs of words that knowledge gaps propose for the vocabulary."""

import streamlit as st

from core.domain.identity import User
from rag.synonym_proposals import Proposal
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import services
from ui.vocabulary import words as vocabulary_words


def draw_proposals(admin: User) -> None:
    """Draw each proposal with its evidence and the decision; nothing without one."""
    proposals = services().synonym_proposals.list_open(admin)
    if not proposals:
        return
    st.subheader("Proposals from knowledge gaps", anchor=False)
    st.caption(
        "Questions that found nothing, and the words that documents you can read use instead."
    )
    for proposal in proposals:
        _draw_proposal(admin, proposal)


def _draw_proposal(admin: User, proposal: Proposal) -> None:
    with st.container(border=True, gap="xsmall", key=f"proposal-{proposal.key[:12]}"):
        st.markdown(vocabulary_words.asked(proposal))
        st.caption(words.plain(vocabulary_words.evidence(proposal)))
        with st.container(horizontal=True), shown_problems():
            if st.button("Add to the vocabulary", key=f"accept-{proposal.key[:12]}"):
                added = services().synonym_proposals.accept(admin, proposal.key)
                state.notify(words.plain(f"Added: {added.synonyms.line}"))
                st.rerun()
            if st.button("Dismiss", type="tertiary", key=f"dismiss-{proposal.key[:12]}"):
                services().synonym_proposals.dismiss(admin, proposal.key)
                state.notify("Dismissed. It will not be proposed again.")
                st.rerun()
