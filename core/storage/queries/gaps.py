"""Reads knowledge gaps with the names of the people and the collection in them."""

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, exists, select

from core.domain.gaps import GapStatus, KnowledgeGap
from core.domain.identity import ADMINISTRATOR, FORMER_EMPLOYEE, SYSTEM, User
from core.storage.queries.sources import reach_of, sources_of
from core.storage.tables import (
    CollectionRow,
    ConversationRow,
    KnowledgeGapRow,
    MessageRow,
    UserRow,
)


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
    )


def gap_of_answer(session: Session, message_id: str) -> KnowledgeGapRow | None:
    """Return the gap that was recorded for this answer, None if there is none."""
    return session.exec(
        select(KnowledgeGapRow).where(KnowledgeGapRow.message_id == message_id)
    ).first()


def unread_reply() -> ColumnElement[bool]:
    """Return the condition that a conversation has a reply which the person has not seen."""
    return exists().where(
        col(MessageRow.conversation_id) == ConversationRow.id,
        col(KnowledgeGapRow.message_id) == MessageRow.id,
        col(KnowledgeGapRow.status) != GapStatus.OPEN.value,
        col(KnowledgeGapRow.read_at).is_(None),
    )


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
