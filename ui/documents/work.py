"""Draws the progress of uploads, and the buttons that pause, resume or cancel them."""

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentState
from ingestion.library.catalogue import WorkInHand
from ui import state
from ui.components.problems import shown_problems
from ui.documents import words as document_words
from ui.resources import services

WAITING = (DocumentState.QUEUED, DocumentState.PARSING, DocumentState.INDEXING)


def draw_work(was_moving: bool) -> None:
    """Draw the progress of all unfinished uploads; nothing if all are finished."""
    with shown_problems():
        user = state.require_user()
        work = services().catalogue.work(user)
        # A run of the whole page would empty what is typed in a dialog.
        if was_moving and state.open_dialog() is None and not (work and work.is_moving):
            st.rerun()
        if work is not None:
            with st.container(border=True, key="work-in-hand"):
                st.progress(work.progress, text=document_words.work(work))
                with st.container(horizontal=True):
                    _draw_buttons(user, work)


def _draw_buttons(user: User, work: WorkInHand) -> None:
    """Draw the buttons; they rerun the whole page, since they start or end the polling."""
    documents, catalogue = services().documents, services().catalogue
    if work.is_moving and st.button("Pause", icon=":material/pause:", key="pause-all"):
        documents.pause(user, catalogue.unfinished_ids(user, *WAITING))
        st.rerun()
    is_paused = bool(work.counts.get(DocumentState.PAUSED))
    if is_paused and st.button("Resume", icon=":material/play_arrow:", key="resume-all"):
        documents.resume(user, catalogue.unfinished_ids(user, DocumentState.PAUSED))
        st.rerun()
    waits = is_paused or bool(work.counts.get(DocumentState.QUEUED))
    if waits and st.button("Cancel waiting uploads", icon=":material/close:", key="cancel-all"):
        waiting = (DocumentState.QUEUED, DocumentState.PAUSED)
        documents.cancel(user, catalogue.unfinished_ids(user, *waiting))
        st.rerun()
