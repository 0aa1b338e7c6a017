"""Reads knowledge gaps with the names of people, collection and document, and what was told."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, or_, select

from core.domain.access import may_read
from core.domain.closeness import Closeness, closeness
from core.domain.gaps import GapStatus, KnowledgeGap
from core.domain.identity import ADMINISTRATOR, FORMER_EMPLOYEE, SYSTEM, User
from core.storage.queries.collections import collection_by_id
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.queries.sources import reach_of, sources_of
from core.storage.queries.spending.switches import documents_off
from core.storage.tables import (
    CollectionRow,
    ConversationRow,
    DocumentRow,
    GapOutcomeRow,
    GapQuestionRow,
    KnowledgeGapRow,
    MessageRow,
    RetrievalRow,
    UserRow,
)

TOO_FAR = (Closeness.FAR, Closeness.WORDS_ONLY)
"""Passages whose collection has nothing to do with a question."""


def to_gap(session: Session, row: KnowledgeGapRow, reader: User) -> KnowledgeGap:
    """Return the domain value; people and collections that are gone have lost their names.

    What was searched for may be completed from earlier answers, so it is left out for a reader
    who may not read what stands behind those.
    """
    collection = session.get(CollectionRow, row.collection_id) if row.collection_id else None
    return KnowledgeGap(
        id=row.id,
        message_id=row.message_id or "",
        question=row.question,
        searched_for=row.searched_for if _is_query_open(session, row, reader) else "",
        note=row.note,
        status=GapStatus(row.status),
        asker_name=_name(session, row.asker_id) or FORMER_EMPLOYEE,
        asked_at=row.asked_at,
        collection_id=row.collection_id or "",
        collection_name=collection.name if collection else "",
        owner_name=_name(session, row.owner_id),
        reply=row.reply,
        replied_by=_name(session, row.replied_by) or ADMINISTRATOR,
        replied_at=row.replied_at,
        is_read=row.read_at is not None,
        document_name=_closing_document(session, row, reader),
        topic_id=row.topic_id or "",
    )


def gap_of_answer(session: Session, message_id: str) -> KnowledgeGapRow | None:
    """Return the gap that was recorded for this answer, None if there is none."""
    return session.exec(
        select(KnowledgeGapRow).where(KnowledgeGapRow.message_id == message_id)
    ).first()


def told_of_answer(session: Session, message_id: str, reader: User) -> KnowledgeGap | None:
    """Return what was told of a question that nobody sent on, None if nothing was."""
    row = session.get(GapQuestionRow, message_id)
    outcome = session.get(GapOutcomeRow, row.outcome_id) if row and row.outcome_id else None
    if row is None or outcome is None or outcome.is_personal:
        return None
    return KnowledgeGap(
        id="",
        message_id=message_id,
        question="",
        searched_for="",
        note="",
        status=GapStatus(outcome.status),
        asker_name=reader.name,
        asked_at=row.asked_at,
        reply=outcome.reply,
        replied_by=_name(session, outcome.settled_by) or ADMINISTRATOR,
        replied_at=outcome.settled_at,
        is_read=row.read_at is not None,
        document_name=document_name(session, outcome.document_id, reader),
        is_sent=False,
        topic_id=row.topic_id,
    )


def document_name(session: Session, document_id: str | None, reader: User) -> str:
    """Return the title of a document, "" if it is gone, turned off or not open to the reader."""
    document = session.get(DocumentRow, document_id) if document_id else None
    if document is None or documents_off(session, [document.id]):
        return ""
    collection = collection_by_id(session, document.collection_id)
    return document.title if may_read(reader, collection) else ""


def near_collections(session: Session, message_id: str) -> list[str]:
    """Return the collections with a passage not far from a question, the nearest first."""
    rows = session.exec(
        select(DocumentRow.collection_id, RetrievalRow.similarity)
        .join(DocumentRow, col(DocumentRow.id) == RetrievalRow.document_id)
        .where(RetrievalRow.message_id == message_id, is_shared_document())
        .order_by(col(RetrievalRow.rank))
    ).all()
    return list(dict.fromkeys(c for c, similarity in rows if closeness(similarity) not in TOO_FAR))


def nearest_collection(session: Session, message_id: str) -> str | None:
    """Return the collection whose owner may know, None if no passage came near the question."""
    near = near_collections(session, message_id) if message_id else []
    return near[0] if near else None


def is_kept() -> ColumnElement[bool]:
    """Return the condition that the question of a topic stands in a chat that nobody deleted."""
    deleted = select(ConversationRow.id).where(col(ConversationRow.deleted_at).is_not(None))
    return col(GapQuestionRow.conversation_id).not_in(deleted)


def is_loose() -> ColumnElement[bool]:
    """Return the condition that a sent question is all that is left: its chat is gone or hidden."""
    return ~exists().where(
        col(GapQuestionRow.message_id) == col(KnowledgeGapRow.message_id), is_kept()
    )


def unread_reply() -> ColumnElement[bool]:
    """Return the condition that a conversation has a reply which the person has not seen."""
    return or_(_unread_reply_to_sent(), _unread_reply_to_topic())


def _unread_reply_to_sent() -> ColumnElement[bool]:
    return exists().where(
        col(MessageRow.conversation_id) == ConversationRow.id,
        col(KnowledgeGapRow.message_id) == MessageRow.id,
        col(KnowledgeGapRow.status) != GapStatus.OPEN.value,
        col(KnowledgeGapRow.read_at).is_(None),
    )


def _unread_reply_to_topic() -> ColumnElement[bool]:
    return exists().where(
        col(GapQuestionRow.conversation_id) == ConversationRow.id,
        col(GapQuestionRow.outcome_id) == GapOutcomeRow.id,
        col(GapOutcomeRow.is_personal).is_(False),
        col(GapQuestionRow.read_at).is_(None),
    )


def _closing_document(session: Session, gap: KnowledgeGapRow, reader: User) -> str:
    if gap.status == GapStatus.OPEN or not gap.message_id:
        return ""
    row = session.get(GapQuestionRow, gap.message_id)
    outcome = session.get(GapOutcomeRow, row.outcome_id) if row and row.outcome_id else None
    return document_name(session, outcome.document_id, reader) if outcome else ""


def _is_query_open(session: Session, row: KnowledgeGapRow, reader: User) -> bool:
    """Return whether the reader may read the query; without the chat its sources are unknown."""
    if not row.searched_for or reader is SYSTEM:
        return True
    if not row.message_id:
        return False
    sources = sources_of(session, [row.message_id]).get(row.message_id, frozenset())
    return not reach_of(session, reader, sources).closed(sources)


def _name(session: Session, user_id: str | None) -> str:
    row = session.get(UserRow, user_id) if user_id else None
    return row.name if row else ""
