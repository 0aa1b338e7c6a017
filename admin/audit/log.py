"""Reads what people and administrators did."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, String, and_, cast, or_
from sqlmodel import col, func, select

from admin.audit.values import AuditEvent, AuditFilter, Reading
from core.domain.access import require_active, require_admin
from core.domain.clock import now
from core.domain.identity import SYSTEM, User
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import AuditEventRow, AuditSubjectRow, ScimTokenRow, UserRow

AT_ONCE = 1_000
READINGS = 100
REFUSED = "access.refused"
HOUR = timedelta(hours=1)
REFUSALS_AN_HOUR = 60


class AuditLog:
    """Reads the log; nothing changes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self,
        actor: User,
        event_filter: AuditFilter | None = None,
        *,
        limit: int = 100,
        offset: int = 0,
    ) -> Sequence[AuditEvent]:
        """Return the latest events first, without the first `offset`; admins only."""
        require_admin(actor)
        return self._read(event_filter or AuditFilter(), limit=limit, offset=offset)

    def count(self, actor: User, event_filter: AuditFilter) -> int:
        """Return how many events there are; admins only."""
        require_admin(actor)
        query = select(func.count(col(AuditEventRow.id))).where(*_conditions(event_filter))
        with self._database.read() as session:
            return session.exec(query).one()

    def after(self, actor: User, event_id: int, event_filter: AuditFilter) -> Sequence[AuditEvent]:
        """Return events with higher ids, the oldest first, up to 1,000; admins only.

        An event may appear after one with a higher id, where both were written at the same moment.
        """
        require_admin(actor)
        return self._read(event_filter, limit=AT_ONCE, after=event_id)

    def export(self, actor: User, event_filter: AuditFilter) -> Iterator[AuditEvent]:
        """Yield all events, the latest first; the export is in the log itself; admins only."""
        require_admin(actor)
        with self._database.begin() as session:
            record_event(session, actor, "audit.exported")
        before = None
        while events := self._read(event_filter, limit=AT_ONCE, before=before):
            yield from events
            before = events[-1].id

    def note_refusal(self, user: User, place: str, object_id: str = "") -> None:
        """Record that somebody was refused; `place` is a word for what they wanted.

        Of one person, 60 an hour are recorded, so that nobody fills the log by knocking.
        """
        with self._database.begin() as session:
            refused = col(AuditEventRow.action) == REFUSED
            recent = session.exec(
                select(func.count(col(AuditEventRow.id))).where(
                    refused,
                    AuditEventRow.actor_id == user.id,
                    col(AuditEventRow.at) > now() - HOUR,
                )
            ).one()
            if recent < REFUSALS_AN_HOUR:
                record_event(
                    session,
                    user,
                    REFUSED,
                    object_id,
                    outcome="refused",
                    place=place,
                    this_hour=recent + 1,
                )

    def note_reading(self, actor: User, what: str, object_id: str = "") -> None:
        """Record what was read in the terminal, where nobody is refused."""
        with self._database.begin() as session:
            record_event(session, actor, "terminal.read", object_id, what=what)

    def readings_of(self, person: User, *, limit: int = READINGS) -> Sequence[Reading]:
        """Return when somebody else opened or exported this person's texts, the latest first.

        For that person alone: of a question that is shown without a name, nobody else learns whose
        it was.
        """
        require_active(person)
        query = (
            select(AuditEventRow, UserRow.name)
            .join(AuditSubjectRow, col(AuditSubjectRow.event_id) == AuditEventRow.id)
            .join(UserRow, col(UserRow.id) == AuditEventRow.actor_id, isouter=True)
            .where(AuditSubjectRow.user_id == person.id)
            .order_by(col(AuditEventRow.id).desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return [
                Reading(row.at, name or "", row.action) for row, name in session.exec(query).all()
            ]

    def _read(
        self,
        wanted: AuditFilter,
        *,
        limit: int,
        offset: int = 0,
        before: int | None = None,
        after: int | None = None,
    ) -> Sequence[AuditEvent]:
        number = col(AuditEventRow.id)
        query = (
            select(AuditEventRow, UserRow.email, ScimTokenRow.name)
            .join(UserRow, col(UserRow.id) == AuditEventRow.actor_id, isouter=True)
            .join(ScimTokenRow, col(ScimTokenRow.id) == AuditEventRow.actor_id, isouter=True)
            .where(*_conditions(wanted))
            .order_by(number.desc() if after is None else number)
            .limit(limit)
            .offset(offset)
        )
        if before is not None:
            query = query.where(number < before)
        if after is not None:
            query = query.where(number > after)
        with self._database.read() as session:
            return [_event(*found) for found in session.exec(query).all()]


def _conditions(wanted: AuditFilter) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.action:
        conditions.append(col(AuditEventRow.action).startswith(wanted.action, autoescape=True))
    if wanted.actor_id is not None:
        conditions.append(_is_by(wanted.actor_id))
    if wanted.object_id:
        in_details = cast(col(AuditEventRow.details), String)
        conditions.append(
            or_(
                col(AuditEventRow.object_id) == wanted.object_id,
                in_details.contains(wanted.object_id, autoescape=True),
            )
        )
    if wanted.outcome:
        conditions.append(col(AuditEventRow.outcome) == wanted.outcome)
    if wanted.since is not None:
        conditions.append(col(AuditEventRow.at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(AuditEventRow.at) < wanted.until)
    return conditions


def _is_by(actor_id: str) -> ColumnElement[bool]:
    """Return the condition on who did it; of the terminal, events by the program are left out."""
    is_actor = col(AuditEventRow.actor_id) == actor_id
    if actor_id != SYSTEM.id:
        return is_actor
    return and_(is_actor, col(AuditEventRow.origin).startswith("os:"))


def _event(row: AuditEventRow, email: str | None, token: str | None) -> AuditEvent:
    program = "" if token is None else f"SCIM token {token}"
    return AuditEvent(
        id=row.id or 0,
        at=row.at,
        actor=email or program or row.actor_id,
        action=row.action,
        object_id=row.object_id,
        outcome=row.outcome,
        origin=row.origin,
        details=row.details,
    )
