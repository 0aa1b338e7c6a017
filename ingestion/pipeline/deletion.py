"""The deletion of documents from everywhere, with proof that nothing of them is found any more."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from core.domain.batches import batched
from core.domain.identity import User
from core.domain.ports import Originals
from core.domain.text.plurals import count
from core.errors import IndexUnavailable, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.files import note_copies
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow, PageRow
from ingestion.indexing.indexes import ChunkIds, SearchIndexes
from ingestion.pipeline import versions
from ingestion.values import DeletionReceipt

DELETION_BEGUN = "document.delete_begun"
# Each group costs one commit in either index, whatever its size.
DOCUMENTS_TOGETHER = 200


class Deletion:
    """The deletion of documents: hidden first, then out of both indexes, then rows and files."""

    def __init__(self, database: Database, originals: Originals, indexes: SearchIndexes) -> None:
        self._database = database
        self._originals = originals
        self._indexes = indexes

    def delete(self, user: User, document_id: str) -> DeletionReceipt:
        """Delete a document; raises NotFound, or IndexUnavailable if an index keeps a passage."""
        [receipt] = self.delete_many(user, [document_id])
        return receipt

    def delete_many(self, user: User, document_ids: Sequence[str]) -> list[DeletionReceipt]:
        """Delete documents, a receipt for each; raises as `delete`, before anything is touched.

        An interrupted deletion is finished by deleting again, or by a repair.
        """
        with self._database.read() as session:
            _require_all(session, document_ids)
        groups = batched(dict.fromkeys(document_ids), DOCUMENTS_TOGETHER)
        return [receipt for group in groups for receipt in self._delete_group(user, group)]

    def _delete_group(self, user: User, document_ids: Sequence[str]) -> list[DeletionReceipt]:
        with self._database.begin() as session:
            chunk_ids = _hide(session, document_ids)
            for document_id in document_ids:
                record_event(session, user, DELETION_BEGUN, document_id)
        self._remove(chunk_ids)
        with self._database.begin() as session:
            # A pipeline run may have stored passages in between.
            late = _hide(session, document_ids)
            receipts = self._delete_rows(session, document_ids)
            for receipt in receipts:
                _record(session, user, receipt)
        self._remove(late)
        return receipts

    def _remove(self, chunk_ids: ChunkIds) -> None:
        self._indexes.remove(chunk_ids)
        remaining = self._indexes.remaining(chunk_ids)
        if remaining:
            raise IndexUnavailable(
                f"The search index still contains {count(remaining, 'passage')}. Delete the "
                "document again."
            )

    def _delete_rows(self, session: Session, document_ids: Sequence[str]) -> list[DeletionReceipt]:
        titles = dict(_titles(session, document_ids))
        rows = _versions(session, document_ids)
        pages = _counts(session, PageRow, [row.id for row in rows])
        chunks = _counts(session, ChunkRow, [row.id for row in rows])
        note_copies(session, rows)
        for document_id in document_ids:
            versions.delete_document(session, document_id)
        # Done inside the transaction, so that an upload of the same content waits for it.
        unused = {row.sha256 for row in rows if not _is_used(session, row.sha256)}
        for sha256 in unused:
            self._originals.remove(sha256)
        receipts = []
        for document_id in document_ids:
            mine = [row for row in rows if row.document_id == document_id]
            receipts.append(
                DeletionReceipt(
                    document_id,
                    titles.get(document_id, ""),
                    versions=len(mine),
                    pages=sum(pages[row.id] for row in mine),
                    chunks=sum(chunks[row.id] for row in mine),
                    originals=len({row.sha256 for row in mine} & unused),
                    remaining_chunks=0,
                )
            )
        return receipts


def _record(session: Session, user: User, receipt: DeletionReceipt) -> None:
    record_event(
        session,
        user,
        "document.delete",
        receipt.document_id,
        versions=receipt.versions,
        pages=receipt.pages,
        chunks=receipt.chunks,
        originals=receipt.originals,
    )


def _require_all(session: Session, document_ids: Sequence[str]) -> None:
    known: set[str] = set()
    for batch in batched(document_ids, DOCUMENTS_TOGETHER):
        known |= {document_id for document_id, _ in _titles(session, batch)}
    if set(document_ids) - known:
        raise NotFound("This document no longer exists.")


def _hide(session: Session, document_ids: Sequence[str]) -> ChunkIds:
    """Take documents out of all answers and return their chunks."""
    is_document = col(DocumentRow.id).in_(document_ids)
    session.execute(update(DocumentRow).where(is_document).values(current_version_id=None))
    is_mine = col(ChunkRow.document_id).in_(document_ids)
    session.execute(update(ChunkRow).where(is_mine).values(is_ready=False))
    mine = [row.id for row in _versions(session, document_ids)]
    return versions.chunk_ids_of(session, mine)


def _titles(session: Session, document_ids: Sequence[str]) -> Sequence[tuple[str, str]]:
    is_document = col(DocumentRow.id).in_(document_ids), is_shared_document()
    return session.exec(select(DocumentRow.id, DocumentRow.title).where(*is_document)).all()


def _versions(session: Session, document_ids: Sequence[str]) -> Sequence[DocumentVersionRow]:
    is_mine = col(DocumentVersionRow.document_id).in_(document_ids)
    return session.exec(select(DocumentVersionRow).where(is_mine)).all()


def _counts(
    session: Session, table: type[PageRow] | type[ChunkRow], version_ids: Sequence[str]
) -> Counter[str]:
    """Count the rows of each version."""
    counts: Counter[str] = Counter()
    for batch in batched(version_ids, versions.IDS_PER_QUERY):
        rows = session.exec(
            select(table.version_id, func.count())
            .where(col(table.version_id).in_(batch))
            .group_by(col(table.version_id))
        ).all()
        counts.update(dict(rows))
    return counts


def _is_used(session: Session, sha256: str) -> bool:
    same = select(DocumentVersionRow.id).where(DocumentVersionRow.sha256 == sha256).limit(1)
    return session.exec(same).first() is not None
