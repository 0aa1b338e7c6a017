"""Reads stored messages as domain values, as far as their sources are open to the reader."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import Select

from core.domain.answers import (
    WITHHELD,
    Answer,
    AnswerLevel,
    AnswerSentence,
    AnswerStatus,
    Citation,
    GuardEffect,
    GuardNote,
    Source,
    Support,
    Timing,
    TokenUsage,
    UsageSource,
    Way,
)
from core.domain.conversations import Feedback, FeedbackReason, Message, MessageRole
from core.domain.identity import User
from core.storage.queries.messages import is_shown
from core.storage.queries.sources import Reach, reach_of, sources_of
from core.storage.tables import (
    AnswerUsageRow,
    CitationRow,
    FeedbackRow,
    GapQuestionRow,
    GuardNoteRow,
    MessageRow,
    PageRow,
)
from rag.writing.stored_cards import cards_from, parts_from

Cited = tuple[CitationRow, str | None]
"""A citation and the label of its page."""


def read_messages(
    session: Session,
    user: User,
    conversation_id: str,
    *,
    last: int | None = None,
    with_replaced: bool = False,
) -> tuple[Message, ...]:
    """Return the messages of a conversation as this person may read them now, oldest first.

    That is all of them or the `last` ones: the cost of an answer must not grow with the
    conversation. Questions that were asked anew are left out with their answers, unless
    `with_replaced`.
    """
    query = select(MessageRow).where(MessageRow.conversation_id == conversation_id)
    if not with_replaced:
        query = query.where(is_shown())
    rows = session.exec(query.order_by(col(MessageRow.position).desc()).limit(last)).all()
    return messages_of(session, user, rows[::-1])


def messages_of(session: Session, user: User, rows: Sequence[MessageRow]) -> tuple[Message, ...]:
    """Return the domain values of message rows, with answers and feedback.

    An answer whose sources are not all open to this person now is withheld.
    """
    if not rows:
        return ()
    ids = [row.id for row in rows]
    citations: dict[str, list[Cited]] = defaultdict(list)
    for citation, label in session.exec(_cited(ids)):
        citations[citation.message_id].append((citation, label))
    beside = {
        message_id: (usage, feedback, outcome_id is not None)
        for message_id, usage, feedback, outcome_id in session.exec(_beside(ids))
    }
    notes = _guard_notes(session, ids)
    messages = [
        _noted(_message(row, citations[row.id], *beside[row.id]), notes[row.id]) for row in rows
    ]
    return _guarded(session, user, messages)


def _guard_notes(session: Session, ids: Sequence[str]) -> dict[str, list[GuardNote]]:
    notes: dict[str, list[GuardNote]] = defaultdict(list)
    rows = select(GuardNoteRow).where(col(GuardNoteRow.message_id).in_(ids))
    for row in session.exec(rows.order_by(GuardNoteRow.effect, GuardNoteRow.kind)):
        notes[row.message_id].append(GuardNote(GuardEffect(row.effect), row.kind, row.count))
    return notes


def _noted(message: Message, notes: Sequence[GuardNote]) -> Message:
    if message.answer is None or not notes:
        return message
    return replace(message, answer=replace(message.answer, guard_notes=tuple(notes)))


def _beside(
    message_ids: Sequence[str],
) -> Select[str, AnswerUsageRow | None, FeedbackRow | None, str | None]:
    """Select usage, feedback and what was replied later, for each message."""
    return (
        select(MessageRow.id, AnswerUsageRow, FeedbackRow, GapQuestionRow.outcome_id)
        .outerjoin(AnswerUsageRow, col(AnswerUsageRow.message_id) == MessageRow.id)
        .outerjoin(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id)
        .outerjoin(GapQuestionRow, col(GapQuestionRow.message_id) == MessageRow.id)
        .where(col(MessageRow.id).in_(message_ids))
    )


def _guarded(session: Session, user: User, messages: Sequence[Message]) -> tuple[Message, ...]:
    sources = sources_of(session, [message.id for message in messages])
    all_sources = {source for of_message in sources.values() for source in of_message}
    reach = reach_of(session, user, all_sources)
    return tuple(_for_reader(m, sources.get(m.id, frozenset()), reach) for m in messages)


def _for_reader(message: Message, sources: frozenset[Source], reach: Reach) -> Message:
    """Remove from an answer what is closed to the reader; a question is the person's own."""
    answer = message.answer
    if answer is None:
        return message
    closed = reach.closed(sources)
    if closed:  # a model may have completed the question from an earlier answer
        answer = replace(answer, standalone_query="")
    if answer.abstained:  # its text is fixed and says nothing of any document
        readable_ids = {source.document_id for source in sources - closed}
        answer = replace(
            answer, nearest=tuple(c for c in answer.nearest if c.document_id in readable_ids)
        )
    elif answer.text and not _is_open(answer, sources, reach):
        answer = _withheld(answer)
    return replace(message, text=answer.text, answer=answer, sources=sources)


def _is_open(answer: Answer, sources: frozenset[Source], reach: Reach) -> bool:
    """Return whether the text may be read; not every answer was made from documents."""
    if answer.level in (AnswerLevel.TALK, AnswerLevel.FREE) and not sources:
        return True
    return reach.may_read(sources)


def _withheld(answer: Answer) -> Answer:
    """Remove all that was made from documents; status, usage and timing stay."""
    return replace(
        answer,
        text=WITHHELD,
        is_withheld=True,
        citations=(),
        sentences=(),
        nearest=(),
        standalone_query="",
        lead="",
        cards=(),
        parts=(),
        guard_notes=(),
    )


def _cited(message_ids: Sequence[str]) -> Select[CitationRow, str | None]:
    """Select citations with the label of their page, as long as the page exists."""
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
    has_reply: bool,
) -> Message:
    role = MessageRole(row.role)
    return Message(
        id=row.id,
        role=role,
        text=row.text,
        created_at=row.created_at,
        answer=_answer(row, citations, usage) if role is MessageRole.ASSISTANT else None,
        feedback=_feedback(feedback) if feedback else None,
        has_reply=has_reply,
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
                s["text"],
                Support(s["support"]),
                tuple(s["citations"]),
                s.get("reason", ""),
                s.get("repaired", False),
            )
            for s in row.sentences
        ),
        nearest=tuple(_citation(*c) for c in citations if c[0].is_nearest),
        standalone_query=row.standalone_query,
        usage=_usage(usage) if usage else TokenUsage(),
        timing=_timing(usage) if usage else Timing(),
        error=row.error,
        lead=row.lead,
        cards=cards_from(row.cards),
        is_tentative=row.is_tentative,
        fallback=row.fallback,
        parts=parts_from(row.parts),
        way=Way(row.way),
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
