"""Tends topics: the words that stand for them, and those of which nothing is left."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, delete, exists, or_, select

from core.storage.queries.gaps import is_kept, is_loose
from core.storage.tables import (
    ConversationRow,
    GapQuestionRow,
    GapTopicRow,
    KnowledgeGapRow,
    MessageRow,
)


def wordings(session: Session, topic_ids: Sequence[str]) -> dict[str, str]:
    """Return for each topic the question that stands for it, as it was searched for.

    Topics whose words are gone are left out.
    """
    question = aliased(MessageRow)
    rows = session.exec(
        select(GapTopicRow.id, MessageRow.standalone_query, question.text)
        .join(MessageRow, col(MessageRow.id) == GapTopicRow.label_id)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .join(
            question,
            (col(question.conversation_id) == MessageRow.conversation_id)
            & (col(question.position) == MessageRow.position - 1),
        )
        .where(col(GapTopicRow.id).in_(topic_ids), col(ConversationRow.deleted_at).is_(None))
    ).all()
    found = {topic: standalone or asked for topic, standalone, asked in rows}
    for topic_id in topic_ids:
        if topic_id not in found and (gap := _sent(session, topic_id)):
            found[topic_id] = gap.searched_for or gap.question
    return found


def topics_to_embed(session: Session, model: str, limit: int) -> list[tuple[str, str, str]]:
    """Return topics without a vector of this model, or without the question that stood for them.

    Each comes with the answer to the oldest question that is left, "" for one that was only sent,
    and with the words of that question. Topics without words are left out.
    """
    label = aliased(MessageRow)
    is_hidden = (
        select(ConversationRow.id)
        .join(label, col(label.conversation_id) == ConversationRow.id)
        .where(
            col(label.id) == col(GapTopicRow.label_id),
            col(ConversationRow.deleted_at).is_not(None),
        )
        .exists()
    )
    wants = or_(
        col(GapTopicRow.vector).is_(None),
        GapTopicRow.model != model,
        col(GapTopicRow.label_id).is_(None) & _has_questions(),
        is_hidden & _has_words(),
    )
    ids = session.exec(
        select(GapTopicRow.id).where(wants, _has_words()).order_by(col(GapTopicRow.id)).limit(limit)
    ).all()
    return [found for id_ in ids if (found := _oldest(session, id_)) is not None]


def remove_empty(session: Session) -> None:
    """Remove topics of which no question is left, with what was replied to them."""
    sent = exists().where(col(KnowledgeGapRow.topic_id) == col(GapTopicRow.id))
    asked = exists().where(col(GapQuestionRow.topic_id) == col(GapTopicRow.id))
    empty = session.exec(select(GapTopicRow.id).where(~sent, ~asked)).all()
    for topic_id in empty:
        session.execute(delete(GapTopicRow).where(col(GapTopicRow.id) == topic_id))


def _has_questions() -> ColumnElement[bool]:
    return exists().where(col(GapQuestionRow.topic_id) == col(GapTopicRow.id), is_kept())


def _has_words() -> ColumnElement[bool]:
    sent = exists().where(col(KnowledgeGapRow.topic_id) == col(GapTopicRow.id), is_loose())
    return or_(_has_questions(), sent)


def _oldest(session: Session, topic_id: str) -> tuple[str, str, str] | None:
    question = aliased(MessageRow)
    row = session.exec(
        select(MessageRow.id, MessageRow.standalone_query, question.text)
        .join(GapQuestionRow, col(GapQuestionRow.message_id) == MessageRow.id)
        .join(
            question,
            (col(question.conversation_id) == MessageRow.conversation_id)
            & (col(question.position) == MessageRow.position - 1),
        )
        .where(GapQuestionRow.topic_id == topic_id, is_kept())
        .order_by(col(GapQuestionRow.asked_at), col(GapQuestionRow.message_id))
    ).first()
    if row is not None:
        message_id, standalone, asked = row
        return topic_id, message_id, standalone or asked
    gap = _sent(session, topic_id)
    return (topic_id, "", gap.searched_for or gap.question) if gap else None


def _sent(session: Session, topic_id: str) -> KnowledgeGapRow | None:
    return session.exec(
        select(KnowledgeGapRow)
        .where(KnowledgeGapRow.topic_id == topic_id, is_loose())
        .order_by(col(KnowledgeGapRow.asked_at), col(KnowledgeGapRow.id))
    ).first()
