"""The erasure of documents: deletion, then a rewrite of every file that keeps deleted bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import Session, col, select

from core.domain.access import require_admin, require_confirmed
from core.domain.batches import batched
from core.domain.identity import User
from core.domain.ports import KeywordEntry, Originals
from core.storage.compaction import compact
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.chunks import chunks_by_id
from core.storage.queries.collections import indexed_collections
from core.storage.queries.ideas.files import copied_and_gone
from core.storage.tables import CitationRow, DocumentRow
from ingestion.erasing.redaction import ERASED_NAME, Redaction, redact
from ingestion.indexing.indexes import SearchIndexes
from ingestion.indexing.refill import keyword_entry
from ingestion.pipeline.deletion import Deletion
from ingestion.sync.runs import forget_finished
from ingestion.values import DeletionReceipt

IDS_PER_QUERY = 500
CONTENT_TABLES = (
    "documents",
    "document_versions",
    "pages",
    "chunks",
    "sentence_vectors",
    "screening_findings",
    "poison_fingerprints",
    "citations",
    "messages",
    "ideas",
    "idea_drafts",
    "idea_attachments",
    "evaluation_cases",
    "sync_runs",
)
KEYWORD_TABLES = ("keyword_entries", "keyword_postings")


class VectorFiles(Protocol):
    """The files of the vector index; see core.storage.vectors.files."""

    def rebuild(self, collection_ids: Sequence[str]) -> bool:
        """Write the files without a trace of removed vectors; False where only a server can."""
        ...


class KeywordFiles(Protocol):
    """The files of the keyword index, which can be rewritten from the database."""

    def rebuild(
        self, collection_id: str, entries_of: Callable[[Sequence[int]], Sequence[KeywordEntry]]
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """The deletions, the redacted copies elsewhere, and the indexes that were rewritten.

    `files_rebuilt` is False if vectors are on a Chroma server, where they must be compacted.
    """

    deletions: tuple[DeletionReceipt, ...]
    redaction: Redaction
    collections: int
    files_rebuilt: bool


@dataclass(frozen=True, slots=True)
class Files:
    """The files, besides originals, that hold something of documents.

    `attachments` are the files of ideas, some of which are copies of documents.
    """

    vectors: VectorFiles
    keywords: KeywordFiles
    attachments: Originals


class Erasure:
    """The service for administrators; the process must own the indexes, as the running app does."""

    def __init__(
        self,
        database: Database,
        originals: Originals,
        indexes: SearchIndexes,
        files: Files,
    ) -> None:
        self._database = database
        self._deletion = Deletion(database, originals, indexes)
        self._files = files

    def erase(self, user: User, document_ids: Sequence[str]) -> ErasureReceipt:
        """Leaves no byte of these documents; raises NotFound and IndexUnavailable; repeatable."""
        require_admin(user)
        require_confirmed(user)
        with self._database.read() as session:
            collections = _collections_of(session, document_ids)
        deletions = self._deletion.delete_many(user, document_ids)
        return self._clean_up(user, deletions, document_ids, collections)

    def erase_deleted(self, user: User) -> ErasureReceipt:
        """Erases every document that was deleted before, in all collections."""
        require_admin(user)
        require_confirmed(user)
        with self._database.read() as session:
            gone = [*_cited_and_gone(session), *copied_and_gone(session)]
            collections = [collection.id for collection in indexed_collections(session)]
        return self._clean_up(user, [], gone, collections)

    def _clean_up(
        self,
        user: User,
        deletions: Sequence[DeletionReceipt],
        document_ids: Sequence[str],
        collections: Sequence[str],
    ) -> ErasureReceipt:
        with self._database.begin() as session:
            redaction = redact(session, document_ids)
            forget_finished(session)
            for document_id in document_ids or [""]:
                record_event(
                    session, user, "document.erase", document_id, answers=redaction.answers
                )
        for sha256 in redaction.files:
            self._files.attachments.remove(sha256)
        for collection_id in collections:
            self._files.keywords.rebuild(collection_id, self._entries_of)
        is_rebuilt = self._files.vectors.rebuild(collections)
        compact(self._database, (*CONTENT_TABLES, *KEYWORD_TABLES))
        return ErasureReceipt(tuple(deletions), redaction, len(collections), is_rebuilt)

    def _entries_of(self, chunk_ids: Sequence[int]) -> list[KeywordEntry]:
        with self._database.read() as session:
            return [keyword_entry(chunk) for chunk in chunks_by_id(session, chunk_ids)]


def _collections_of(session: Session, document_ids: Sequence[str]) -> list[str]:
    collection_ids: set[str] = set()
    for batch in batched(document_ids, IDS_PER_QUERY):
        of_these = col(DocumentRow.id).in_(batch)
        collection_ids |= set(session.exec(select(DocumentRow.collection_id).where(of_these)).all())
    return sorted(collection_ids)


def _cited_and_gone(session: Session) -> list[str]:
    cited = select(CitationRow.document_id).where(
        CitationRow.document_title != ERASED_NAME,
        col(CitationRow.document_id).not_in(select(DocumentRow.id)),
    )
    return list(session.exec(cited.distinct()).all())
