"""Lists the documents that a person can ask about, by collection."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from core.domain.answers import Source
from core.domain.knowledge import Collection
from core.domain.text.plurals import count
from core.storage.queries.collections import with_counts
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import DocumentRow, DocumentVersionRow
from rag.kinds.reply import Reply, items

SHOWN_COLLECTIONS = 10
SHOWN_DOCUMENTS = 25
"""Documents of each collection, the first by title."""

NO_COLLECTIONS = "You do not have access to any collections yet. Ask an administrator for access."
NO_DOCUMENTS = "There are no documents yet in the collections that you can access."


def library(session: Session, collections: Sequence[Collection]) -> Reply:
    """Return the collections with their documents and the days these were uploaded.

    The caller passes the collections that the person may read.
    """
    if not collections:
        return Reply(NO_COLLECTIONS)
    filled = [
        collection for collection in with_counts(session, collections) if collection.document_count
    ]
    if not filled:
        return Reply(NO_DOCUMENTS)
    number = count(sum(collection.document_count for collection in filled), "document")
    opening = f"You can ask about {number} in {count(len(filled), 'collection')}."
    shown = [_collection(session, collection) for collection in filled[:SHOWN_COLLECTIONS]]
    left = len(filled) - len(shown)
    ending = [f"And {count(left, 'more collection')}."] if left else []
    text = "\n\n".join((opening, *(reply.text for reply in shown), *ending))
    return Reply(text, frozenset().union(*(reply.sources for reply in shown)))


def _collection(session: Session, collection: Collection) -> Reply:
    documents = _documents(session, collection.id)
    left = collection.document_count - len(documents)
    days = {_day(uploaded_at) for _, _, uploaded_at in documents}
    is_one_day = len(days) == 1 and len(documents) > 1
    lines = [
        title if is_one_day else f"{title}, uploaded {_day(uploaded_at)}"
        for _, title, uploaded_at in documents
    ]
    name = f"{collection.name} (uploaded {days.pop()})" if is_one_day else collection.name
    description = " ".join(collection.description.split())
    heading = f"{name}: {description}" if description else f"{name}:"
    more = f"and {count(left, 'more document')}" if left > 0 else ""
    return Reply(
        f"{heading}\n\n{items(lines, more)}",
        frozenset(Source(document_id, collection.id) for document_id, _, _ in documents),
    )


def _documents(session: Session, collection_id: str) -> Sequence[tuple[str, str, datetime]]:
    """Return id, title and time of upload of the documents that can be found, by title."""
    return session.exec(
        select(DocumentRow.id, DocumentRow.title, DocumentVersionRow.uploaded_at)
        .join(DocumentVersionRow, col(DocumentVersionRow.id) == DocumentRow.current_version_id)
        .where(DocumentRow.collection_id == collection_id, is_document_on())
        .order_by(func.lower(DocumentRow.title), col(DocumentRow.id))
        .limit(SHOWN_DOCUMENTS)
    ).all()


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
