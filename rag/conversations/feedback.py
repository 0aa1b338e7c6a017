"""Stores what people think of their answers."""

from sqlmodel import Session

from core.domain.clock import now
from core.domain.conversations import Feedback
from core.domain.identity import User
from core.errors import NotFound
from core.guardrails.text import clean
from core.storage.tables import FeedbackRow, MessageRow
from rag.conversations.own import owned_conversation


def store_feedback(session: Session, user: User, message_id: str, feedback: Feedback) -> None:
    """Store or replace a person's judgement; raise NotFound for an answer that is not theirs."""
    answer = session.get(MessageRow, message_id)
    if answer is None:
        raise NotFound("This answer no longer exists.")
    owned_conversation(session, user, answer.conversation_id)
    row = session.get(FeedbackRow, message_id)
    if row is None:
        row = FeedbackRow(message_id=message_id, user_id=user.id, rating=feedback.rating)
        session.add(row)
    row.rating = feedback.rating
    row.reason = feedback.reason.value if feedback.reason else ""
    row.comment = clean(feedback.comment).text.strip()
    row.updated_at = now()
