"""The service for documents: upload, list, read, retry, delete."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import col, select

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState, PageImage, Upload
from core.storage.queries.audit import record_event
from core.storage.queries.collections import shared_collection
from core.storage.queries.privacy.attachments import is_shared_version
from core.storage.tables import DocumentVersionRow
from ingestion.files.archives import UploadLimits
from ingestion.files.media import MediaType
from ingestion.indexing.indexes import SearchIndexes
from ingestion.intake.reception import Incoming, received
from ingestion.intake.registration import Registration
from ingestion.library import overviews
from ingestion.library.provenance import Provenance, provenance_of
from ingestion.pipeline import moves, versions
from ingestion.pipeline.deletion import Deletion
from ingestion.pipeline.moves import Move
from ingestion.reading.passages import PassageView, passages_on
from ingestion.values import (
    DeletionReceipt,
    DocumentStores,
    OriginalFile,
    PageImages,
    PageView,
    Queue,
    Receipt,
    ReceiptStatus,
    VersionState,
)


class Documents:
    """The documents of all collections, which administrators change and readers open."""

    def __init__(
        self,
        stores: DocumentStores,
        *,
        queue: Queue,
        images: PageImages,
        limits: UploadLimits | None = None,
    ) -> None:
        self._database = stores.database
        self._originals = stores.originals
        indexes = SearchIndexes(stores.vectors, stores.keywords)
        self._deletion = Deletion(stores.database, stores.originals, indexes)
        self._queue = queue
        self._images = images
        self._limits = limits or UploadLimits()

    def upload(self, user: User, collection_id: str, uploads: Sequence[Upload]) -> list[Receipt]:
        """Register files and JSONL records; return a receipt for each, also for refused ones.

        Content that the collection already has is skipped; changed content under the same name
        or id becomes a new version. Raises AccessDenied, and NotFound for the collection.
        """
        require_admin(user)
        items = [
            (number, item)
            for number, upload in enumerate(uploads)
            for item in received(upload, self._limits)
        ]
        incoming = [item for _, item in items if isinstance(item, Incoming)]
        with self._database.begin() as session:
            shared_collection(session, collection_id)
            registration = Registration(session, self._originals, user, collection_id)
            registered = iter(registration.register(incoming))
            receipts = [
                replace(item if isinstance(item, Receipt) else next(registered), upload=number)
                for number, item in items
            ]
            counts = Counter(receipt.status for receipt in receipts)
            record_event(
                session,
                user,
                "document.upload",
                collection_id,
                registered=counts[ReceiptStatus.REGISTERED],
                duplicates=counts[ReceiptStatus.DUPLICATE],
                failed=counts[ReceiptStatus.FAILED],
            )
        self._queue.enqueue(_to_read(receipts))
        return receipts

    def list(  # noqa: PLR0913  two keys, two filters and the part of the list to return
        self,
        user: User,
        collection_id: str | None = None,
        *,
        state: DocumentState | None = None,
        search: str = "",
        limit: int = 50,
        offset: int = 0,
    ) -> list[DocumentOverview]:
        """Return documents in their newest version, the latest upload first."""
        require_admin(user)
        conditions = overviews.conditions_for(collection_id, state, search)
        with self._database.read() as session:
            return overviews.overviews(session, conditions, limit=limit, offset=offset)

    def count(
        self,
        user: User,
        collection_id: str | None = None,
        *,
        state: DocumentState | None = None,
        search: str = "",
    ) -> int:
        """Return how many documents `list` has in all."""
        require_admin(user)
        conditions = overviews.conditions_for(collection_id, state, search)
        with self._database.read() as session:
            return overviews.count_documents(session, conditions)

    def states(self, user: User, version_ids: Sequence[str]) -> "Sequence[VersionState]":
        """Return where these versions stand; unknown ones are left out."""
        require_admin(user)
        with self._database.read() as session:
            rows = session.exec(
                select(DocumentVersionRow).where(
                    col(DocumentVersionRow.id).in_(version_ids), is_shared_version()
                )
            ).all()
        return [VersionState(r.id, DocumentState(r.state), r.progress, r.reason) for r in rows]

    def overviews(self, user: User, version_ids: Sequence[str]) -> "Sequence[DocumentOverview]":
        """Return the list entries of these versions, if they are the newest of their document."""
        require_admin(user)
        condition = col(DocumentVersionRow.id).in_(version_ids)
        with self._database.read() as session:
            return overviews.overviews(session, [condition], limit=len(version_ids), offset=0)

    def retry(self, user: User, version_ids: Sequence[str]) -> int:
        """Read failed and cancelled versions again; return how many."""
        return self._move(user, version_ids, Move.RETRY)

    def pause(self, user: User, version_ids: Sequence[str]) -> int:
        """Take unfinished versions out of the work until they are resumed; return how many."""
        return self._move(user, version_ids, Move.PAUSE)

    def resume(self, user: User, version_ids: Sequence[str]) -> int:
        """Put paused versions back into the queue; return how many."""
        return self._move(user, version_ids, Move.RESUME)

    def cancel(self, user: User, version_ids: Sequence[str]) -> int:
        """End the work on unfinished versions, while an older version keeps answering."""
        return self._move(user, version_ids, Move.CANCEL)

    def delete(self, user: User, document_id: str) -> DeletionReceipt:
        """Remove a document with all versions; raises NotFound and IndexUnavailable."""
        require_admin(user)
        return self._deletion.delete(user, document_id)

    def delete_many(self, user: User, document_ids: Sequence[str]) -> "Sequence[DeletionReceipt]":
        """Remove several documents at little more cost to the indexes than one; see `delete`."""
        require_admin(user)
        return self._deletion.delete_many(user, document_ids)

    def page(self, user: User, version_id: str, page_number: int) -> PageView:
        """Return one page of any version; raises NotFound unless this person may read it."""
        with self._database.read() as session:
            document, version = overviews.readable_version(session, user, version_id)
            return overviews.page_view(session, document, version, page_number)

    def page_image(
        self, user: User, version_id: str, page_number: int, quotes: Sequence[str]
    ) -> PageImage | None:
        """Draw a PDF page with the quotes marked; None for other formats, else NotFound."""
        with self._database.read() as session:
            _, version = overviews.readable_version(session, user, version_id)
        if version.media_type != MediaType.PDF:
            return None
        content = self._originals.get(version.sha256)
        return self._images.page_image(content, page_number, quotes)

    def passages(self, user: User, version_id: str, page_number: int) -> "Sequence[PassageView]":
        """Return how a page was cut; raises NotFound unless this person may read it."""
        with self._database.read() as session:
            _, version = overviews.readable_version(session, user, version_id)
            return passages_on(session, version, page_number)

    def provenance(self, user: User, version_ids: Sequence[str]) -> dict[str, Provenance]:
        """Return owner, classification and review of those versions this person may read."""
        with self._database.read() as session:
            return provenance_of(session, user, version_ids)

    def original(self, user: User, version_id: str) -> OriginalFile:
        """Return the uploaded file, which is recorded; raises NotFound."""
        with self._database.read() as session:
            _, version = overviews.readable_version(session, user, version_id)
        content = self._originals.get(version.sha256)
        with self._database.begin() as session:
            record_event(
                session, user, "document.downloaded", version.document_id, version_id=version_id
            )
        return OriginalFile(version.file_name, version.media_type, content)

    def keeps_original(self, user: User, version_id: str) -> bool:
        """Tell whether the uploaded file is still stored; raises NotFound."""
        with self._database.read() as session:
            _, version = overviews.readable_version(session, user, version_id)
        return self._originals.has(version.sha256)

    def _move(self, user: User, version_ids: Sequence[str], move: Move) -> int:
        require_admin(user)
        with self._database.begin() as session:
            moved = moves.apply(session, version_ids, move)
            record_event(session, user, f"document.{move}", versions=len(moved))
        if move.is_work:
            self._queue.enqueue(moved)
        return len(moved)

    def resume_unfinished(self) -> int:
        """Queues what an earlier run of the app left unfinished; return how many."""
        with self._database.read() as session:
            unfinished = versions.unfinished_ids(session)
        self._queue.enqueue(unfinished)
        return len(unfinished)


def _to_read(receipts: Sequence[Receipt]) -> Sequence[str]:
    return [r.version_id for r in receipts if r.status is ReceiptStatus.REGISTERED and r.version_id]
