"""The service for files that people attach to their own conversations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.governance.attachments import AttachedFile, AttachmentStanding, AttachmentTerms
from core.domain.identity import User
from core.domain.knowledge import DocumentState, Sensitivity, Upload
from core.domain.text.plurals import count
from core.errors import AccessDenied, Conflict, IndexUnavailable, NotFound
from core.storage.queries.audit import record_event
from core.storage.queries.privacy.attachments import (
    NAME,
    private_collections,
    remove_files,
    require_own_conversation,
    terms_in_force,
)
from core.storage.queries.privacy.holds import KEPT, is_held_chat
from core.storage.tables import (
    ChunkRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
)
from ingestion.attachments.room import Room
from ingestion.files.archives import UploadLimits
from ingestion.indexing.indexes import ChunkIds, SearchIndexes
from ingestion.intake.reception import Incoming, received
from ingestion.intake.registration import Registration
from ingestion.pipeline import versions
from ingestion.values import DocumentStores, Queue, Receipt, ReceiptStatus

OFF = "Files cannot be attached here: administrators have turned that off. Nothing was stored."
TWICE = "This file is attached already."
GONE = "This file is not attached any more."
EXPIRED_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class IndexingPlan:
    """How the files of a new conversation are indexed: model, its dimension, and the splitter."""

    embedding_model: str
    embedding_dimension: int
    splitter_version: str


class Attachments:
    """The files of conversations, each for the person whose conversation it is and for no other.

    The process that removes files must own the indexes, as the running app does.
    """

    def __init__(
        self,
        stores: DocumentStores,
        plan: IndexingPlan,
        *,
        queue: Queue,
        limits: UploadLimits | None = None,
    ) -> None:
        """Take `limits` of all uploads; the terms in force may be narrower."""
        self._database = stores.database
        self._originals = stores.originals
        self._indexes = SearchIndexes(stores.vectors, stores.keywords)
        self._plan = plan
        self._queue = queue
        self._limits = limits or UploadLimits()

    def standing(self, user: User, conversation_id: str | None = None) -> AttachmentStanding:
        """Return what may be attached, and the files of a conversation, the oldest first.

        There are none in a conversation that is not this person's. The largest file is also bound
        by that of all uploads.
        """
        require_active(user)
        with self._database.read() as session:
            terms = self._terms(session)
            files = _files(session, user, conversation_id) if conversation_id else ()
            return AttachmentStanding(terms, tuple(files))

    def attach(
        self, user: User, conversation_id: str, uploads: Sequence[Upload]
    ) -> Sequence[Receipt]:
        """Attach files to a conversation; return a receipt for each, also for refused ones.

        They are read in the background. Raises NotFound for a conversation that is not this
        person's, and AccessDenied where attachments are turned off.
        """
        require_active(user)
        with self._database.read() as session:
            require_own_conversation(session, user, conversation_id)
            terms = self._require_on(session)
        limits = replace(self._limits, max_bytes=terms.max_bytes)
        items = [
            (number, item)
            for number, upload in enumerate(uploads)
            for item in received(upload, limits)
        ]
        with self._database.begin() as session:
            require_own_conversation(session, user, conversation_id)
            terms = self._require_on(session)
            collection_id = self._collection(session, conversation_id, terms)
            receipts = self._registered(session, user, collection_id, items, terms)
            record_event(
                session,
                user,
                "attachment.added",
                conversation_id,
                files=len(_to_read(receipts)),
                refused=sum(receipt.status is ReceiptStatus.FAILED for receipt in receipts),
            )
        self._queue.enqueue(_to_read(receipts), first=True)
        return receipts

    def list(self, user: User, conversation_id: str) -> list[AttachedFile]:
        """Return the files of a conversation, the oldest first; raises NotFound."""
        require_active(user)
        with self._database.read() as session:
            require_own_conversation(session, user, conversation_id)
            return _files(session, user, conversation_id)

    def remove(self, user: User, conversation_id: str, document_id: str) -> None:
        """Erase a file, and what answers quote of it.

        It is not found any more when this returns; the background removes the rest. Raises NotFound
        if the file or the conversation is not this person's, Conflict under a legal hold and
        IndexUnavailable.
        """
        require_active(user)
        with self._database.read() as session:
            require_own_conversation(session, user, conversation_id)
            _require_not_held(session, conversation_id)
            files = _files(session, user, conversation_id)
            if document_id not in {file.document_id for file in files}:
                raise NotFound(GONE)
        self._erase([document_id])
        with self._database.begin() as session:
            record_event(session, user, "attachment.removed", conversation_id, files=1)

    def remove_expired(self) -> int:
        """Erase files that are older than the terms allow; return how many."""
        with self._database.read() as session:
            terms = self._terms(session)
            ids = _older_than(session, terms.days_kept) if terms.days_kept else []
        if ids:
            self._erase(ids)
            with self._database.begin() as session:
                record_event(session, None, "attachment.expired", files=len(ids))
        return len(ids)

    def _terms(self, session: Session) -> AttachmentTerms:
        terms = terms_in_force(session)
        largest = max(self._limits.max_bytes // 2**20, 1)
        return replace(terms, max_megabytes=min(terms.max_megabytes, largest))

    def _require_on(self, session: Session) -> AttachmentTerms:
        terms = self._terms(session)
        if not terms.is_on:
            raise AccessDenied(OFF)
        return terms

    def _collection(self, session: Session, conversation_id: str, terms: AttachmentTerms) -> str:
        """Return the collection of a conversation, which its first file creates."""
        # One after the other, or two tabs would create two of them.
        its = ConversationRow.id == conversation_id
        session.exec(select(ConversationRow.id).where(its).with_for_update()).one()
        mine = CollectionRow.conversation_id == conversation_id
        known = session.exec(select(CollectionRow.id).where(mine)).first()
        if known is not None:
            return known
        row = CollectionRow(
            name=NAME.format(conversation_id),
            sensitivity=terms.classification.value,
            embedding_model=self._plan.embedding_model,
            embedding_dimension=self._plan.embedding_dimension,
            splitter_version=self._plan.splitter_version,
            conversation_id=conversation_id,
        )
        session.add(row)
        session.flush()
        return row.id

    def _registered(
        self,
        session: Session,
        user: User,
        collection_id: str,
        items: Sequence[tuple[int, Incoming | Receipt]],
        terms: AttachmentTerms,
    ) -> Sequence[Receipt]:
        """Register what there is room for; return the receipts in the order of the items."""
        room = Room(session, user, collection_id, terms)
        refusals = [room.refusal(one) for _, one in items if isinstance(one, Incoming)]
        incoming = [one for _, one in items if isinstance(one, Incoming)]
        taken = [one for one, refusal in zip(incoming, refusals, strict=True) if not refusal]
        registration = Registration(session, self._originals, user, collection_id)
        registered, reasons = iter(registration.register(taken)), iter(refusals)
        receipts = []
        for number, item in items:
            if isinstance(item, Receipt):
                receipt = item
            elif reason := next(reasons):
                receipt = Receipt(item.file_name, ReceiptStatus.FAILED, reason)
            else:
                receipt = next(registered)
            if receipt.status is ReceiptStatus.DUPLICATE:
                receipt = replace(receipt, reason=TWICE)
            receipts.append(replace(receipt, upload=number))
        return receipts

    def _erase(self, document_ids: Sequence[str]) -> None:
        """Hide files, take them out of both indexes, then delete their rows."""
        with self._database.begin() as session:
            hidden = _hide(session, document_ids)
        self._drop(hidden)
        with self._database.begin() as session:
            late = _hide(session, document_ids)  # by a reading that was under way
            remove_files(session, document_ids)
        self._drop(late)

    def _drop(self, chunk_ids: ChunkIds) -> None:
        self._indexes.remove(chunk_ids)
        remaining = self._indexes.remaining(chunk_ids)
        if remaining:
            raise IndexUnavailable(
                f"The search index still contains {count(remaining, 'passage')} of this file. "
                "Remove it again."
            )


def _to_read(receipts: Sequence[Receipt]) -> list[str]:
    return [r.version_id for r in receipts if r.status is ReceiptStatus.REGISTERED and r.version_id]


def _files(session: Session, user: User, conversation_id: str) -> list[AttachedFile]:
    """Return the newest version of each file of a conversation that this person has now."""
    rows = session.exec(
        select(DocumentRow, DocumentVersionRow)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .join(DocumentVersionRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
        .join(ConversationRow, col(ConversationRow.id) == CollectionRow.conversation_id)
        .where(
            ConversationRow.id == conversation_id,
            ConversationRow.user_id == user.id,
            col(ConversationRow.deleted_at).is_(None),
        )
        .order_by(col(DocumentRow.created_at), col(DocumentRow.id), col(DocumentVersionRow.number))
    ).all()
    newest = {document.id: _file(document, version) for document, version in rows}
    return list(newest.values())


def _file(document: DocumentRow, version: DocumentVersionRow) -> AttachedFile:
    return AttachedFile(
        document_id=document.id,
        version_id=version.id,
        title=document.title,
        file_name=version.file_name,
        state=DocumentState(version.state),
        reason=version.reason,
        progress=version.progress,
        size_bytes=version.size_bytes,
        page_count=version.page_count,
        chunk_count=version.chunk_count,
        attached_at=version.uploaded_at,
        classification=Sensitivity(document.classification),
    )


def _require_not_held(session: Session, conversation_id: str) -> None:
    held = select(ConversationRow.id).where(ConversationRow.id == conversation_id, is_held_chat())
    if session.exec(held).first() is not None:
        raise Conflict(KEPT)


def _older_than(session: Session, days: int) -> list[str]:
    """Return files of conversations that are not held whose newest version is older than this."""
    until = now() - timedelta(days=days)
    newer = select(DocumentVersionRow.document_id).where(
        col(DocumentVersionRow.uploaded_at) >= until
    )
    held = select(ConversationRow.id).where(is_held_chat())
    expired = (
        select(DocumentRow.id)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .where(
            col(DocumentRow.collection_id).in_(private_collections()),
            col(DocumentRow.id).not_in(newer),
            col(CollectionRow.conversation_id).not_in(held),
        )
        .order_by(col(DocumentRow.created_at))
        .limit(EXPIRED_TOGETHER)
    )
    return list(session.exec(expired).all())


def _hide(session: Session, document_ids: Sequence[str]) -> ChunkIds:
    """Take files out of all answers, and return their passages by collection."""
    version_ids = [
        version_id
        for document_id in document_ids
        for version_id in versions.version_ids_of(session, document_id)
    ]
    is_mine = col(ChunkRow.version_id).in_(version_ids)
    session.execute(update(ChunkRow).where(is_mine).values(is_ready=False))
    is_document = col(DocumentRow.id).in_(document_ids)
    session.execute(update(DocumentRow).where(is_document).values(current_version_id=None))
    return versions.chunk_ids_of(session, version_ids)
