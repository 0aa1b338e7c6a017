"""Who sees which gaps: administrators all, others what they own or are responsible for."""

from sqlalchemy import ColumnElement, union_all
from sqlmodel import Session, col, or_, select, true
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.access import require_active
from core.domain.identity import User
from core.errors import AccessDenied, NotFound
from core.storage.tables import CollectionRow, GapTopicRow, KnowledgeGapRow

NO_GAPS = (
    "Only administrators and owners of a collection see knowledge gaps, and who was asked to "
    "look after some."
)
GONE = "These questions no longer exist, or they are not yours to look after."


def owned(user: User) -> SelectOfScalar[str]:
    """Select the collections that this person owns."""
    return select(CollectionRow.id).where(CollectionRow.owner_id == user.id)


def assigned(user: User) -> SelectOfScalar[str]:
    """Select the topics that were given to this person."""
    return select(GapTopicRow.id).where(GapTopicRow.assignee_id == user.id)


def has_gaps(session: Session, user: User) -> bool:
    """Return whether gaps are open to this person at all."""
    if not user.is_active:
        return False
    if user.is_admin:
        return True
    # One statement, since every page run asks.
    return session.execute(union_all(owned(user), assigned(user)).limit(1)).first() is not None


def require_gaps(session: Session, user: User) -> None:
    """Raise AccessDenied for a person to whom no gaps are open."""
    require_active(user)
    if not has_gaps(session, user):
        raise AccessDenied(NO_GAPS)


def sent_to(user: User) -> ColumnElement[bool]:
    """Return the condition under which a sent question is open to this person."""
    if user.is_admin:
        return true()
    return or_(
        col(KnowledgeGapRow.collection_id).in_(owned(user)),
        col(KnowledgeGapRow.topic_id).in_(assigned(user)),
    )


def topics_of(user: User) -> ColumnElement[bool]:
    """Return the condition under which a topic is open to this person."""
    if user.is_admin:
        return true()
    return or_(col(GapTopicRow.collection_id).in_(owned(user)), GapTopicRow.assignee_id == user.id)


def topic_row(session: Session, user: User, topic_id: str) -> GapTopicRow:
    """Return a topic that is open to this person, locked; raise AccessDenied or NotFound."""
    require_gaps(session, user)
    row = session.exec(
        select(GapTopicRow).where(GapTopicRow.id == topic_id, topics_of(user)).with_for_update()
    ).first()
    if row is None:
        raise NotFound(GONE)
    return row
