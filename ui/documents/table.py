"""The table of documents, page by page."""

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState
from ingestion.library.catalogue import DocumentFilter, Order
from ingestion.library.fitness import Fitness, Reliability
from ui import words
from ui.components.times import time_zone
from ui.documents import words as document_words
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
RELIABILITY_COLOURS = {
    Reliability.GOOD: "green",
    Reliability.LOOK: "orange",
    Reliability.POOR: "red",
}


def draw_page(
    user: User, wanted: DocumentFilter, order: Order, found: int
) -> list[DocumentOverview]:
    """Draw one page of documents; return the selected ones."""
    pages = -(-found // PER_PAGE)
    number = st.pagination(pages, key=f"documents-page-{pages}") if pages > 1 else 1
    documents = services().catalogue.list(
        user, wanted, order=order, limit=PER_PAGE, offset=(number - 1) * PER_PAGE
    )
    fitness = services().stewardship.fitness(user, [d.id for d in documents])
    return _draw_table(documents, fitness)


def _draw_table(
    documents: Sequence[DocumentOverview], fitness: Mapping[str, Fitness]
) -> list[DocumentOverview]:
    event = st.dataframe(
        document_table(documents, fitness),
        hide_index=True,
        width="stretch",
        height="content" if len(documents) <= ROWS_IN_VIEW else HEIGHT,
        column_config=_columns(),
        on_select="rerun",
        selection_mode="multi-row",
        key=table_key(documents),
        alt="Documents with their status",
    )
    return [documents[row] for row in event["selection"]["rows"] if row < len(documents)]


def table_key(documents: Sequence[DocumentOverview]) -> str:
    """Return a key that changes with the rows, so a selection never moves to another document."""
    ids = "".join(document.version_id for document in documents)
    return f"documents-{hashlib.sha256(ids.encode()).hexdigest()[:12]}"


def document_table(
    documents: Sequence[DocumentOverview], fitness: Mapping[str, Fitness]
) -> pd.DataFrame:
    """Make one row per document, in the order given."""
    return pd.DataFrame(
        {
            "Name": [d.title for d in documents],
            "Status": [[words.DOCUMENT_STATES[d.state]] for d in documents],
            "Progress": [d.progress for d in documents],
            "Reliability": [_reliability(d, fitness) for d in documents],
            "Collection": [d.collection_name for d in documents],
            "Owner": [d.owner_name for d in documents],
            "Classification": [document_words.CLASSES[d.classification] for d in documents],
            "Review by": [d.review_by for d in documents],
            "Pages": [d.page_count for d in documents],
            "Passages": [d.chunk_count for d in documents],
            "Size": [d.size_bytes for d in documents],
            "Version": [d.version for d in documents],
            "Uploaded by": [d.uploaded_by or "Terminal" for d in documents],
            "Uploaded at": [d.uploaded_at for d in documents],
            "File": [d.file_name for d in documents],
        }
    )


def _reliability(document: DocumentOverview, fitness: Mapping[str, Fitness]) -> list[str]:
    """Return the reliability in a word; empty while the document is read for the first time."""
    found = fitness.get(document.id)
    is_read = document.state is DocumentState.READY
    return [document_words.RELIABILITY[found.reliability]] if found and is_read else []


def _columns() -> dict[str, ColumnConfig]:
    column = st.column_config
    return {
        "Name": column.TextColumn(width="medium"),
        "Status": column.MultiselectColumn(
            options=[words.DOCUMENT_STATES[state] for state in COLOURS],
            color=list(COLOURS.values()),
            width=115,
        ),
        "Progress": column.ProgressColumn(
            min_value=0.0, max_value=1.0, format="percent", width=110
        ),
        "Reliability": column.MultiselectColumn(
            options=[document_words.RELIABILITY[one] for one in RELIABILITY_COLOURS],
            color=list(RELIABILITY_COLOURS.values()),
            width=115,
        ),
        "Review by": column.DateColumn(format="D MMM YYYY"),
        "Size": column.NumberColumn(format="bytes"),
        "Uploaded at": column.DatetimeColumn(format="D MMM YYYY, HH:mm", timezone=time_zone()),
    }
