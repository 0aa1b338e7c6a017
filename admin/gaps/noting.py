"""Records whose questions somebody saw among the knowledge gaps."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import Session, col, select

from admin.gaps.reading import labels_of
from core.domain.clock import now
from core.domain.gaps import GapTopic
from core.domain.identity import User
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.messages import askers_of
from core.storage.tables import AuditEventRow, AuditSubjectRow, GapTopicRow, KnowledgeGapRow

READ = "gap.read"
ONE_VISIT = timedelta(hours=1)
"""How long somebody reads on: a page is drawn again at each click."""


def note_reading(database: Database, reader: User, topics: Iterable[GapTopic]) -> None:
    """Record that these topics were seen, once an hour for each person whose words they have."""
    topics = list(topics)
    with database.read() as session:
        people = _people(session, topics) - {reader.id} - _noted(session, reader)
    if people:
        with database.begin() as session:
            record_event(session, reader, READ, subjects=people, topics=len(topics))


def _people(session: Session, topics: Iterable[GapTopic]) -> set[str]:
    ids = [topic.id for topic in topics]
    rows = session.exec(select(GapTopicRow).where(col(GapTopicRow.id).in_(ids))).all()
    labels = [message_id for message_id, _ in labels_of(session, rows).values() if message_id]
    sent = [gap.id for topic in topics for gap in topic.sent if gap.is_sent]
    askers = session.exec(
        select(KnowledgeGapRow.asker_id).where(col(KnowledgeGapRow.id).in_(sent))
    ).all()
    return {*askers_of(session, labels), *(one for one in askers if one)}


def _noted(session: Session, reader: User) -> set[str]:
    return set(
        session.exec(
            select(AuditSubjectRow.user_id)
            .join(AuditEventRow, col(AuditEventRow.id) == AuditSubjectRow.event_id)
            .where(
                AuditEventRow.actor_id == reader.id,
                AuditEventRow.action == READ,
                col(AuditEventRow.at) > now() - ONE_VISIT,
            )
        ).all()
    )
