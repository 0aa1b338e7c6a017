"""Queries about the messages of a conversation that several features share."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select

from core.domain.answers import AnswerStatus
from core.domain.conversations import MessageRole
from core.domain.identity import User
from core.errors import NotFound
from core.storage.tables import ConversationRow, MessageRow

GONE = "This answer no longer exists."


def is_shown() -> ColumnElement[bool]:
    """Return the condition under which a conversation shows a message.

    A question that was asked anew, and its answer, stay stored; they are shown again if the new
    answer was stopped or failed.
    """
    newer = aliased(MessageRow)
    counts = (AnswerStatus.COMPLETE.value, AnswerStatus.PENDING.value)
    is_replaced = (
        select(newer.id)
        .where(newer.id == MessageRow.replaced_by, col(newer.status).in_(counts))
        .exists()
    )
    return or_(col(MessageRow.replaced_by).is_(None), ~is_replaced)


def shown_pair(session: Session, answer: MessageRow) -> tuple[MessageRow, MessageRow] | None:
    """Return the last question of a conversation and this answer; None if others came later."""
    rows = session.exec(
        select(MessageRow)
        .where(MessageRow.conversation_id == answer.conversation_id, is_shown())
        .order_by(col(MessageRow.position).desc())
        .limit(2)
    ).all()
    if len(rows) < 2 or rows[0].id != answer.id or rows[1].role != MessageRole.USER.value:
        return None
    return rows[1], rows[0]


def own_answer(session: Session, user: User, message_id: str) -> MessageRow:
    """Return an answer in one of this person's conversations; raise NotFound, also if deleted."""
    row = session.get(MessageRow, message_id)
    if row is None or row.role != MessageRole.ASSISTANT:
        raise NotFound(GONE)
    chat = session.get(ConversationRow, row.conversation_id)
    if chat is None or chat.user_id != user.id or chat.deleted_at is not None:
        raise NotFound(GONE)
    return row


def question_of(session: Session, answer: MessageRow) -> str:
    """Return the question before this answer, as it was typed; empty if it is gone."""
    question = session.exec(
        select(MessageRow.text)
        .where(
            MessageRow.conversation_id == answer.conversation_id,
            MessageRow.role == MessageRole.USER.value,
            col(MessageRow.position) < answer.position,
        )
        .order_by(col(MessageRow.position).desc())
    ).first()
    return question or ""


def askers_of(session: Session, message_ids: Collection[str]) -> list[str]:
    """Return the ids of the people in whose conversations these messages are."""
    return list(
        session.exec(
            select(ConversationRow.user_id)
            .join(MessageRow, col(MessageRow.conversation_id) == ConversationRow.id)
            .where(col(MessageRow.id).in_(message_ids))
            .distinct()
        ).all()
    )
