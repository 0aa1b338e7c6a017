"""Files of conversations: whose they are, what keeps them out of every list, and how they go.

They are documents of a collection that belongs to one conversation. Whoever lists documents or
collections for somebody else adds `is_shared_document` or `is_shared_version`.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.access import may_read
from core.domain.batches import batched
from core.domain.governance.attachments import AttachmentTerms, AttachmentTotals, Remain
from core.domain.identity import User
from core.domain.knowledge import Collection, Sensitivity
from core.errors import NotFound
from core.storage.queries.collections import collection_by_id
from core.storage.tables import (
    AttachmentRemainRow,
    AttachmentTermsRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
    SearchedCollectionRow,
)
from core.storage.tables.governance.attachments import ONLY

IDS_PER_QUERY = 500
NAME = "Files of chat {}"
"""The name of the collection of a conversation, which nobody sees."""


def private_collections() -> SelectOfScalar[str]:
    """Return the query for the collections that belong to a conversation."""
    return select(CollectionRow.id).where(col(CollectionRow.conversation_id).is_not(None))


def is_shared_document() -> ColumnElement[bool]:
    """Return the condition that a document is the company's and not a file of a conversation."""
    return col(DocumentRow.collection_id).not_in(private_collections())


def is_shared_version() -> ColumnElement[bool]:
    """Return the same of a version, for queries that do not join its document."""
    return col(DocumentVersionRow.document_id).not_in(_private_documents())


def shared_document(session: Session, document_id: str) -> DocumentRow | None:
    """Return a document of the company, None if there is no such."""
    listed = select(DocumentRow).where(DocumentRow.id == document_id, is_shared_document())
    return session.exec(listed).first()


def is_about_documents(message_id: Mapped[str]) -> ColumnElement[bool]:
    """Return the condition that no file of a conversation was searched for an answer."""
    return message_id.not_in(
        select(SearchedCollectionRow.message_id).where(
            col(SearchedCollectionRow.collection_id).in_(private_collections())
        )
    )


def was_about_files(session: Session, message_id: str) -> bool:
    """Return whether files of a conversation were searched for an answer."""
    searched = select(SearchedCollectionRow.message_id).where(
        SearchedCollectionRow.message_id == message_id,
        col(SearchedCollectionRow.collection_id).in_(private_collections()),
    )
    return session.exec(searched).first() is not None


def attached_collection(session: Session, user: User, conversation_id: str) -> Collection | None:
    """Return the files of a conversation of this person, None if it has none or is not theirs."""
    found = session.exec(_own(user).where(ConversationRow.id == conversation_id)).first()
    return collection_by_id(session, found) if found else None


def own_attached_collections(session: Session, user: User) -> frozenset[str]:
    """Return the ids of the collections of all conversations that this person has now."""
    return frozenset(session.exec(_own(user)).all())


def may_open(session: Session, user: User, collection: Collection) -> bool:
    """Return whether a person may open single documents of a collection: their own files too."""
    if not collection.conversation_id:
        return may_read(user, collection)
    own = _own(user).where(CollectionRow.id == collection.id)
    return user.is_active and session.exec(own).first() is not None


def require_own_conversation(session: Session, user: User, conversation_id: str) -> ConversationRow:
    """Return a conversation of this person that is not deleted; raise NotFound."""
    row = session.get(ConversationRow, conversation_id)
    if row is None or not user.id or row.user_id != user.id or row.deleted_at is not None:
        raise NotFound("This conversation no longer exists.")
    return row


def terms_in_force(session: Session) -> AttachmentTerms:
    """Return what administrators allow."""
    row = session.get(AttachmentTermsRow, ONLY)
    if row is None:
        return AttachmentTerms()
    return AttachmentTerms(
        row.is_on,
        Sensitivity(row.classification),
        row.max_megabytes,
        row.max_files,
        row.days_kept,
    )


def set_terms(session: Session, terms: AttachmentTerms, changed_by: str | None) -> None:
    """Store the terms; all files that are attached get their class."""
    session.merge(
        AttachmentTermsRow(
            id=ONLY,
            is_on=terms.is_on,
            classification=terms.classification.value,
            max_megabytes=terms.max_megabytes,
            max_files=terms.max_files,
            days_kept=terms.days_kept,
            changed_by=changed_by,
        )
    )
    session.execute(
        update(CollectionRow)
        .where(col(CollectionRow.conversation_id).is_not(None))
        .values(sensitivity=terms.classification.value)
    )
    session.execute(
        update(DocumentRow)
        .where(col(DocumentRow.collection_id).in_(private_collections()))
        .values(classification=terms.classification.value)
    )


def totals(session: Session) -> AttachmentTotals:
    """Return how much is attached in all conversations together."""
    conversations, files, size = session.exec(
        select(
            func.count(col(DocumentRow.collection_id).distinct()),
            func.count(col(DocumentRow.id).distinct()),
            func.coalesce(func.sum(DocumentVersionRow.size_bytes), 0),
        )
        .join(DocumentVersionRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
        .where(col(DocumentRow.collection_id).in_(private_collections()))
    ).one()
    return AttachmentTotals(conversations, files, int(size))


def remove_with_chats(session: Session, conversation_ids: Sequence[str]) -> int:
    """Delete the files of conversations, note what is left to remove; return how many there were.

    What is left is outside the tables (ingestion.attachments.remains).
    """
    removed = 0
    for batch in batched(conversation_ids, IDS_PER_QUERY):
        collection_ids = session.exec(
            select(CollectionRow.id).where(col(CollectionRow.conversation_id).in_(batch))
        ).all()
        documents = select(DocumentRow.id).where(col(DocumentRow.collection_id).in_(collection_ids))
        ids = session.exec(documents).all()
        removed += remove_files(session, ids)
        _note(session, Remain.INDEX, collection_ids)
        session.execute(delete(CollectionRow).where(col(CollectionRow.id).in_(collection_ids)))
    return removed


def remove_files(session: Session, document_ids: Sequence[str]) -> int:
    """Delete the rows of files and note what is left to remove of them; return how many."""
    for batch in batched(document_ids, IDS_PER_QUERY):
        places = select(DocumentRow.collection_id).where(col(DocumentRow.id).in_(batch)).distinct()
        _note(session, Remain.INDEX, session.exec(places).all())
        of_these = col(DocumentVersionRow.document_id).in_(batch)
        hashes = session.exec(select(DocumentVersionRow.sha256).where(of_these)).all()
        _note(session, Remain.ORIGINAL, hashes)
        _note(session, Remain.DOCUMENT, batch)
        session.execute(delete(DocumentRow).where(col(DocumentRow.id).in_(batch)))
    return len(document_ids)


def _note(session: Session, kind: Remain, keys: Iterable[str]) -> None:
    for key in dict.fromkeys(keys):
        if session.get(AttachmentRemainRow, (kind.value, key)) is None:
            session.add(AttachmentRemainRow(kind=kind.value, key=key))


def _private_documents() -> SelectOfScalar[str]:
    return select(DocumentRow.id).where(col(DocumentRow.collection_id).in_(private_collections()))


def _own(user: User) -> SelectOfScalar[str]:
    """Return the query for the collections of a person's conversations that are not deleted."""
    return (
        select(CollectionRow.id)
        .join(ConversationRow, col(ConversationRow.id) == CollectionRow.conversation_id)
        .where(
            ConversationRow.user_id == user.id,
            col(ConversationRow.deleted_at).is_(None),
        )
    )
