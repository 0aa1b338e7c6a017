"""Questions that people sent on, for those who can reply: owners and administrators."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from admin.gaps.joining import has_waiting
from admin.gaps.rights import has_gaps, require_gaps, sent_to
from core.domain.access import require_active
from core.domain.clock import now
from core.domain.gaps import GapStatus, KnowledgeGap
from core.domain.identity import User
from core.domain.knowledge import Collection
from core.errors import Conflict, InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import all_collections
from core.storage.queries.gaps import to_gap
from core.storage.tables import GapOutcomeRow, GapQuestionRow, GapTopicRow, KnowledgeGapRow, UserRow

MAX_REPLY = 5_000


class GapInbox:
    """The knowledge gaps a person may answer: all for admins, else those of their collections."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_open_to(self, user: User) -> bool:
        """Return whether this person administers, owns a collection or was given a topic."""
        with self._database.read() as session:
            return has_gaps(session, user)

    def count_open(self, user: User) -> int:
        """Return how many gaps wait for this person's reply."""
        require_active(user)
        with self._database.read() as session:
            return session.exec(
                select(func.count(col(KnowledgeGapRow.id))).where(
                    sent_to(user), KnowledgeGapRow.status == GapStatus.OPEN.value
                )
            ).one()

    def collections(self, user: User) -> Sequence[Collection]:
        """Return the collections whose gaps this person sees, by name."""
        self._require_access(user)
        with self._database.read() as session:
            collections = all_collections(session)
        return [c for c in collections if user.is_admin or c.owner_id == user.id]

    def list(
        self,
        user: User,
        *,
        status: GapStatus | None = None,
        collection_id: str | None = None,
        search: str = "",
    ) -> list[KnowledgeGap]:
        """List gaps, newest first; `search` looks into the question, the note and who asked."""
        self._require_access(user)
        conditions = [sent_to(user), *_filters(status, collection_id, search)]
        with self._database.read() as session:
            rows = session.exec(
                select(KnowledgeGapRow)
                .join(UserRow, col(UserRow.id) == KnowledgeGapRow.asker_id, isouter=True)
                .where(*conditions)
                .order_by(col(KnowledgeGapRow.asked_at).desc())
            ).all()
            return [to_gap(session, row, user) for row in rows]

    def answer(self, user: User, gap_id: str, reply: str) -> KnowledgeGap:
        """Send a reply to the person who asked."""
        return self._settle(user, gap_id, GapStatus.ANSWERED, reply)

    def close(self, user: User, gap_id: str, reason: str) -> KnowledgeGap:
        """Close the gap: it is settled another way, for example by a new document."""
        return self._settle(user, gap_id, GapStatus.CLOSED, reason)

    def decline(self, user: User, gap_id: str, reason: str) -> KnowledgeGap:
        """Tell the person that the documents will not answer the question."""
        return self._settle(user, gap_id, GapStatus.DECLINED, reason)

    def _settle(self, user: User, gap_id: str, status: GapStatus, reply: str) -> KnowledgeGap:
        """Store the reply. Raise InvalidInput if empty, NotFound, Conflict if already settled."""
        self._require_access(user)
        reply = clean_reply(reply)
        with self._database.begin() as session:
            row = _visible_row(session, user, gap_id)
            if row.status != GapStatus.OPEN:
                raise Conflict("Someone else has already replied to this question.")
            row.status, row.reply = status.value, reply
            row.replied_by, row.replied_at = user.id or None, now()
            _settle_topic(session, row)
            record_event(session, user, f"gap.{status.value}", row.id, characters=len(reply))
            return to_gap(session, row, user)

    def _require_access(self, user: User) -> None:
        with self._database.read() as session:
            require_gaps(session, user)


def _visible_row(session: Session, user: User, gap_id: str) -> KnowledgeGapRow:
    row = session.exec(
        select(KnowledgeGapRow).where(KnowledgeGapRow.id == gap_id, sent_to(user)).with_for_update()
    ).first()
    if row is None:
        raise NotFound("This question no longer exists, or its collection is not yours.")
    return row


def _settle_topic(session: Session, gap: KnowledgeGapRow) -> None:
    """Note the reply in the topic of the question, and settle it if nobody else waits there."""
    topic = session.get(GapTopicRow, gap.topic_id) if gap.topic_id else None
    if topic is None:
        return
    outcome = GapOutcomeRow(
        topic_id=topic.id,
        status=gap.status,
        reply=gap.reply,
        is_personal=True,
        settled_by=gap.replied_by,
        settled_at=gap.replied_at or now(),
    )
    session.add(outcome)
    session.flush()
    question = session.get(GapQuestionRow, gap.message_id) if gap.message_id else None
    if question is not None:
        question.outcome_id = outcome.id
    if not has_waiting(session, topic.id):
        topic.status = gap.status


def _filters(
    status: GapStatus | None, collection_id: str | None, search: str
) -> Iterator[ColumnElement[bool]]:
    if status is not None:
        yield col(KnowledgeGapRow.status) == status.value
    if collection_id is not None:
        yield col(KnowledgeGapRow.collection_id) == collection_id
    if search.strip():
        fields = (KnowledgeGapRow.question, KnowledgeGapRow.note, UserRow.name)
        yield or_(*(col(field).icontains(search.strip(), autoescape=True) for field in fields))


def clean_reply(reply: str) -> str:
    reply = clean(reply).text.strip()
    if not reply:
        raise InvalidInput("Write a few words. Everyone who asked will read them.")
    if len(reply) > MAX_REPLY:
        raise InvalidInput(f"Keep the reply below {MAX_REPLY:,} characters.")
    return reply
