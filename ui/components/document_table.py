"""The table of documents with its filters and pages."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentOverview, DocumentState
from ui import words
from ui.components.times import time_zone
from ui.resources import services

PER_PAGE = 50
ROWS_IN_VIEW = 12
HEIGHT = 35 * (ROWS_IN_VIEW + 1) + 2  # rows are 35 pixels high, the header is one of them

COLOURS = {
    DocumentState.QUEUED: "gray",
    DocumentState.PARSING: "blue",
    DocumentState.INDEXING: "blue",
    DocumentState.READY: "green",
    DocumentState.FAILED: "red",
    DocumentState.QUARANTINED: "orange",
    DocumentState.REJECTED: "gray",
    DocumentState.PAUSED: "gray",
    DocumentState.CANCELLED: "gray",
}


STATE_LABELS: dict[str, str] = {"": "All states"} | {
    state.value: label for state, label in words.DOCUMENT_STATES.items()
}


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents are listed."""

    collection_id: str | None = None
    state: DocumentState | None = None
    search: str = ""

    @property
    def is_set(self) -> bool:
        return self != DocumentFilter()


def draw_filter(collections: Sequence[Collection]) -> DocumentFilter:
    """Search, collection and state in one row."""
    search, collection, state = st.columns([2, 1, 1])
    names = {c.id: c.name for c in collections}
    text = search.text_input("Search by name", key="documents-search")
    collection_id = collection.selectbox(
        "Collection",
        ["", *names],
        format_func={"": "All collections", **names}.__getitem__,
        key="documents-collection",
    )
    chosen = state.selectbox(
        "State",
        list(STATE_LABELS),
        format_func=STATE_LABELS.__getitem__,
        key="documents-state",
    )
    return DocumentFilter(
        collection_id or None, DocumentState(chosen) if chosen else None, text or ""
    )


def count(user: User, wanted: DocumentFilter, state: DocumentState | None = None) -> int:
    """How many documents the filter lets through; in one state, if given."""
    documents = services().documents
    return documents.count(
        user, wanted.collection_id, state=state or wanted.state, search=wanted.search
    )


def draw_page(user: User, wanted: DocumentFilter, found: int) -> list[DocumentOverview]:
    """One page of documents; returns the selected ones."""
    pages = -(-found // PER_PAGE)
    number = st.pagination(pages, key=f"documents-page-{pages}") if pages > 1 else 1
    documents = services().documents.list(
        user,
        wanted.collection_id,
        state=wanted.state,
        search=wanted.search,
        limit=PER_PAGE,
        offset=(number - 1) * PER_PAGE,
    )
    return _draw_table(documents)


def _draw_table(documents: Sequence[DocumentOverview]) -> list[DocumentOverview]:
    event = st.dataframe(
        document_table(documents),
        hide_index=True,
        width="stretch",
        height="content" if len(documents) <= ROWS_IN_VIEW else HEIGHT,
        column_config=_columns(),
        on_select="rerun",
        selection_mode="multi-row",
        key=table_key(documents),
        alt="Documents with their state",
    )
    return [documents[row] for row in event["selection"]["rows"] if row < len(documents)]


def table_key(documents: Sequence[DocumentOverview]) -> str:
    """Changes with the rows shown, so that a selection never moves to another document."""
    ids = "".join(document.version_id for document in documents)
    return f"documents-{hashlib.sha256(ids.encode()).hexdigest()[:12]}"


def document_table(documents: Sequence[DocumentOverview]) -> pd.DataFrame:
    """One row per document, in the order given."""
    return pd.DataFrame(
        {
            "Name": [d.title for d in documents],
            "State": [[words.DOCUMENT_STATES[d.state]] for d in documents],
            "Progress": [d.progress for d in documents],
            "Collection": [d.collection_name for d in documents],
            "Pages": [d.page_count for d in documents],
            "Passages": [d.chunk_count for d in documents],
            "Size": [d.size_bytes for d in documents],
            "Version": [d.version for d in documents],
            "Uploaded by": [d.uploaded_by or "Terminal" for d in documents],
            "Uploaded at": [d.uploaded_at for d in documents],
            "File": [d.file_name for d in documents],
        }
    )


def _columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    return {
        "Name": column.TextColumn(width="medium"),
        "State": column.MultiselectColumn(
            options=[words.DOCUMENT_STATES[state] for state in COLOURS],
            color=list(COLOURS.values()),
            width="small",
        ),
        "Progress": column.ProgressColumn(
            min_value=0.0, max_value=1.0, format="percent", width=110
        ),
        "Size": column.NumberColumn(format="bytes"),
        "Uploaded at": column.DatetimeColumn(format="D MMM YYYY, HH:mm", timezone=time_zone()),
    }
