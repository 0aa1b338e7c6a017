"""Documents that nobody cites, and documents behind answers that were rated not helpful."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case
from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, func, select, true

from admin.gaps.rights import owned, require_gaps
from core.domain.clock import now
from core.domain.identity import User
from core.storage.database import Database
from core.storage.tables import (
    AnswerSourceRow,
    CitationRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
    FeedbackRow,
    MessageRow,
)

DAYS = 90
"""How far back citations, reads and judgements count."""
MOST = 100


@dataclass(frozen=True, slots=True)
class UncitedDocument:
    """A document that no answer of the time cites; `reads` counts answers that looked at it."""

    document_id: str
    title: str
    collection_name: str
    since: datetime
    reads: int


@dataclass(frozen=True, slots=True)
class DoubtedDocument:
    """A document cited by answers that were rated: how many of them not helpful, and in all."""

    document_id: str
    title: str
    collection_name: str
    not_helpful: int
    rated: int


class GapDocuments:
    """Documents that want a look, for administrators and for owners of their collections."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def uncited(self, user: User, *, limit: int = MOST) -> list[UncitedDocument]:
        """Return documents that answer and that nothing cites, most reads first.

        Documents that are younger than the time are left out, since they had no chance.
        """
        since = now() - timedelta(days=DAYS)
        with self._database.read() as session:
            require_gaps(session, user)
            reads = _reads(since).label("reads")
            rows = session.execute(
                columns(
                    col(DocumentRow.id),
                    col(DocumentRow.title),
                    col(CollectionRow.name),
                    col(DocumentVersionRow.uploaded_at),
                    reads,
                )
                .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
                .join(
                    DocumentVersionRow,
                    col(DocumentVersionRow.id) == DocumentRow.current_version_id,
                )
                .where(
                    _visible_to(user),
                    col(DocumentVersionRow.uploaded_at) < since,
                    ~_is_cited(since),
                )
                .order_by(reads.desc(), col(DocumentRow.title), col(DocumentRow.id))
                .limit(limit)
            ).all()
        return [UncitedDocument(*row) for row in rows]

    def doubted(self, user: User, *, limit: int = MOST) -> list[DoubtedDocument]:
        """Return documents cited by answers that were rated not helpful, most of them first."""
        since = now() - timedelta(days=DAYS)
        with self._database.read() as session:
            require_gaps(session, user)
            return _doubted(session, user, since, limit)


def _doubted(session: Session, user: User, since: datetime, limit: int) -> list[DoubtedDocument]:
    cited = (
        columns(col(CitationRow.document_id), col(FeedbackRow.message_id), col(FeedbackRow.rating))
        .join(FeedbackRow, col(FeedbackRow.message_id) == CitationRow.message_id)
        .join(MessageRow, col(MessageRow.id) == FeedbackRow.message_id)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            col(FeedbackRow.updated_at) >= since,
            ~col(CitationRow.is_nearest),
            col(ConversationRow.deleted_at).is_(None),
        )
        .distinct()
        .subquery()
    )
    bad = func.sum(case((cited.c.rating == -1, 1), else_=0))
    rows = session.execute(
        columns(
            col(DocumentRow.id),
            col(DocumentRow.title),
            col(CollectionRow.name),
            bad,
            func.count(),
        )
        .join(cited, cited.c.document_id == col(DocumentRow.id))
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .where(_visible_to(user))
        .group_by(col(DocumentRow.id), col(DocumentRow.title), col(CollectionRow.name))
        .having(bad > 0)
        .order_by(bad.desc(), func.count(), col(DocumentRow.title), col(DocumentRow.id))
        .limit(limit)
    ).all()
    return [DoubtedDocument(*row) for row in rows]


def _visible_to(user: User) -> ColumnElement[bool]:
    return true() if user.is_admin else col(DocumentRow.collection_id).in_(owned(user))


def _is_cited(since: datetime) -> ColumnElement[bool]:
    return exists().where(
        col(CitationRow.document_id) == col(DocumentRow.id),
        ~col(CitationRow.is_nearest),
        col(MessageRow.id) == col(CitationRow.message_id),
        col(MessageRow.created_at) >= since,
    )


def _reads(since: datetime) -> ColumnElement[int]:
    """Count answers of the time that a passage of the document was read for, or shown as near."""
    return (
        select(func.count())
        .select_from(AnswerSourceRow)
        .join(MessageRow, col(MessageRow.id) == AnswerSourceRow.message_id)
        .where(
            AnswerSourceRow.document_id == col(DocumentRow.id),
            col(MessageRow.created_at) >= since,
        )
        .correlate(DocumentRow)
        .scalar_subquery()
    )
