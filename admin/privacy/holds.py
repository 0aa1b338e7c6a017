"""Legal holds: administrators keep what a person has, or one conversation, until it is released."""

from sqlmodel import Session, col, select

from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.governance.privacy import LegalHold
from core.domain.identity import User
from core.errors import Conflict, InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import ConversationRow, LegalHoldRow, UserRow

MAX_REASON = 500


class LegalHolds:
    """Holds, for administrators; while one is in force, nothing of what it names is deleted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def place(
        self, actor: User, person_id: str, reason: str, *, conversation_id: str = ""
    ) -> LegalHold:
        """Hold everything of a person, or one conversation of theirs.

        Raises NotFound, ConfirmationNeeded, InvalidInput without a reason, and Conflict for what
        is held already.
        """
        require_admin(actor)
        require_confirmed(actor)
        reason = _checked(reason)
        with self._database.begin() as session:
            person = session.get(UserRow, person_id, with_for_update=True)
            if person is None:
                raise NotFound("This account no longer exists.")
            if conversation_id:
                chat = session.get(ConversationRow, conversation_id)
                if chat is None or chat.user_id != person_id:
                    raise NotFound("This conversation does not exist, or is not this person's.")
            if _in_force(session, person_id, conversation_id):
                raise Conflict("This is under a legal hold already.")
            row = LegalHoldRow(
                user_id=person_id,
                conversation_id=conversation_id,
                reason=reason,
                placed_by=actor.id or None,
            )
            session.add(row)
            session.flush()
            record_event(session, actor, "hold.placed", row.id, person=person_id)
            return _hold(row, person.name, actor.name)

    def release(self, actor: User, hold_id: str) -> None:
        """End a hold; what is due is deleted from then on. Raises NotFound, ConfirmationNeeded."""
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            row = session.get(LegalHoldRow, hold_id)
            if row is None or row.released_at is not None:
                raise NotFound("This legal hold no longer exists.")
            row.released_at, row.released_by = now(), actor.id or None
            record_event(session, actor, "hold.released", row.id, person=row.user_id)

    def list_all(self, actor: User) -> list[LegalHold]:
        """Return all holds, those in force first, then the newest."""
        require_admin(actor)
        query = (
            select(LegalHoldRow, UserRow.name)
            .join(UserRow, col(UserRow.id) == LegalHoldRow.user_id)
            .order_by(
                col(LegalHoldRow.released_at).is_not(None), col(LegalHoldRow.placed_at).desc()
            )
        )
        with self._database.read() as session:
            names = dict(session.exec(select(UserRow.id, UserRow.name)).all())
            return [
                _hold(row, name, names.get(row.placed_by or "", ""))
                for row, name in session.exec(query).all()
            ]


def _checked(reason: str) -> str:
    reason = clean(reason).text.strip()
    if not reason:
        raise InvalidInput("Say why this is held, such as the number of the case.")
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Keep the reason below {MAX_REASON} characters.")
    return reason


def _in_force(session: Session, person_id: str, conversation_id: str) -> bool:
    query = select(LegalHoldRow.id).where(
        LegalHoldRow.user_id == person_id,
        LegalHoldRow.conversation_id == conversation_id,
        col(LegalHoldRow.released_at).is_(None),
    )
    return session.exec(query).first() is not None


def _hold(row: LegalHoldRow, person_name: str, placed_by: str) -> LegalHold:
    return LegalHold(
        row.id,
        row.user_id,
        person_name,
        row.conversation_id,
        row.reason,
        placed_by,
        row.placed_at,
        row.released_at,
    )
