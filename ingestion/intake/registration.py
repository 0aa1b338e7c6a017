"""The registration of received documents: new ones, new versions, and duplicates."""

import unicodedata
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, func, select

from core.domain.batches import batched
from core.domain.clock import new_id
from core.domain.identity import User
from core.domain.knowledge import DocumentState
from core.domain.ports import Originals
from core.storage.queries.collections import collection_by_id
from core.storage.tables import DocumentRow, DocumentVersionRow
from ingestion.intake.reception import Incoming
from ingestion.values import Receipt, ReceiptStatus

KEYS_PER_QUERY = 500
# States in which an upload of the same content means to try again.
TRIED_AGAIN = (DocumentState.FAILED.value, DocumentState.CANCELLED.value)


class Registration:
    """The registration of one upload's documents in one transaction; raises NotFound.

    A new document gets the classification of its collection.
    """

    def __init__(
        self, session: Session, originals: Originals, user: User, collection_id: str
    ) -> None:
        self._session = session
        self._upload_id = new_id()
        self._classification = collection_by_id(session, collection_id).sensitivity.value
        self._originals = originals
        self._user = user
        self._collection_id = collection_id
        self._new_documents: list[DocumentRow] = []
        self._new_versions: list[DocumentVersionRow] = []
        self._by_key: dict[str, tuple[DocumentRow, DocumentVersionRow]] = {}
        self._by_content: dict[str, tuple[DocumentRow, DocumentVersionRow]] = {}

    def register(self, documents: Sequence[Incoming]) -> list[Receipt]:
        """Return one receipt for each document, in order; adds rows and commit nothing."""
        self._look_up(documents)
        receipts = [self._register(document) for document in documents]
        # Versions refer to documents, and without relationships the flush has no order.
        self._session.add_all(self._new_documents)
        self._session.flush()
        self._session.add_all(self._new_versions)
        return receipts

    def _look_up(self, documents: Sequence[Incoming]) -> None:
        """Load the documents that these may collide with, in a few large queries."""
        keys = [document.source_key for document in documents]
        # Documents from a Mac may have keys from before keys were composed.
        decomposed = [unicodedata.normalize("NFD", key) for key in keys if not key.isascii()]
        for batch in batched([*decomposed, *keys], KEYS_PER_QUERY):
            for row, version in self._latest(col(DocumentRow.source_key).in_(batch)):
                key = unicodedata.normalize("NFC", row.source_key)
                self._by_key[key] = (row, version)
        for batch in batched([document.sha256 for document in documents], KEYS_PER_QUERY):
            for row, version in self._latest(col(DocumentVersionRow.sha256).in_(batch)):
                self._by_content[version.sha256] = (row, version)

    def _latest(self, condition: object) -> Iterable[tuple[DocumentRow, DocumentVersionRow]]:
        newest = (
            select(
                col(DocumentVersionRow.document_id).label("document_id"),
                func.max(DocumentVersionRow.number).label("number"),
            )
            .group_by(col(DocumentVersionRow.document_id))
            .subquery()
        )
        return self._session.exec(
            select(DocumentRow, DocumentVersionRow)
            .join(DocumentVersionRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
            .join(
                newest,
                (newest.c.document_id == DocumentRow.id)
                & (newest.c.number == DocumentVersionRow.number),
            )
            .where(DocumentRow.collection_id == self._collection_id, condition)  # type: ignore[arg-type]  # an SQL expression
        ).all()

    def _register(self, document: Incoming) -> Receipt:
        known = self._by_key.get(document.source_key)
        twin = self._by_content.get(document.sha256)
        if known is not None and known[1].sha256 == document.sha256:
            twin = known
        if twin is not None and twin[1].state in TRIED_AGAIN and twin is known:
            return self._tried_again(document, twin[1])
        if twin is not None and twin[1].state not in TRIED_AGAIN:
            return _duplicate(document, *twin)
        return self._new_version(document, known)

    def _tried_again(self, document: Incoming, version: DocumentVersionRow) -> Receipt:
        """Queues a version again whose same content failed or was cancelled before."""
        self._originals.put(document.content)
        version.state = DocumentState.QUEUED
        version.reason, version.progress = "", 0.0
        self._session.add(version)
        return _receipt(document, version)

    def _new_version(
        self, document: Incoming, known: tuple[DocumentRow, DocumentVersionRow] | None
    ) -> Receipt:
        row = known[0] if known else self._new_document(document)
        version = DocumentVersionRow(
            document_id=row.id,
            number=known[1].number + 1 if known else 1,
            file_name=document.file_name,
            media_type=document.media_type.value,
            sha256=self._originals.put(document.content),
            size_bytes=len(document.content),
            state=DocumentState.QUEUED.value,
            uploaded_by=self._user.id or None,
            upload_id=self._upload_id,
        )
        self._new_versions.append(version)
        self._by_key[document.source_key] = (row, version)
        self._by_content[document.sha256] = (row, version)
        return _receipt(document, version)

    def _new_document(self, document: Incoming) -> DocumentRow:
        row = DocumentRow(
            collection_id=self._collection_id,
            source_key=document.source_key,
            external_id=document.external_id,
            title=document.title,
            classification=self._classification,
        )
        self._new_documents.append(row)
        return row


def _receipt(document: Incoming, version: DocumentVersionRow) -> Receipt:
    return Receipt(
        document.file_name,
        ReceiptStatus.REGISTERED,
        document_id=version.document_id,
        version_id=version.id,
        external_id=document.external_id,
    )


def _duplicate(document: Incoming, row: DocumentRow, version: DocumentVersionRow) -> Receipt:
    reason = f"The same content is already in this collection as “{row.title}”."
    if version.state == DocumentState.REJECTED:
        reason = f"The same content was rejected before: {version.decision_reason}"
    elif version.state == DocumentState.QUARANTINED:
        reason = f"The same content is quarantined as “{row.title}” until an administrator decides."
    return Receipt(
        document.file_name,
        ReceiptStatus.DUPLICATE,
        reason,
        row.id,
        version.id,
        external_id=document.external_id,
    )
