"""The audit log as a table for a file."""

import json
from collections.abc import Iterable

from admin.audit.values import AuditEvent
from core.printing.tables import Table

HEADER = ("id", "at", "actor", "action", "object", "outcome", "origin", "details")


def events_table(events: Iterable[AuditEvent]) -> Table:
    """Return a row for each event; details are JSON."""
    return Table(
        HEADER,
        tuple(
            (
                event.id,
                event.at,
                event.actor,
                event.action,
                event.object_id,
                event.outcome,
                event.origin,
                json.dumps(dict(event.details), ensure_ascii=False),
            )
            for event in events
        ),
    )
