"""What happens when a question joins a topic: it waits, hears what was said, or opens it again."""

from datetime import datetime

from sqlmodel import Session, col, select

from admin.gaps.telling import tell
from admin.gaps.waiting import Asked
from core.domain.clock import now
from core.domain.gaps import GapStatus
from core.storage.tables import GapOutcomeRow, GapQuestionRow, GapTopicRow, KnowledgeGapRow

REOPENING = (GapStatus.ANSWERED.value, GapStatus.CLOSED.value)
"""Ends after which a question that is asked again without an answer opens the topic again.

Whoever declined a topic has said that documents will not answer it.
"""


def join(session: Session, topic: GapTopicRow, asked: Asked) -> None:
    """Add a question to its topic, with the gap that was sent for it, if there is one."""
    row = _question(session, topic, asked)
    gap = session.get(KnowledgeGapRow, asked.gap_id) if asked.gap_id else None
    if gap is None:
        _hear_or_reopen(session, topic, asked, row)
        return
    gap.topic_id = topic.id
    topic.collection_id = topic.collection_id or gap.collection_id
    if gap.status == GapStatus.OPEN:
        _reopen(topic)
    else:
        _take_over(session, topic, gap, row)


def last_outcome(session: Session, topic_id: str) -> GapOutcomeRow | None:
    """Return how a topic was settled last, None if it never was."""
    return session.exec(
        select(GapOutcomeRow)
        .where(GapOutcomeRow.topic_id == topic_id)
        .order_by(col(GapOutcomeRow.settled_at).desc(), col(GapOutcomeRow.id))
    ).first()


def _question(session: Session, topic: GapTopicRow, asked: Asked) -> GapQuestionRow | None:
    """Return the row of the question, a new one if needed; None if its chat is gone."""
    if not asked.message_id:
        return None
    row = session.get(GapQuestionRow, asked.message_id)
    if row is None:
        row = GapQuestionRow(
            message_id=asked.message_id,
            topic_id=topic.id,
            conversation_id=asked.conversation_id,
            user_id=asked.user_id,
            cause=asked.cause.value,
            asked_at=asked.asked_at,
        )
        session.add(row)
        session.flush()
    return row


def _hear_or_reopen(
    session: Session, topic: GapTopicRow, asked: Asked, row: GapQuestionRow | None
) -> None:
    """Tell what was said after the question was asked; open the topic if it was asked later."""
    outcome = last_outcome(session, topic.id)
    if outcome is None or topic.status == GapStatus.OPEN:
        return
    if row is not None and _is_answered_by(outcome, asked.asked_at):
        row.outcome_id = outcome.id
        tell(session, outcome, [row])
    elif topic.status in REOPENING:
        _reopen(topic)


def _is_answered_by(outcome: GapOutcomeRow, asked_at: datetime) -> bool:
    return not outcome.is_personal and asked_at <= outcome.settled_at


def _reopen(topic: GapTopicRow) -> None:
    if topic.status != GapStatus.OPEN:
        topic.status, topic.reopened_at = GapStatus.OPEN.value, now()


def _take_over(
    session: Session, topic: GapTopicRow, gap: KnowledgeGapRow, row: GapQuestionRow | None
) -> None:
    """Keep the reply that a person already had; it settles a topic that is theirs alone."""
    outcome = GapOutcomeRow(
        topic_id=topic.id,
        status=gap.status,
        reply=gap.reply,
        is_personal=True,
        settled_by=gap.replied_by,
        settled_at=gap.replied_at or gap.asked_at,
    )
    session.add(outcome)
    session.flush()
    if row is not None:
        row.outcome_id, row.read_at = outcome.id, gap.read_at
    if not has_waiting(session, topic.id):
        topic.status = gap.status


def has_waiting(session: Session, topic_id: str) -> bool:
    """Return whether somebody who asked has heard nothing yet."""
    asked = session.exec(
        select(GapQuestionRow.message_id).where(
            GapQuestionRow.topic_id == topic_id, col(GapQuestionRow.outcome_id).is_(None)
        )
    ).first()
    sent = session.exec(
        select(KnowledgeGapRow.id).where(
            KnowledgeGapRow.topic_id == topic_id, KnowledgeGapRow.status == GapStatus.OPEN.value
        )
    ).first()
    return asked is not None or sent is not None
