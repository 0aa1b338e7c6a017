"""Documents: what the answers are built from, for administrators."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentState
from ingestion.library.catalogue import DocumentFilter
from ui import state, words
from ui.components.collection_form import NEW_COLLECTION, draw_new_collection
from ui.components.problems import shown_problems
from ui.documents.actions import (
    DELETE_DOCUMENTS,
    draw_actions,
    draw_deletion,
    draw_deletions,
)
from ui.documents.care import DESCRIBE_DOCUMENTS, draw_description
from ui.documents.chat_files import draw_chat_files
from ui.documents.decisions import draw_decisions
from ui.documents.erasure import ERASE_DOCUMENTS, draw_erased, draw_erasure
from ui.documents.filter import draw_filter
from ui.documents.index_generations import draw_collection_indexes
from ui.documents.table import draw_page
from ui.documents.upload_area import draw_upload_area
from ui.documents.work import draw_work
from ui.resources import services

# The progress answers from an index at once; the list costs more and changes less.
PROGRESS_SECONDS = 2
LIST_SECONDS = 6


def page(user: User) -> None:
    """Draw upload and decisions, then the list, which follows work in progress."""
    st.title("Documents", anchor=False)
    with shown_problems():
        st.write("Upload files to make them searchable. Answers quote only these documents.")
        collections = services().collections.list_all(user)
        draw_upload_area(user, collections)
        draw_deletions()
        draw_erased()
        _draw_dialog(user)
        work = services().catalogue.work(user)
        is_moving = work is not None and work.is_moving
        st.fragment(draw_work, run_every=PROGRESS_SECONDS if is_moving else None)(is_moving)
        st.fragment(_draw_decisions)()
        st.fragment(_draw_list, run_every=LIST_SECONDS if is_moving else None)(collections)
        draw_collection_indexes(user, collections)
        draw_chat_files(user)


def _draw_dialog(user: User) -> None:
    dialog = state.open_dialog()
    if dialog is None:
        return
    if dialog.name == NEW_COLLECTION:
        draw_new_collection()
    elif dialog.name == DELETE_DOCUMENTS:
        draw_deletion(dialog.documents)
    elif dialog.name == ERASE_DOCUMENTS:
        draw_erasure(user, dialog.documents)
    elif dialog.name == DESCRIBE_DOCUMENTS:
        draw_description(dialog.documents)


def _draw_decisions() -> None:
    with shown_problems():
        draw_decisions(state.require_user())


def _draw_list(collections: Sequence[Collection]) -> None:
    with shown_problems():
        user = state.require_user()
        st.subheader("All documents", anchor=False)
        wanted, order = draw_filter(user, collections)
        counts = services().catalogue.counts(user, wanted)
        found = sum(counts.values())
        if not found:
            _draw_nothing(wanted)
            return
        st.caption(_count_line(counts, found, is_one_state=wanted.state is not None))
        draw_actions(user, draw_page(user, wanted, order, found))


def _count_line(counts: Mapping[DocumentState, int], found: int, *, is_one_state: bool) -> str:
    parts = [words.count(found, "document")]
    if not is_one_state:
        working = sum(number for state, number in counts.items() if not state.is_final)
        failed = counts.get(DocumentState.FAILED, 0)
        held = counts.get(DocumentState.QUARANTINED, 0)
        parts += [
            f"{number:,} {word}"
            for number, word in (
                (working, "in progress"),
                (failed, "failed"),
                (held, "quarantined"),
            )
            if number
        ]
    return ", ".join(parts) + ". Select a row to see its details and actions."


def _draw_nothing(wanted: DocumentFilter) -> None:
    if wanted.is_set:
        st.info("No documents match. Clear the search, or choose all collections and statuses.")
    else:
        st.info("No documents yet. Choose a collection above, add files and upload them.")
