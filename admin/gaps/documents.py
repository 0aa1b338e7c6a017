"""Documents that nobody cites, and documents behind answers that were rated not helpful."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, ColumnElement, case
from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, func, select, true

from admin.gaps.rights import owned, require_gaps
from core.domain.clock import now
from core.domain.identity import User
from core.storage.database import Database
from core.storage.queries.privacy.attachments import is_shared_document
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
                    func.coalesce(_last_citation() < since, true()),
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
    rated = _rated(since)
    rows = session.execute(
        columns(
            col(DocumentRow.id),
            col(DocumentRow.title),
            col(CollectionRow.name),
            rated.c.not_helpful,
            rated.c.rated,
        )
        .join(rated, rated.c.document_id == col(DocumentRow.id))
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .where(_visible_to(user), rated.c.not_helpful > 0)
        .order_by(
            rated.c.not_helpful.desc(),
            rated.c.rated,
            col(DocumentRow.title),
            col(DocumentRow.id),
        )
        .limit(limit)
    ).all()
    return [DoubtedDocument(*row) for row in rows]


def _rated(since: datetime) -> CTE:
    """Count rated answers of each document that they cite; those of deleted chats are withdrawn."""
    answer = col(FeedbackRow.message_id)
    # As an expression, or SQLite would walk through all citations in the order of this index.
    document = func.coalesce(CitationRow.document_id, "")
    deleted = select(ConversationRow.id).where(col(ConversationRow.deleted_at).is_not(None))
    return (
        columns(
            document.label("document_id"),
            func.count(case((col(FeedbackRow.rating) == -1, answer)).distinct()).label(
                "not_helpful"
            ),
            func.count(answer.distinct()).label("rated"),
        )
        .select_from(FeedbackRow)
        .join(CitationRow, col(CitationRow.message_id) == answer)
        .join(MessageRow, col(MessageRow.id) == answer)
        .where(
            col(FeedbackRow.updated_at) >= since,
            ~col(CitationRow.is_nearest),
            col(MessageRow.conversation_id).not_in(deleted),
        )
        .group_by(document)
        .cte("rated")
    )


def _visible_to(user: User) -> ColumnElement[bool]:
    if user.is_admin:
        return is_shared_document()
    return col(DocumentRow.collection_id).in_(owned(user))


def _is_cited(since: datetime) -> ColumnElement[bool]:
    return exists().where(
        col(CitationRow.document_id) == col(DocumentRow.id),
        ~col(CitationRow.is_nearest),
        col(MessageRow.id) == col(CitationRow.message_id),
        _asked_at() >= since,
    )


def _last_citation() -> ColumnElement[datetime]:
    """Return when the answer was given whose citation was stored last, which takes one look.

    That settles it for nearly all documents. Where rows were stored later than others that are
    newer, such as those of the demo year, all citations are looked through.
    """
    return (
        select(MessageRow.created_at)
        .join(CitationRow, col(CitationRow.message_id) == MessageRow.id)
        .where(CitationRow.document_id == col(DocumentRow.id), ~col(CitationRow.is_nearest))
        .order_by(col(CitationRow.id).desc())
        .limit(1)
        .correlate(DocumentRow)
        .scalar_subquery()
    )


def _asked_at() -> ColumnElement[datetime]:
    """Return the time of an answer, so that SQLite begins with the document and not with time."""
    return func.coalesce(MessageRow.created_at, MessageRow.created_at)


def _reads(since: datetime) -> ColumnElement[int]:
    """Count answers of the time that a passage of the document was read for, or shown as near."""
    return (
        select(func.count())
        .select_from(AnswerSourceRow)
        .join(MessageRow, col(MessageRow.id) == AnswerSourceRow.message_id)
        .where(
            AnswerSourceRow.document_id == col(DocumentRow.id),
            _asked_at() >= since,
        )
        .correlate(DocumentRow)
        .scalar_subquery()
    )
