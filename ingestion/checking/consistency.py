"""The comparison of the database, both indexes and the originals, and its repairs."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import DocumentState
from core.domain.ports import Embedders
from core.errors import IndexIncomplete
from core.storage.queries.audit import record_event
from core.storage.queries.collections import indexed_collections
from core.storage.tables import AuditEventRow, DocumentRow, DocumentVersionRow
from ingestion.checking.findings import CollectionFindings, Repairs, Report
from ingestion.checking.inspection import ORPHAN_AGE_S, Inspection
from ingestion.indexing import stock
from ingestion.indexing.indexes import SearchIndexes
from ingestion.indexing.refill import Refill
from ingestion.pipeline import versions
from ingestion.pipeline.deletion import DELETION_BEGUN, Deletion
from ingestion.pipeline.versions import StateChange
from ingestion.values import DocumentStores, Queue

logger = logging.getLogger(__name__)

LOOKED_FOR = 200
"""How many of the oldest and of the newest passages of a collection are looked for: an older index
lacks the newest, and one that was begun elsewhere lacks the oldest."""
INCOMPLETE = (
    "The search indexes in this data directory lack passages that are in the database. Nothing "
    "was changed. Set SANDBOX_DATA_DIR to the directory that has them, or rebuild them with: "
    "python sandbox_cli.py reindex"
)


class Consistency:
    """The work of `verify` and the doctor; only repairs write, and they must own the indexes."""

    def __init__(self, stores: DocumentStores, *, embedders: Embedders, queue: Queue) -> None:
        self._inspection = Inspection(stores)
        self._database = stores.database
        self._originals = stores.originals
        self._vectors = stores.vectors
        self._keywords = stores.keywords
        self._indexes = SearchIndexes(stores.vectors, stores.keywords)
        self._refill = Refill(stores.database, stores.vectors, stores.keywords, embedders)
        self._deletion = Deletion(stores.database, stores.originals, self._indexes)
        self._queue = queue

    def check(
        self, user: User, collection_id: str | None = None, *, reads_originals: bool = True
    ) -> Report:
        """Compare database, indexes and originals; see `Inspection.check`."""
        return self._inspection.check(user, collection_id, reads_originals=reads_originals)

    def require_searchable(self) -> None:
        """Open both indexes of every collection and look for its oldest and newest passages.

        Indexes of another data directory or another day lack some of them. Reads only. Raises
        IndexIncomplete, IndexDamaged and similar errors.
        """
        with self._database.read() as session:
            collection_ids = _ids(session)
        for collection_id in collection_ids:
            # While an app works, passages may have been deleted since they were read.
            if self._lacks_passages(collection_id) and self._lacks_passages(collection_id):
                raise IndexIncomplete(INCOMPLETE)

    def _lacks_passages(self, collection_id: str) -> bool:
        with self._database.read() as session:
            wanted = stock.first_and_last_ids(session, collection_id, LOOKED_FOR)
        # Both indexes are opened even without passages, since that reveals damage.
        ids = sorted(wanted) or [0]
        indexed = set(self._keywords.known(collection_id, ids))
        indexed &= self._vectors.known(collection_id, ids)
        return not wanted <= indexed

    def repair(self, user: User, collection_id: str | None = None) -> Repairs:
        """Mends what `check` finds, as far as it can; repeatable, and raises as `check` does.

        The process must own the indexes. Originals that are gone or damaged cannot be mended: the
        passages read from them go on answering.
        """
        repairs = self.mend(user, collection_id)
        return replace(repairs, report=self.check(user, collection_id))

    def mend(self, user: User, collection_id: str | None = None) -> Repairs:
        """Mends like `repair`, but does not check again: the report is the one made before.

        An index whose files cannot be read is built anew. The vector index is one for all
        collections, which are then all mended.
        """
        if self._set_damaged_aside(user, collection_id):
            collection_id = None
        before = self.check(user, collection_id, reads_originals=False)
        deletions = self._finish_deletions(user, before)
        again = self._mend_rows(before)
        removed = sum(self._remove_orphans(findings) for findings in before.collections)
        indexed = sum(self._fill(findings) for findings in before.collections)
        self._queue.enqueue(again)
        originals = self._remove_originals() if collection_id is None else 0
        with self._database.begin() as session:
            record_event(
                session,
                user,
                "index.repair",
                collection_id or "",
                entries_removed=removed,
                chunks_indexed=indexed,
                versions_read_again=len(again),
                deletions_finished=deletions,
                originals_removed=originals,
            )
        self._vectors.remove_set_aside()
        return Repairs(before, removed, indexed, len(again), deletions, originals)

    def _set_damaged_aside(self, user: User, collection_id: str | None) -> bool:
        """Set damaged index files aside; tell whether all vectors have to be written again."""
        require_admin(user)
        with self._database.read() as session:
            collection_ids = [collection_id] if collection_id else _ids(session)
        for each_id in collection_ids:
            if self._keywords.drop_damaged(each_id):
                logger.warning(
                    "keyword index was damaged and is built anew collection_id=%s", each_id
                )
        is_anew = self._vectors.set_damaged_aside()
        if is_anew:
            logger.warning("vector index was damaged and is built anew")
        return is_anew

    def _finish_deletions(self, user: User, report: Report) -> int:
        """Finishes deletions that were begun; other documents in that state are read again."""
        hidden = [
            document_id for findings in report.collections for document_id in findings.half_deleted
        ]
        with self._database.read() as session:
            begun = [document_id for document_id in hidden if _was_begun(session, document_id)]
        self._deletion.delete_many(user, begun)
        return len(begun)

    def _mend_rows(self, report: Report) -> Sequence[str]:
        """Mends the rows and returns the versions that have to be read again."""
        again: list[str] = []
        with self._database.begin() as session:
            for findings in report.collections:
                stock.unready(session, findings.stale_chunks)
                again += findings.broken_versions
                for document_id in (*findings.lost_documents, *findings.half_deleted):
                    again += _let_answer_again(session, document_id)
            # Versions that cannot be read again stay as they are, and stay in the report.
            hashes = stock.hashes_of(session, dict.fromkeys(again))
            stored = frozenset(self._originals.stored())
            again = [version_id for version_id, sha256 in hashes.items() if sha256 in stored]
            versions.set_state(session, again, StateChange(DocumentState.QUEUED))
        for findings in report.collections:
            self._remove_leftovers(findings.leftover_versions)
        return again

    def _remove_leftovers(self, version_ids: Sequence[str]) -> None:
        with self._database.read() as session:
            leftovers = versions.chunk_ids_of(session, version_ids)
        self._indexes.remove(leftovers)
        with self._database.begin() as session:
            versions.remove_content(session, version_ids)

    def _remove_orphans(self, findings: CollectionFindings) -> int:
        if findings.vectors_orphaned:
            self._vectors.remove(findings.collection_id, sorted(findings.vectors_orphaned))
        if findings.keywords_orphaned:
            self._keywords.remove(findings.collection_id, sorted(findings.keywords_orphaned))
        return findings.orphans

    def _fill(self, findings: CollectionFindings) -> int:
        """Embeds missing passages; those deleted or retired since are left out."""
        with self._database.read() as session:
            answering, _ = stock.ready_chunk_ids(session, findings.collection_id)
        return self._refill.add(findings.collection_id, findings.missing & answering)

    def _remove_originals(self) -> int:
        # The transaction writes, so that an upload of the same content waits for the decision.
        with self._database.begin() as session:
            old = set(self._originals.stored(older_than_s=ORPHAN_AGE_S))
            orphaned = old - stock.used_hashes(session)
            for sha256 in orphaned:
                self._originals.remove(sha256)
        return len(orphaned) + self._originals.remove_abandoned(older_than_s=ORPHAN_AGE_S)


def _ids(session: Session) -> list[str]:
    return [collection.id for collection in indexed_collections(session)]


def _was_begun(session: Session, document_id: str) -> bool:
    event = select(AuditEventRow.id).where(
        AuditEventRow.action == DELETION_BEGUN, AuditEventRow.object_id == document_id
    )
    return session.exec(event.limit(1)).first() is not None


def _let_answer_again(session: Session, document_id: str) -> list[str]:
    """Frees the place of the version that is to answer, for the newest one that was ready."""
    document = session.get(DocumentRow, document_id)
    if document is None:  # deleted a moment ago
        return []
    document.current_version_id = None
    newest = session.exec(
        select(DocumentVersionRow.id)
        .where(
            DocumentVersionRow.document_id == document_id,
            DocumentVersionRow.state == DocumentState.READY.value,
        )
        .order_by(col(DocumentVersionRow.number).desc())
    ).first()
    return [newest] if newest else []
