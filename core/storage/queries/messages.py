"""Queries about the messages of a conversation that several features share."""

from sqlmodel import Session, col, select

from core.domain.conversations import MessageRole
from core.domain.identity import User
from core.errors import NotFound
from core.storage.tables import ConversationRow, MessageRow

GONE = "This answer no longer exists."


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
