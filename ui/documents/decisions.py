"""Lists what needs an administrator first: quarantined, failed, overdue for review."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState
from ingestion.library.catalogue import DocumentFilter, Order
from ingestion.library.reviews import ReviewState
from ingestion.values import HeldVersion
from ui import words
from ui.documents import words as document_words
from ui.documents.screening_review import draw_review
from ui.resources import services

SHOWN = 20


def draw_decisions(user: User) -> None:
    """Draw one line that opens to the documents; nothing if no decision is waiting."""
    waiting = services().catalogue.decisions(user)
    if not waiting.total:
        return
    opened = st.expander(
        document_words.decisions(waiting),
        icon=":material/assignment_late:",
        key="decisions",
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened:
        _draw_held(user)
        _draw_failed(user)
        _draw_overdue(user)


def _draw_held(user: User) -> None:
    """Draw the quarantined documents; each can be selected and decided on the spot."""
    quarantine = services().lifecycle.quarantine
    held = quarantine.held(user, limit=SHOWN)
    if not held:
        return
    st.markdown("**Quarantined by the upload checks**")
    event = st.dataframe(
        _held_table(held),
        hide_index=True,
        width="stretch",
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        key=f"held-{held[0].version_id}-{len(held)}",
        alt="Quarantined documents",
    )
    _draw_rest(len(held), quarantine.count(user))
    rows = event["selection"]["rows"]
    if rows and rows[0] < len(held):
        chosen = held[rows[0]]
        draw_review(user, chosen.version_id, chosen.reason, place="decisions")
    else:
        st.caption("Select a document to see the findings and to release or reject it.")


def _held_table(held: Sequence[HeldVersion]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": [one.title for one in held],
            "Findings": [words.count(len(one.findings), "finding") for one in held],
            "Collection": [one.collection_name for one in held],
            "Uploaded by": [one.uploaded_by or "Terminal" for one in held],
            "Reason": [one.reason for one in held],
        }
    )


def _draw_failed(user: User) -> None:
    wanted = DocumentFilter(state=DocumentState.FAILED)
    page = services().catalogue.page(user, wanted, limit=SHOWN)
    _draw(
        "Failed",
        page.documents,
        page.total,
        pd.DataFrame(
            [(d.title, d.collection_name, d.reason) for d in page.documents],
            columns=["Name", "Collection", "Reason"],
        ),
    )
    ids = [d.version_id for d in page.documents]
    if ids:
        label = f"Try these {len(ids)} again" if len(ids) > 1 else "Try again"
        if st.button(label, icon=":material/refresh:", key="retry-failed"):
            services().documents.retry(user, ids)
            st.rerun()


def _draw_overdue(user: User) -> None:
    wanted = DocumentFilter(review=ReviewState.OVERDUE)
    page = services().catalogue.page(user, wanted, order=Order.REVIEW, limit=SHOWN)
    _draw(
        "Overdue for review",
        page.documents,
        page.total,
        pd.DataFrame(
            [(d.title, d.owner_name or "No owner", d.review_by) for d in page.documents],
            columns=["Name", "Owner", "Review due"],
        ),
    )


def _draw(
    title: str, documents: tuple[DocumentOverview, ...], total: int, table: pd.DataFrame
) -> None:
    if not documents:
        return
    st.markdown(f"**{title}**")
    st.dataframe(table, hide_index=True, width="stretch", height="content", alt=title)
    _draw_rest(len(documents), total)


def _draw_rest(shown: int, total: int) -> None:
    if total > shown:
        st.caption(f"Showing the first {shown} of {words.count(total, 'document')}.")
