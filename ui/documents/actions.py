"""Draws the actions for the selected documents."""

from collections.abc import Sequence

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState
from ingestion.values import DeletionReceipt
from ui import state, words
from ui.components.problems import shown_problems
from ui.documents.care import DESCRIBE_DOCUMENTS
from ui.documents.details import draw_details, draw_facts
from ui.documents.erasure import draw_erase_button, names_of
from ui.documents.screening_review import draw_review
from ui.resources import services

DELETE_DOCUMENTS = "delete-documents"
MOVING = (DocumentState.QUEUED, DocumentState.PARSING, DocumentState.INDEXING)


def draw_actions(user: User, selected: Sequence[DocumentOverview]) -> None:
    """Draw details and actions of one document, or actions for several."""
    if not selected:
        return
    is_readable = len(selected) == 1 and _is_readable(user, selected[0])
    with st.container(border=True, key="document-actions"):
        if len(selected) == 1:
            draw_facts(selected[0], is_readable=is_readable)
            if selected[0].state is DocumentState.QUARANTINED:
                draw_review(user, selected[0].version_id, selected[0].reason)
        else:
            st.markdown(f"**{words.count(len(selected), 'document')} selected**")
        with st.container(horizontal=True):
            _draw_moves(user, selected)
            if is_readable:
                _draw_download(selected[0])
            if len(selected) > 1:
                _draw_describe(selected)
            _draw_delete(selected)
            draw_erase_button(selected)
        if len(selected) == 1:
            draw_details(user, selected[0], is_readable=is_readable)


def _draw_moves(user: User, selected: Sequence[DocumentOverview]) -> None:
    """Draw the moves that are possible for at least one of the documents."""
    documents = services().documents
    moves = (
        ("Try again", "retry", "refresh", (DocumentState.FAILED,), documents.retry),
        ("Pause", "pause", "pause", MOVING, documents.pause),
        ("Resume", "resume", "play_arrow", (DocumentState.PAUSED,), documents.resume),
        ("Cancel", "cancel", "close", (*MOVING, DocumentState.PAUSED), documents.cancel),
    )
    for label, name, icon, states, move in moves:
        ids = [d.version_id for d in selected if d.state in states]
        if ids and st.button(label, icon=f":material/{icon}:", key=f"{name}-documents"):
            with shown_problems():
                move(user, ids)
                st.rerun()


def _draw_describe(selected: Sequence[DocumentOverview]) -> None:
    if st.button("Edit details", icon=":material/edit:", key="describe-documents"):
        state.show_dialog(DESCRIBE_DOCUMENTS, tuple(selected))
        st.rerun()


def draw_deletion(documents: Sequence[DocumentOverview]) -> None:
    """Open the dialog that says what will be gone and asks once."""
    title = f"Delete {words.count(len(documents), 'document')}"
    st.dialog(title, on_dismiss=state.close_dialog)(_ask_deletion)(documents)


def draw_deletions() -> None:
    """Draw what the last deletion removed."""
    receipts = state.deletions()
    if not receipts:
        return
    remaining = sum(receipt.remaining_chunks for receipt in receipts)
    lines = "  \n".join(
        f"{words.plain(r.title)}: {words.count(r.chunks, 'passage')} removed from both "
        f"indexes, {r.remaining_chunks:,} remain."
        for r in receipts
    )
    shown = st.warning if remaining else st.success
    shown(f"**Deleted {words.count(len(receipts), 'document')}**  \n{lines}")


def _is_readable(user: User, document: DocumentOverview) -> bool:
    readable = {collection.id for collection in services().collections.readable(user)}
    return document.state is DocumentState.READY and document.collection_id in readable


def _draw_download(document: DocumentOverview) -> None:
    """Draw a link that checks access again whenever anybody opens it."""
    st.link_button(
        "Download original", f"/original/{document.version_id}", icon=":material/download:"
    )


def _draw_delete(selected: Sequence[DocumentOverview]) -> None:
    if st.button("Delete", icon=":material/delete:", key="delete-documents"):
        state.show_dialog(DELETE_DOCUMENTS, tuple(selected))
        st.rerun()


def _ask_deletion(documents: Sequence[DocumentOverview]) -> None:
    st.markdown(names_of(documents))
    one = len(documents) == 1
    passages = words.count(sum(d.chunk_count for d in documents), "passage")
    st.write(
        f"This permanently deletes the {'original' if one else 'originals'}, the text and "
        f"{passages} in both indexes. Answers will no longer find {'it' if one else 'them'}. "
        "Earlier conversations keep the words they quoted."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", key="keep-documents"):
            state.close_dialog()
            st.rerun()
        if st.button("Delete", type="primary", key="confirm-deletion"):
            _delete(documents)


def _delete(documents: Sequence[DocumentOverview]) -> None:
    removed: list[DeletionReceipt] = []
    with shown_problems():
        user = state.require_user()
        for document in documents:
            removed.append(services().documents.delete(user, document.id))
    state.keep_deletions(removed)
    if len(removed) == len(documents):
        state.close_dialog()
        st.rerun()
    state.show_dialog(DELETE_DOCUMENTS, tuple(documents[len(removed) :]))
