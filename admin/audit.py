"""Reads what people and administrators did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from core.domain.access import require_admin
from core.domain.identity import User
from core.storage.database import Database
from core.storage.tables import AuditEventRow, UserRow


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One event; `actor` is an e-mail address, or the id of an account that is gone.

    It is empty for the terminal and the program itself. `details` holds ids and counts.
    """

    id: int
    at: datetime
    actor: str
    action: str
    object_id: str
    outcome: str
    details: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A selection of events; an empty text means all. `action` may be the beginning of one."""

    action: str = ""
    actor_id: str | None = None
    object_id: str = ""
    outcome: str = ""
    since: datetime | None = None


class AuditLog:
    """Reads the log; nothing changes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(
        self, actor: User, event_filter: AuditFilter | None = None, *, limit: int = 100
    ) -> "list[AuditEvent]":
        """Return the latest events first; admins only."""
        require_admin(actor)
        query = (
            select(AuditEventRow, UserRow.email)
            .join(UserRow, col(UserRow.id) == AuditEventRow.actor_id, isouter=True)
            .where(*_conditions(event_filter or AuditFilter()))
            .order_by(col(AuditEventRow.id).desc())
            .limit(limit)
        )
        with self._database.read() as session:
            return [_event(row, email) for row, email in session.exec(query).all()]


def _conditions(event_filter: AuditFilter) -> list[bool]:
    conditions: list[bool] = []
    if event_filter.action:
        is_named = col(AuditEventRow.action).startswith(event_filter.action, autoescape=True)
        conditions.append(is_named)  # type: ignore[arg-type]  # an SQL expression
    if event_filter.actor_id is not None:
        conditions.append(AuditEventRow.actor_id == event_filter.actor_id)
    if event_filter.object_id:
        conditions.append(AuditEventRow.object_id == event_filter.object_id)
    if event_filter.outcome:
        conditions.append(AuditEventRow.outcome == event_filter.outcome)
    if event_filter.since is not None:
        conditions.append(AuditEventRow.at >= event_filter.since)
    return conditions


def _event(row: AuditEventRow, email: str | None) -> AuditEvent:
    return AuditEvent(
        id=row.id or 0,
        at=row.at,
        actor=email or row.actor_id,
        action=row.action,
        object_id=row.object_id,
        outcome=row.outcome,
        details=row.details,
    )
