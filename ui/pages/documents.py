"""Documents: what the answers are built from, for administrators."""

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentState
from ui import state, words
from ui.components.collection_form import NEW_COLLECTION, draw_new_collection
from ui.components.document_actions import (
    DELETE_DOCUMENTS,
    draw_actions,
    draw_deletion,
    draw_deletions,
)
from ui.components.document_table import DocumentFilter, count, draw_filter, draw_page
from ui.components.problems import shown_problems
from ui.components.upload_area import draw_upload_area
from ui.resources import services

POLL_SECONDS = 2
UNFINISHED = [one for one in DocumentState if not one.is_final]


def page() -> None:
    """Upload, then the list, which follows the work while something is unfinished."""
    user = state.require_user()
    st.title("Documents", anchor=False)
    with shown_problems():
        st.write("Files become searchable passages here. Answers quote nothing else.")
        draw_upload_area(user)
        draw_deletions()
        _draw_dialog()
        is_working = _is_working(user)
        st.fragment(_draw_list, run_every=POLL_SECONDS if is_working else None)(is_working)


def _draw_dialog() -> None:
    dialog = state.open_dialog()
    if dialog is not None and dialog.name == NEW_COLLECTION:
        draw_new_collection()
    elif dialog is not None and dialog.name == DELETE_DOCUMENTS:
        draw_deletion(dialog.documents)


def _draw_list(was_working: bool) -> None:
    with shown_problems():
        user = state.require_user()
        # A run of the whole page stops the asking; it would empty what is typed in a dialog.
        if was_working and state.open_dialog() is None and not _is_working(user):
            st.rerun()
        st.subheader("All documents", anchor=False)
        wanted = draw_filter(services().collections.list_all(user))
        found = count(user, wanted)
        if not found:
            _draw_nothing(wanted)
            return
        st.caption(_count_line(user, wanted, found))
        draw_actions(user, draw_page(user, wanted, found))


def _is_working(user: User) -> bool:
    return any(count(user, DocumentFilter(), one) for one in UNFINISHED)


def _count_line(user: User, wanted: DocumentFilter, found: int) -> str:
    parts = [words.count(found, "document")]
    if wanted.state is None:
        working = sum(count(user, wanted, one) for one in UNFINISHED)
        failed = count(user, wanted, DocumentState.FAILED)
        held = count(user, wanted, DocumentState.QUARANTINED)
        parts += [
            f"{number} {word}"
            for number, word in ((working, "in work"), (failed, "failed"), (held, "held back"))
            if number
        ]
    return ", ".join(parts) + ". Select a row to see what can be done with it."


def _draw_nothing(wanted: DocumentFilter) -> None:
    if wanted.is_set:
        st.info("No document matches. Clear the search, or choose all collections and states.")
    else:
        st.info("No documents yet. Choose a collection above, add files and upload them.")
