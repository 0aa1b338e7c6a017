"""The deletion of a collection with everything in it."""

from dataclasses import dataclass

from sqlmodel import col, select

from core.domain.access import require_admin, require_confirmed
from core.domain.identity import User
from core.domain.ports import KeywordIndex, VectorIndex
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import shared_row
from core.storage.tables import DocumentRow
from ingestion.service import Documents

DOCUMENTS_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class CollectionReceipt:
    """The counts of what was deleted with a collection."""

    name: str
    documents: int
    passages: int


class CollectionDeletion:
    """The deletion of documents, then both indexes, then the collection; it resumes if interrupted.

    The process must own the indexes.
    """

    def __init__(
        self,
        database: Database,
        documents: Documents,
        vectors: VectorIndex,
        keywords: KeywordIndex,
    ) -> None:
        self._database = database
        self._documents = documents
        self._vectors = vectors
        self._keywords = keywords

    def delete(self, user: User, collection_id: str) -> CollectionReceipt:
        """Delete the collection; administrators only, raises NotFound and IndexUnavailable."""
        require_admin(user)
        require_confirmed(user)
        with self._database.read() as session:
            name = shared_row(session, collection_id).name
        documents = passages = 0
        while document_ids := self._next_documents(collection_id):
            receipts = self._documents.delete_many(user, document_ids)
            documents += len(receipts)
            passages += sum(receipt.chunks for receipt in receipts)
        self._vectors.drop(collection_id)
        self._keywords.drop(collection_id)
        with self._database.begin() as session:
            session.delete(shared_row(session, collection_id))
            record_event(
                session,
                user,
                "collection.delete",
                collection_id,
                documents=documents,
                passages=passages,
            )
        return CollectionReceipt(name, documents, passages)

    def _next_documents(self, collection_id: str) -> list[str]:
        is_inside = col(DocumentRow.collection_id) == collection_id
        with self._database.read() as session:
            ids = session.exec(select(DocumentRow.id).where(is_inside).limit(DOCUMENTS_TOGETHER))
            return list(ids.all())
