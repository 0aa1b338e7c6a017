"""Reads the questions that ended without a helpful answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from admin.usage.period import Span
from core.domain.conversations import MessageRole
from core.storage.queries.messages import question_of
from core.storage.queries.privacy.attachments import is_about_documents
from core.storage.tables import ConversationRow, FeedbackRow, MessageRow


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question the documents did not answer, or whose answer was judged not helpful."""

    message_id: str
    asked_at: datetime
    question: str
    cause: str
    reason: str = ""
    comment: str = ""


def unanswered_questions(session: Session, span: Span, limit: int) -> list[UnansweredQuestion]:
    """Return at most `limit` of them in that time, newest first."""
    answers = session.exec(
        select(MessageRow, FeedbackRow)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .join(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id, isouter=True)
        .where(
            # Deleting a conversation withdraws its questions and comments.
            col(ConversationRow.deleted_at).is_(None),
            MessageRow.role == MessageRole.ASSISTANT.value,
            col(MessageRow.created_at) >= span.since,
            col(MessageRow.created_at) < span.until,
            is_about_documents(col(MessageRow.id)),
            col(MessageRow.abstained) | (col(FeedbackRow.rating) == -1),
        )
        .order_by(col(MessageRow.created_at).desc())
        .limit(limit)
    ).all()
    return [_to_unanswered(session, answer, feedback) for answer, feedback in answers]


def kept_question(session: Session, message_id: str) -> str:
    """Return the words that an answer was given to, "" if its conversation was deleted."""
    answer = session.get(MessageRow, message_id)
    conversation = session.get(ConversationRow, answer.conversation_id) if answer else None
    if answer is None or conversation is None or conversation.deleted_at is not None:
        return ""
    return question_of(session, answer)


def _to_unanswered(
    session: Session, answer: MessageRow, feedback: FeedbackRow | None
) -> UnansweredQuestion:
    return UnansweredQuestion(
        message_id=answer.id,
        asked_at=answer.created_at,
        question=question_of(session, answer),
        cause="not in the documents" if answer.abstained else "not helpful",
        reason=feedback.reason if feedback else "",
        comment=feedback.comment if feedback else "",
    )
