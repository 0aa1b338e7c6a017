"""Settles what people reported, for administrators."""

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from admin.incidents.rows import checked_words, incidents_where
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.governance.incidents import (
    Incident,
    IncidentNote,
    IncidentOutcome,
    IncidentState,
    Severity,
)
from core.domain.ideas.life import Happening
from core.domain.identity import ADMINISTRATOR, User
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.sources import is_open_text
from core.storage.tables import (
    ConversationRow,
    IncidentNoteRow,
    IncidentRow,
    MessageRow,
    UserRow,
)

OTHERS_CHANGED = (
    "Someone else changed this problem after you opened it. Nothing of theirs is lost: reload the "
    "page, then repeat what you wanted to do."
)


@dataclass(frozen=True, slots=True)
class Closing:
    """How a problem ends: what it came to, and what its reporter reads."""

    outcome: IncidentOutcome
    reply: str = ""


class IncidentTriage:
    """All problems; what is written about them is audited in ids and states."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reported(self, admin: User, *, with_closed: bool = False) -> list[Incident]:
        """Return the open problems, or all, the newest first."""
        require_admin(admin)
        is_open = col(IncidentRow.state) != IncidentState.CLOSED.value
        with self._database.read() as session:
            return incidents_where(session, *([] if with_closed else [is_open]))

    def count_open(self, admin: User) -> int:
        """Return how many problems are open, near misses included."""
        require_admin(admin)
        with self._database.read() as session:
            return session.exec(
                select(func.count(col(IncidentRow.id))).where(
                    IncidentRow.state != IncidentState.CLOSED.value
                )
            ).one()

    def assess(
        self, admin: User, incident_id: str, *, severity: Severity, owner_id: str, version: int
    ) -> None:
        """Say how bad it is and who looks after it, "" for nobody; it is then in work.

        Raises NotFound, Conflict if somebody changed it since this `version`, and InvalidInput for
        an owner who is no active administrator.
        """
        require_admin(admin)
        with self._database.begin() as session:
            row = _row(session, incident_id, version)
            _require_open(row)
            if owner_id and not _may_own(session, owner_id):
                raise InvalidInput("Choose an active administrator.")
            row.severity, row.owner_id = severity.value, owner_id or None
            row.state = IncidentState.IN_WORK.value
            row.row_version += 1
            record_event(
                session, admin, "incident.assessed", row.id, severity=severity, owner=owner_id
            )

    def note(self, admin: User, incident_id: str, text: str) -> None:
        """Add a note, which only administrators read; raise InvalidInput for an empty one."""
        require_admin(admin)
        text = checked_words(text)
        if not text:
            raise InvalidInput("Write the note first.")
        with self._database.begin() as session:
            row = _row(session, incident_id)
            session.add(IncidentNoteRow(incident_id=row.id, author_id=admin.id or None, text=text))
            record_event(session, admin, "incident.noted", row.id)

    def notes(self, admin: User, incident_id: str) -> list[IncidentNote]:
        """Return the notes, the oldest first."""
        require_admin(admin)
        query = (
            select(IncidentNoteRow, UserRow.name)
            .join(UserRow, col(UserRow.id) == IncidentNoteRow.author_id, isouter=True)
            .where(IncidentNoteRow.incident_id == incident_id)
            .order_by(col(IncidentNoteRow.id))
        )
        with self._database.read() as session:
            return [
                IncidentNote(row.text, name or ADMINISTRATOR, row.at)
                for row, name in session.exec(query).all()
            ]

    def close(self, admin: User, incident_id: str, closing: Closing, *, version: int) -> None:
        """End a problem and tell its reporter; raise as `assess`."""
        require_admin(admin)
        reply = checked_words(closing.reply)
        with self._database.begin() as session:
            row = _row(session, incident_id, version)
            _require_open(row)
            row.state, row.outcome = IncidentState.CLOSED.value, closing.outcome.value
            row.reply, row.closed_at = reply, now()
            row.row_version += 1
            record_event(session, admin, "incident.closed", row.id, outcome_of=closing.outcome)
            if row.reporter_id:
                notify(
                    session,
                    admin,
                    Happening.INCIDENT_CLOSED,
                    [row.reporter_id],
                    idea_id=None,
                    number=row.number,
                )

    def reopen(self, admin: User, incident_id: str, *, version: int) -> None:
        """Take up a closed problem again; raise as `assess`."""
        require_admin(admin)
        with self._database.begin() as session:
            row = _row(session, incident_id, version)
            if row.state != IncidentState.CLOSED.value:
                raise Conflict("This problem is open already.")
            row.state, row.outcome, row.closed_at = IncidentState.IN_WORK.value, None, None
            row.row_version += 1
            record_event(session, admin, "incident.reopened", row.id)

    def answer(self, admin: User, incident_id: str) -> str:
        """Return the text of the answer, and record who read it.

        Raises NotFound once the conversation is gone, and AccessDenied where the reader may not
        read all its sources; both looks are audited.
        """
        require_admin(admin)
        with self._database.begin() as session:
            row = _row(session, incident_id)
            text = _text_of(session, row, admin)
            outcome = "ok" if text else "refused"
            record_event(session, admin, "incident.answer_read", row.id, outcome=outcome)
        if text is None:
            raise NotFound("The conversation with this answer was deleted.")
        if not text:
            raise AccessDenied(
                "This answer was made from documents that you may not read. Ask someone who may."
            )
        return text


def _text_of(session: Session, row: IncidentRow, reader: User) -> str | None:
    """Return the answer, "" if it is closed to this reader, None if it is gone."""
    found = session.exec(
        select(MessageRow.text, is_open_text(session, reader))
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(MessageRow.id == row.message_id, col(ConversationRow.deleted_at).is_(None))
    ).first()
    if found is None:
        return None
    text, is_open = found
    return (text or "The answer has no text.") if is_open else ""


def _row(session: Session, incident_id: str, version: int | None = None) -> IncidentRow:
    locked = select(IncidentRow).where(IncidentRow.id == incident_id).with_for_update()
    row = session.exec(locked).first()
    if row is None:
        raise NotFound("This problem no longer exists.")
    if version is not None and row.row_version != version:
        raise Conflict(OTHERS_CHANGED)
    return row


def _require_open(row: IncidentRow) -> None:
    if row.state == IncidentState.CLOSED.value:
        raise Conflict("This problem is closed. Open it again first.")


def _may_own(session: Session, user_id: str) -> bool:
    row = session.get(UserRow, user_id)
    return row is not None and row.is_active and row.role == "admin"
