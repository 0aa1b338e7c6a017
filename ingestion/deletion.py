"""Deletes a document from everywhere and proves that nothing of it is found any more."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from core.domain.identity import User
from core.domain.ports import Originals
from core.errors import IndexUnavailable, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow, PageRow
from ingestion import versions
from ingestion.indexes import ChunkIds, SearchIndexes
from ingestion.values import DeletionReceipt


class Deletion:
    """Deletes documents: first unseen, then out of both indexes, then the rows and the file."""

    def __init__(self, database: Database, originals: Originals, indexes: SearchIndexes) -> None:
        self._database = database
        self._originals = originals
        self._indexes = indexes

    def delete(self, user: User, document_id: str) -> DeletionReceipt:
        """Raises NotFound, or IndexUnavailable if an index still knows a passage afterwards."""
        with self._database.begin() as session:
            chunk_ids = _hide(session, document_id)
        self._remove(chunk_ids)
        with self._database.begin() as session:
            # A pipeline run may have stored passages in between.
            late = _hide(session, document_id)
            receipt = self._delete_rows(session, document_id)
            record_event(
                session,
                user,
                "document.delete",
                document_id,
                versions=receipt.versions,
                pages=receipt.pages,
                chunks=receipt.chunks,
                originals=receipt.originals,
            )
        self._remove(late)
        return receipt

    def _remove(self, chunk_ids: ChunkIds) -> None:
        self._indexes.remove(chunk_ids)
        remaining = self._indexes.remaining(chunk_ids)
        if remaining:
            raise IndexUnavailable(
                f"The search index still knows {remaining} passages. Delete the document again."
            )

    def _delete_rows(self, session: Session, document_id: str) -> DeletionReceipt:
        title = session.exec(select(DocumentRow.title).where(DocumentRow.id == document_id)).one()
        is_mine = col(DocumentVersionRow.document_id) == document_id
        found = session.exec(select(DocumentVersionRow.sha256).where(is_mine)).all()
        mine = versions.version_ids_of(session, document_id)
        pages, chunks = _count(session, PageRow, mine), _count(session, ChunkRow, mine)
        versions.delete_document(session, document_id)
        # Inside the transaction: an upload of the same content waits until it is decided.
        unused = {sha256 for sha256 in found if not _is_used(session, sha256)}
        for sha256 in unused:
            self._originals.remove(sha256)
        return DeletionReceipt(document_id, title, len(found), pages, chunks, len(unused), 0)


def _hide(session: Session, document_id: str) -> ChunkIds:
    """Takes the document out of all answers and returns its chunks."""
    document = session.get(DocumentRow, document_id)
    if document is None:
        raise NotFound("This document does not exist any more.")
    document.current_version_id = None
    mine = versions.version_ids_of(session, document_id)
    is_mine = col(ChunkRow.version_id).in_(mine)
    session.execute(update(ChunkRow).where(is_mine).values(is_ready=False))
    return versions.chunk_ids_of(session, mine)


def _count(session: Session, table: type[PageRow] | type[ChunkRow], mine: Sequence[str]) -> int:
    is_mine = col(table.version_id).in_(mine)
    return session.exec(select(func.count()).select_from(table).where(is_mine)).one()


def _is_used(session: Session, sha256: str) -> bool:
    same = select(DocumentVersionRow.id).where(DocumentVersionRow.sha256 == sha256).limit(1)
    return session.exec(same).first() is not None
