"""Finds questions that belong to no topic yet: new answers, new judgements, what was sent on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select
from sqlalchemy import select as columns
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, delete, exists, select

from core.domain.answers import PASSAGES, SANDBOX, AnswerStatus, Way
from core.domain.clock import now
from core.domain.conversations import MessageRole
from core.domain.gaps import GapCause
from core.storage.queries.privacy.attachments import is_about_documents
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    FeedbackRow,
    GapMarkRow,
    GapQuestionRow,
    KnowledgeGapRow,
    MessageRow,
)

ANSWERS, JUDGEMENTS = "answers", "judgements"
"""The names of what is looked through from a mark on."""
OVERLAP = timedelta(hours=1)
"""Looked through again, since a row is dated before its transaction ends."""
LEAST_SENTENCES = 2
"""Sentences that an answer has at least to be called weakly supported."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
IDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to group; `wording` is the question with what a follow-up leans on.

    `moment` is what its mark counts by. Only a question that was sent has `gap_id`, and it may have
    lost its chat.
    """

    question: str
    wording: str
    asked_at: datetime
    cause: GapCause
    moment: datetime
    message_id: str = ""
    conversation_id: str = ""
    user_id: str = ""
    gap_id: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Questions to group, the oldest first, and how far each mark moves once they are grouped."""

    asked: tuple[Asked, ...]
    marks: dict[str, datetime]


def waiting(session: Session, limit: int) -> Waiting:
    """Return at most `limit` questions of each kind that belong to no topic yet."""
    start = now()
    found: dict[str, Asked] = {}
    marks = {}
    for name, read in ((ANSWERS, _answers), (JUDGEMENTS, _judgements)):
        since = max(BEGINNING, _mark(session, name) - OVERLAP)
        new = read(session, since, limit)
        marks[name] = new[-1].moment if len(new) == limit else start
        found = {one.message_id: one for one in new} | found
    sent = _sent(session, limit)
    for one in sent:
        found.pop(one.message_id, None)
    asked = [*sent, *found.values()]
    return Waiting(tuple(sorted(asked, key=lambda one: (one.asked_at, one.message_id))), marks)


def move_marks(session: Session, marks: dict[str, datetime]) -> None:
    """Store up to where answers and judgements were looked through."""
    for name, moment in marks.items():
        session.merge(GapMarkRow(name=name, moment=moment))


def forget_helpful(session: Session, since: datetime) -> None:
    """Take out questions whose answer was called unhelpful once, and helpful since."""
    helpful = select(FeedbackRow.message_id).where(
        col(FeedbackRow.updated_at) >= since, FeedbackRow.rating == 1
    )
    session.execute(
        delete(GapQuestionRow).where(
            col(GapQuestionRow.cause) == GapCause.NOT_HELPFUL.value,
            col(GapQuestionRow.message_id).in_(helpful),
            col(GapQuestionRow.outcome_id).is_(None),
        )
    )


def judged_since(session: Session) -> datetime:
    """Return from when on judgements are looked through next."""
    return max(BEGINNING, _mark(session, JUDGEMENTS) - OVERLAP)


def is_weak() -> ColumnElement[bool]:
    """Return the condition that a language model's answer has less support than it should."""
    return (
        col(AnswerUsageRow.engine).not_in((PASSAGES, SANDBOX))
        & (col(AnswerUsageRow.sentences) >= LEAST_SENTENCES)
        & (col(AnswerUsageRow.supported_sentences) * 2 < col(AnswerUsageRow.sentences))
    )


def _mark(session: Session, name: str) -> datetime:
    row = session.get(GapMarkRow, name)
    return row.moment if row else BEGINNING + OVERLAP


def _answers(session: Session, since: datetime, limit: int) -> list[Asked]:
    """Return questions whose answer abstained or has little support."""
    created = col(AnswerUsageRow.created_at)
    query = (
        _questions(created, col(AnswerUsageRow.abstained))
        .join(AnswerUsageRow, col(AnswerUsageRow.message_id) == MessageRow.id)
        .where(
            created >= since,
            col(AnswerUsageRow.status) == AnswerStatus.COMPLETE.value,
            col(AnswerUsageRow.abstained) | is_weak(),
        )
        .order_by(created, col(AnswerUsageRow.id))
        .limit(limit)
    )
    return list(_read(session.execute(query).all(), GapCause.WEAK))


def _judgements(session: Session, since: datetime, limit: int) -> list[Asked]:
    """Return questions whose answer was rated not helpful."""
    updated = col(FeedbackRow.updated_at)
    query = (
        _questions(updated, col(MessageRow.abstained))
        .join(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id)
        .where(updated >= since, col(FeedbackRow.rating) == -1)
        .order_by(updated, col(FeedbackRow.message_id))
        .limit(limit)
    )
    return list(_read(session.execute(query).all(), GapCause.NOT_HELPFUL))


def _questions(
    moment: Mapped[datetime], abstained: Mapped[bool]
) -> Select[str, str, str, str, str, datetime, datetime, bool]:
    """Select questions with their answer that belong to no topic and that nobody deleted."""
    question = aliased(MessageRow)
    return (
        columns(
            col(MessageRow.id),
            col(MessageRow.conversation_id),
            col(ConversationRow.user_id),
            col(question.text),
            col(MessageRow.standalone_query),
            col(MessageRow.created_at),
            moment,
            abstained,
        )
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .join(
            question,
            (col(question.conversation_id) == MessageRow.conversation_id)
            & (col(question.position) == MessageRow.position - 1),
        )
        .where(
            col(ConversationRow.deleted_at).is_(None),
            col(MessageRow.role) == MessageRole.ASSISTANT.value,
            col(question.role) == MessageRole.USER.value,
            is_about_documents(col(MessageRow.id)),
            col(MessageRow.way) != Way.FREE.value,
            ~exists().where(col(GapQuestionRow.message_id) == col(MessageRow.id)),
        )
    )


def _read(
    rows: Sequence[Row[str, str, str, str, str, datetime, datetime, bool]], cause: GapCause
) -> Iterator[Asked]:
    for message, conversation, person, question, standalone, asked_at, moment, abstained in rows:
        yield Asked(
            question=question,
            wording=standalone or question,
            asked_at=asked_at,
            cause=GapCause.UNANSWERED if abstained else cause,
            moment=moment,
            message_id=message,
            conversation_id=conversation,
            user_id=person,
        )


def _sent(session: Session, limit: int) -> list[Asked]:
    """Return questions that were sent on and belong to no topic yet; some have lost their chat."""
    rows = session.exec(
        select(KnowledgeGapRow, MessageRow, ConversationRow.user_id)
        .join(MessageRow, col(MessageRow.id) == KnowledgeGapRow.message_id, isouter=True)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id, isouter=True)
        .where(col(KnowledgeGapRow.topic_id).is_(None))
        .order_by(col(KnowledgeGapRow.asked_at), col(KnowledgeGapRow.id))
        .limit(limit)
    ).all()
    return [_from_gap(*row) for row in rows]


def _from_gap(gap: KnowledgeGapRow, answer: MessageRow | None, person: str | None) -> Asked:
    return Asked(
        question=gap.question,
        wording=gap.searched_for or gap.question,
        asked_at=gap.asked_at,
        cause=GapCause.UNANSWERED if answer and answer.abstained else GapCause.SENT,
        moment=gap.asked_at,
        message_id=answer.id if answer else "",
        conversation_id=answer.conversation_id if answer else "",
        user_id=person or "",
        gap_id=gap.id,
    )
