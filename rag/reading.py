"""Reads stored messages back as domain values."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import Select

from core.domain.answers import (
    Answer,
    AnswerSentence,
    AnswerStatus,
    Citation,
    Support,
    Timing,
    TokenUsage,
    UsageSource,
)
from core.domain.conversations import Feedback, FeedbackReason, Message, MessageRole
from core.storage.tables import AnswerUsageRow, CitationRow, FeedbackRow, MessageRow, PageRow

Cited = tuple[CitationRow, str | None]
"""A citation and the label of its page."""


def read_messages(session: Session, conversation_id: str) -> tuple[Message, ...]:
    """All messages of a conversation, oldest first."""
    rows = session.exec(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id)
        .order_by(col(MessageRow.position))
    ).all()
    return messages_of(session, rows)


def messages_of(session: Session, rows: Sequence[MessageRow]) -> tuple[Message, ...]:
    """The domain values of message rows, with answers and feedback."""
    ids = [row.id for row in rows]
    citations: dict[str, list[Cited]] = defaultdict(list)
    for citation, label in session.exec(_cited(ids)):
        citations[citation.message_id].append((citation, label))
    usage = {
        row.message_id: row
        for row in session.exec(
            select(AnswerUsageRow).where(col(AnswerUsageRow.message_id).in_(ids))
        )
    }
    feedback = {
        row.message_id: row
        for row in session.exec(select(FeedbackRow).where(col(FeedbackRow.message_id).in_(ids)))
    }
    return tuple(
        _message(row, citations[row.id], usage.get(row.id), feedback.get(row.id)) for row in rows
    )


def _cited(message_ids: Sequence[str]) -> Select[CitationRow, str | None]:
    """Citations with what their page is called, as long as it exists."""
    page = and_(
        col(PageRow.version_id) == CitationRow.version_id, col(PageRow.number) == CitationRow.page
    )
    return (
        select(CitationRow, PageRow.label)
        .outerjoin(PageRow, page)
        .where(col(CitationRow.message_id).in_(message_ids))
        .order_by(col(CitationRow.number))
    )


def _message(
    row: MessageRow,
    citations: Sequence[Cited],
    usage: AnswerUsageRow | None,
    feedback: FeedbackRow | None,
) -> Message:
    role = MessageRole(row.role)
    return Message(
        id=row.id,
        role=role,
        text=row.text,
        created_at=row.created_at,
        answer=_answer(row, citations, usage) if role is MessageRole.ASSISTANT else None,
        feedback=_feedback(feedback) if feedback else None,
    )


def _answer(row: MessageRow, citations: Sequence[Cited], usage: AnswerUsageRow | None) -> Answer:
    return Answer(
        text=row.text,
        status=AnswerStatus(row.status),
        abstained=row.abstained,
        engine=row.engine,
        citations=tuple(_citation(*c) for c in citations if not c[0].is_nearest),
        sentences=tuple(
            AnswerSentence(
                s["text"], Support(s["support"]), tuple(s["citations"]), s.get("reason", "")
            )
            for s in row.sentences
        ),
        nearest=tuple(_citation(*c) for c in citations if c[0].is_nearest),
        standalone_query=row.standalone_query,
        usage=_usage(usage) if usage else TokenUsage(),
        timing=_timing(usage) if usage else Timing(),
        error=row.error,
    )


def _citation(row: CitationRow, label: str | None) -> Citation:
    return Citation(
        number=row.number,
        document_id=row.document_id,
        version_id=row.version_id,
        document_title=row.document_title,
        file_name=row.file_name,
        external_id=row.external_id,
        page=row.page,
        quote=row.quote,
        chunk_id=row.chunk_id,
        page_label=label or "page",
    )


def _usage(row: AnswerUsageRow) -> TokenUsage:
    return TokenUsage(
        row.input_tokens,
        row.output_tokens,
        row.cost_micros,
        row.currency,
        UsageSource(row.usage_source),
    )


def _timing(row: AnswerUsageRow) -> Timing:
    return Timing(row.retrieval_ms, row.first_token_ms, row.total_ms)


def _feedback(row: FeedbackRow) -> Feedback:
    return Feedback(row.rating, FeedbackReason(row.reason) if row.reason else None, row.comment)
