"""Writes audit events inside the transaction of the use case they describe."""

from sqlmodel import Session

from core.domain.identity import User
from core.storage.tables import AuditEventRow


def record_event(
    session: Session,
    actor: User | None,
    action: str,
    object_id: str = "",
    *,
    outcome: str = "ok",
    **details: str | int | float | bool | None,
) -> None:
    """Add an event; `action` reads `object.verb`, details hold ids and counts, never content."""
    session.add(
        AuditEventRow(
            actor_id=actor.id if actor else "",
            action=action,
            object_id=object_id,
            outcome=outcome,
            details=details,
        )
    )
