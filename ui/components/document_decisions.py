"""What needs an administrator first: held back, failed, overdue for review."""

import pandas as pd
import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState
from ingestion.catalogue import DocumentFilter, Order
from ingestion.reviews import ReviewState
from ui import document_words, words
from ui.resources import services

SHOWN = 20


def draw_decisions(user: User) -> None:
    """One line that opens to the documents; nothing where nothing waits."""
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
        _draw_stuck(user, DocumentState.QUARANTINED, "Held back by the checks at the door")
        _draw_stuck(user, DocumentState.FAILED, "Failed")
        _draw_overdue(user)


def _draw_stuck(user: User, state: DocumentState, title: str) -> None:
    page = services().catalogue.page(user, DocumentFilter(state=state), limit=SHOWN)
    _draw(
        title,
        page.documents,
        page.total,
        pd.DataFrame(
            [(d.title, d.collection_name, d.reason) for d in page.documents],
            columns=["Name", "Collection", "Reason"],
        ),
    )
    ids = [d.version_id for d in page.documents]
    if state is DocumentState.FAILED and ids:
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
            [(d.title, d.owner_name or "Nobody", d.review_by) for d in page.documents],
            columns=["Name", "Owner", "Review was due"],
        ),
    )


def _draw(
    title: str, documents: tuple[DocumentOverview, ...], total: int, table: pd.DataFrame
) -> None:
    if not documents:
        return
    st.markdown(f"**{title}**")
    st.dataframe(table, hide_index=True, width="stretch", height="content", alt=title)
    if total > len(documents):
        st.caption(f"The first {len(documents)} of {words.count(total, 'document')}.")
