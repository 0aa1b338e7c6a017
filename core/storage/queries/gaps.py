"""Reads knowledge gaps with the names of the people and the collection in them."""

from sqlmodel import Session, select

from core.domain.gaps import GapStatus, KnowledgeGap
from core.storage.tables import CollectionRow, KnowledgeGapRow, UserRow

FORMER = "a former employee"
ADMINISTRATOR = "An administrator"


def to_gap(session: Session, row: KnowledgeGapRow) -> KnowledgeGap:
    """The domain value; people and collections that are gone have lost their names."""
    collection = session.get(CollectionRow, row.collection_id) if row.collection_id else None
    return KnowledgeGap(
        id=row.id,
        message_id=row.message_id or "",
        question=row.question,
        searched_for=row.searched_for,
        note=row.note,
        status=GapStatus(row.status),
        asker_name=_name(session, row.asker_id) or FORMER,
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
    """The gap that was recorded for this answer, None if there is none."""
    return session.exec(
        select(KnowledgeGapRow).where(KnowledgeGapRow.message_id == message_id)
    ).first()


def _name(session: Session, user_id: str | None) -> str:
    row = session.get(UserRow, user_id) if user_id else None
    return row.name if row else ""
