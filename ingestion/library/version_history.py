"""The versions of a document, and the choice of the one that answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import DocumentState
from core.errors import Conflict, IndexUnavailable, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.privacy.attachments import shared_document
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow, UserRow
from ingestion.indexing.indexes import ChunkIds, SearchIndexes
from ingestion.indexing.refill import Refill
from ingestion.pipeline import versions


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One line of the history; `decision` is what an administrator decided on upload, or empty."""

    version_id: str
    number: int
    state: DocumentState
    reason: str
    is_current: bool
    file_name: str
    size_bytes: int
    page_count: int
    chunk_count: int
    uploaded_by: str
    uploaded_at: datetime
    decision: str = ""


class VersionHistory:
    """The service for administrators; a roll-back needs the process that owns the indexes."""

    def __init__(self, database: Database, indexes: SearchIndexes, refill: Refill) -> None:
        self._database = database
        self._indexes = indexes
        self._refill = refill

    def versions(self, user: User, document_id: str) -> list[VersionEntry]:
        """Return all versions, newest first; raises AccessDenied and NotFound."""
        require_admin(user)
        with self._database.read() as session:
            document = shared_document(session, document_id)
            if document is None:
                raise NotFound("This document no longer exists.")
            rows = session.exec(
                select(DocumentVersionRow, UserRow.name)
                .join(UserRow, col(UserRow.id) == DocumentVersionRow.uploaded_by, isouter=True)
                .where(DocumentVersionRow.document_id == document_id)
                .order_by(col(DocumentVersionRow.number).desc())
            ).all()
            current = document.current_version_id
        return [_entry(row, name or "", current) for row, name in rows]

    def roll_back(self, user: User, version_id: str) -> None:
        """Make an older version answer again, or a newer one after a roll-back.

        Its passages are put into both indexes before anything changes for readers. A later upload
        takes over as usual. Raises NotFound, Conflict if it cannot answer, IndexUnavailable.
        """
        require_admin(user)
        with self._database.read() as session:
            _answerable(session, version_id)
            mine = versions.chunk_ids_of(session, [version_id])
        if not mine:
            raise Conflict("Nothing of this version is stored any longer. Upload the file again.")
        for collection_id, chunk_ids in mine.items():
            self._refill.add(collection_id, chunk_ids)
        if self._indexes.missing(mine):
            raise IndexUnavailable("The search index did not accept all passages. Try again.")
        try:
            with self._database.begin() as session:
                retired = _switch(session, user, version_id)
        except (NotFound, Conflict):  # deleted or switched meanwhile
            self._indexes.remove(mine)
            raise
        self._indexes.remove(retired)


def _answerable(session: Session, version_id: str) -> tuple[DocumentVersionRow, DocumentRow]:
    version = session.get(DocumentVersionRow, version_id)
    document = shared_document(session, version.document_id) if version else None
    if version is None or document is None:
        raise NotFound("This version no longer exists.")
    if version.state != DocumentState.READY:
        raise Conflict("Answers can use only a version that was ready.")
    if document.current_version_id in (None, version_id):
        raise Conflict("Answers already use this version, or its document is being deleted.")
    return version, document


def _switch(session: Session, user: User, version_id: str) -> ChunkIds:
    """Make the version answer; return the passages that no longer do."""
    version, document = _answerable(session, version_id)
    others = [v for v in versions.version_ids_of(session, document.id) if v != version_id]
    in_others = col(ChunkRow.version_id).in_(others)
    rows = session.exec(select(ChunkRow.id).where(in_others, col(ChunkRow.is_ready))).all()
    session.execute(update(ChunkRow).where(in_others).values(is_ready=False))
    is_mine = col(ChunkRow.version_id) == version_id
    session.execute(update(ChunkRow).where(is_mine).values(is_ready=True))
    newest = select(func.max(DocumentVersionRow.number)).where(
        DocumentVersionRow.document_id == document.id
    )
    document.settled_number = session.exec(newest).one() or 0
    document.current_version_id = version_id
    record_event(session, user, "document.roll_back", document.id, version=version.number)
    return {document.collection_id: [i for i in rows if i is not None]}


def _entry(row: DocumentVersionRow, name: str, current: str | None) -> VersionEntry:
    return VersionEntry(
        version_id=row.id,
        number=row.number,
        state=DocumentState(row.state),
        reason=row.reason,
        is_current=row.id == current,
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        page_count=row.page_count,
        chunk_count=row.chunk_count,
        uploaded_by=name,
        uploaded_at=row.uploaded_at,
        decision=row.decision,
    )
