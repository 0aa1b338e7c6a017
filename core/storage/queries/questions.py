"""Questions with what became of them: sent on as a gap, without an answer, or answered."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.domain.answers import SANDBOX, AnswerStatus, Way
from core.domain.batches import batched
from core.domain.conversations import MessageRole
from core.storage.queries.privacy.attachments import is_about_documents
from core.storage.tables import CitationRow, ConversationRow, KnowledgeGapRow, MessageRow

IDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, as typed, with its answer."""

    answer_id: str
    text: str
    answered_at: datetime


def gaps_since(session: Session, since: datetime, limit: int) -> Sequence[KnowledgeGapRow]:
    """Return the newest gaps first."""
    return session.exec(
        select(KnowledgeGapRow)
        .where(col(KnowledgeGapRow.asked_at) >= since)
        .order_by(col(KnowledgeGapRow.asked_at).desc())
        .limit(limit)
    ).all()


def unanswered_since(session: Session, since: datetime, limit: int) -> list[AskedQuestion]:
    """Return the questions that the documents did not answer, the newest first."""
    return _asked(session, since, limit, col(MessageRow.abstained).is_(True))


def answered_since(session: Session, since: datetime, limit: int) -> list[AskedQuestion]:
    """Return the questions that were answered from documents, the newest first."""
    is_answered = (
        col(MessageRow.abstained).is_(False)
        & (col(MessageRow.status) == AnswerStatus.COMPLETE.value)
        & (col(MessageRow.engine) != SANDBOX)
        & (col(MessageRow.way) != Way.FREE.value)
    )
    return _asked(session, since, limit, is_answered)


def cited_chunks(session: Session, answer_ids: Collection[str]) -> dict[str, list[int]]:
    """Return the passages that each answer cites, in the order of their numbers."""
    by_answer: dict[str, list[int]] = defaultdict(list)
    for batch in batched(sorted(answer_ids), IDS_PER_QUERY):
        rows = session.exec(
            select(CitationRow.message_id, CitationRow.chunk_id)
            .where(
                col(CitationRow.message_id).in_(batch),
                ~col(CitationRow.is_nearest),
                col(CitationRow.chunk_id).is_not(None),
            )
            .order_by(col(CitationRow.number))
        ).all()
        for answer_id, chunk_id in rows:
            by_answer[answer_id].append(chunk_id or 0)
    return dict(by_answer)


def _asked(
    session: Session, since: datetime, limit: int, condition: ColumnElement[bool]
) -> list[AskedQuestion]:
    """Return questions of conversations that nobody deleted, which withdraws them."""
    question = aliased(MessageRow)
    rows = session.exec(
        select(MessageRow.id, question.text, MessageRow.created_at)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .join(
            question,
            (col(question.conversation_id) == MessageRow.conversation_id)
            & (col(question.position) == MessageRow.position - 1),
        )
        .where(
            col(ConversationRow.deleted_at).is_(None),
            MessageRow.role == MessageRole.ASSISTANT.value,
            question.role == MessageRole.USER.value,
            col(MessageRow.created_at) >= since,
            is_about_documents(col(MessageRow.id)),
            condition,
        )
        .order_by(col(MessageRow.created_at).desc())
        .limit(limit)
    ).all()
    return [AskedQuestion(*row) for row in rows]
