"""Reads documents by name and the passages of their versions, where they may be read."""

from collections.abc import Collection as Ids
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, or_, select

from core.domain.knowledge import Chunk, DocumentState
from core.storage.queries.chunks import passages_of
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import DocumentRow, DocumentVersionRow


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document that can be found, with the version that answers."""

    id: str
    collection_id: str
    title: str
    version_id: str
    file_name: str
    number: int
    page_count: int
    uploaded_at: datetime


def count_waiting(session: Session) -> int:
    """Return how many versions are not in a final state, but not paused either."""
    at_work = [
        state.value
        for state in DocumentState
        if not state.is_final and state is not DocumentState.PAUSED
    ]
    return session.exec(
        select(func.count()).where(col(DocumentVersionRow.state).in_(at_work))
    ).one()


def documents_named(
    session: Session, collection_ids: Ids[str], beginnings: Ids[str], *, limit: int
) -> list[NamedDocument]:
    """Return the documents with words that begin like this in their title or file name, by title.

    Without `beginnings`, they are all that the collections have; at most `limit` in either case.
    """
    parts = [
        field.icontains(beginning, autoescape=True)
        for beginning in beginnings
        for field in (col(DocumentRow.title), col(DocumentVersionRow.file_name))
    ]
    query = (
        select(DocumentRow, DocumentVersionRow)
        .join(DocumentVersionRow, col(DocumentVersionRow.id) == DocumentRow.current_version_id)
        .where(col(DocumentRow.collection_id).in_(collection_ids), is_document_on())
        .order_by(col(DocumentRow.title), col(DocumentRow.id))
        .limit(limit)
    )
    rows = session.exec(query.where(or_(*parts)) if parts else query).all()
    return [_named(document, version) for document, version in rows]


def _named(document: DocumentRow, version: DocumentVersionRow) -> NamedDocument:
    return NamedDocument(
        document.id,
        document.collection_id,
        document.title,
        version.id,
        version.file_name,
        version.number,
        version.page_count,
        version.uploaded_at,
    )


def passages_in_order(
    session: Session, document: NamedDocument, collection_ids: Ids[str], *, limit: int
) -> list[Chunk]:
    """Return the first passages of the version that answers, as they follow each other."""
    return passages_of(session, document.version_id, collection_ids, is_ready=True, limit=limit)


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """The version that answered before, with its passages as they follow each other."""

    number: int
    uploaded_at: datetime
    passages: tuple[Chunk, ...]


def version_before(
    session: Session, document: NamedDocument, collection_ids: Ids[str], *, limit: int
) -> EarlierVersion | None:
    """Return the version that the current one replaced, None if there is none to be shown.

    Only versions that were ready count. Where an administrator rolled back, the words of the
    versions until then may be what was withdrawn, so none of these is shown.
    """
    row = session.exec(
        select(DocumentVersionRow)
        .join(DocumentRow, col(DocumentRow.id) == DocumentVersionRow.document_id)
        .where(
            DocumentRow.id == document.id,
            col(DocumentRow.collection_id).in_(collection_ids),
            DocumentVersionRow.state == DocumentState.READY.value,
            col(DocumentVersionRow.number) < document.number,
            col(DocumentVersionRow.number) > DocumentRow.settled_number,
        )
        .order_by(col(DocumentVersionRow.number).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    passages = passages_of(session, row.id, collection_ids, is_ready=False, limit=limit)
    return EarlierVersion(row.number, row.uploaded_at, tuple(passages)) if passages else None
