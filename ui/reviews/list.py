"""Draws an owner's documents that are due for review, to be read and confirmed in place."""

from datetime import timedelta

import streamlit as st

from core.domain.identity import User
from ingestion.library.reviews import today
from ingestion.library.stewardship import Details
from ui import state, words
from ui.components.problems import shown_problems
from ui.documents import words as document_words
from ui.documents.chunk_viewer import draw_passages
from ui.resources import services

SHOWN = 20
NEXT_REVIEW = timedelta(days=365)
OUTDATED = (
    "No longer correct? Send a new version to an administrator. Until then, answers that quote "
    "an overdue document say so."
)


def draw_review_list(user: User) -> None:
    """Draw the documents to review, the longest overdue first."""
    due = services().stewardship.due_reviews(user, SHOWN)
    if not due:
        st.info("Nothing is due. A document appears here 30 days before its review date.")
        return
    found = services().stewardship.count_due(user)
    first = f", showing the first {SHOWN}" if found > len(due) else ""
    st.caption(f"{words.count(found, 'document')}{first}. {OUTDATED}")
    readable = {collection.id for collection in services().collections.readable(user)}
    for details in due:
        _draw_entry(user, details, is_readable=details.collection_id in readable)


def _draw_entry(user: User, details: Details, *, is_readable: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"review-{details.document_id}"):
        st.markdown(f"**{words.plain(details.title)}**")
        st.caption(words.plain(document_words.review_of(details)))
        if is_readable and details.current_version_id:
            _draw_reading(user, details)
        _draw_confirmation(user, details)


def _draw_reading(user: User, details: Details) -> None:
    """Draw the document; nothing is read before it is opened."""
    panel = st.expander(
        "Read document",
        icon=":material/article:",
        key=f"read-{details.document_id}",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            version_id = details.current_version_id
            pages = services().documents.page(user, version_id, 1).page_count
            draw_passages(user, version_id, pages)


def _draw_confirmation(user: User, details: Details) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.date_input(
            "Next review by",
            value=today() + NEXT_REVIEW,
            format="YYYY-MM-DD",
            width=170,
            key=f"next-review-{details.document_id}",
        )
        is_right = st.button(
            "Confirm as correct",
            icon=":material/task_alt:",
            key=f"still-right-{details.document_id}",
        )
    if is_right:
        with shown_problems():
            services().stewardship.mark_reviewed(user, details.document_id, chosen)
            state.notify("Thank you. The review is recorded.")
            st.rerun()
