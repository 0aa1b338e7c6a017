"""Legal holds: who and which conversations nothing may delete."""

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.errors import Conflict
from core.storage.tables import ConversationRow, LegalHoldRow

KEPT = "This is kept under a legal hold and cannot be deleted now. Ask an administrator for help."
_IN_FORCE = col(LegalHoldRow.released_at).is_(None)


def held_people() -> SelectOfScalar[str]:
    """Return the query for the ids of people of whom everything is held."""
    return select(LegalHoldRow.user_id).where(_IN_FORCE, LegalHoldRow.conversation_id == "")


def is_held_person(session: Session, user_id: str) -> bool:
    """Return whether everything of a person is held."""
    query = select(LegalHoldRow.id).where(
        _IN_FORCE, LegalHoldRow.user_id == user_id, LegalHoldRow.conversation_id == ""
    )
    return session.exec(query).first() is not None


def has_holds(session: Session, user_id: str) -> bool:
    """Return whether anything of a person is held, be it one conversation."""
    query = select(LegalHoldRow.id).where(_IN_FORCE, LegalHoldRow.user_id == user_id)
    return session.exec(query).first() is not None


def is_held_chat() -> ColumnElement[bool]:
    """Return the condition that a conversation of a query is held, itself or with its person."""
    conversations = select(LegalHoldRow.conversation_id).where(
        _IN_FORCE, LegalHoldRow.conversation_id != ""
    )
    return or_(
        col(ConversationRow.user_id).in_(held_people()), col(ConversationRow.id).in_(conversations)
    )


def require_not_held(session: Session, user_id: str) -> None:
    """Raise Conflict for a person of whom everything is held."""
    if is_held_person(session, user_id):
        raise Conflict(KEPT)


def require_nothing_held(session: Session, user_id: str) -> None:
    """Raise Conflict for a person of whom anything is held."""
    if has_holds(session, user_id):
        raise Conflict(KEPT)
