"""Reports of problems, for everyone."""

from sqlmodel import Session, col, func, select

from admin.incidents.rows import checked_words, incidents_where, take_turns
from core.domain.access import require_account, require_active
from core.domain.governance.incidents import Incident, IncidentKind, IncidentState
from core.domain.ideas.life import Happening
from core.domain.identity import Role, User
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.messages import own_answer
from core.storage.tables import IncidentRow, UserRow


class IncidentReports:
    """What one person reported; the answer is referred to, and none of its words are copied."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def report(
        self,
        user: User,
        kind: IncidentKind,
        *,
        message_id: str = "",
        is_near_miss: bool = False,
        words: str = "",
    ) -> Incident:
        """Store a problem with one of the person's answers, or with none, and tell administrators.

        The same problem with the same answer is not stored again while it is open; its words are
        replaced if there are new ones. Raises NotFound for an answer that is not theirs, and
        InvalidInput for too long a text.
        """
        require_active(user)
        words = checked_words(words)
        with self._database.begin() as session:
            take_turns(session)
            answer = own_answer(session, user, message_id) if message_id else None
            row = _open_report(session, user, kind, message_id)
            if row is not None:
                row.words = words or row.words
            else:
                row = IncidentRow(
                    number=(session.exec(select(func.max(col(IncidentRow.number)))).one() or 0) + 1,
                    message_id=answer.id if answer else None,
                    reporter_id=user.id or None,
                    kind=kind.value,
                    is_near_miss=is_near_miss,
                    words=words,
                    engine=answer.engine if answer else "",
                    state=IncidentState.NEW.value,
                )
                session.add(row)
                session.flush()
                _tell(session, user, row)
            session.flush()
            [incident] = incidents_where(session, col(IncidentRow.id) == row.id)
            return incident

    def own(self, user: User) -> list[Incident]:
        """Return what this person reported, the newest first."""
        require_account(user)
        with self._database.read() as session:
            return incidents_where(session, col(IncidentRow.reporter_id) == user.id)


def _open_report(
    session: Session, user: User, kind: IncidentKind, message_id: str
) -> IncidentRow | None:
    if not message_id:
        return None
    return session.exec(
        select(IncidentRow).where(
            IncidentRow.message_id == message_id,
            IncidentRow.reporter_id == user.id,
            IncidentRow.kind == kind.value,
            IncidentRow.state != IncidentState.CLOSED.value,
        )
    ).first()


def _tell(session: Session, user: User, row: IncidentRow) -> None:
    record_event(
        session,
        user,
        "incident.reported",
        row.id,
        number=row.number,
        kind=row.kind,
        is_near_miss=row.is_near_miss,
    )
    admins = session.exec(select(UserRow.id).where(UserRow.role == Role.ADMIN.value)).all()
    notify(session, user, Happening.INCIDENT_REPORTED, admins, idea_id=None, number=row.number)
