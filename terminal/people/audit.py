"""`audit`: show who did what, when."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from admin.audit import AuditEvent, AuditFilter
from core.domain.identity import SYSTEM
from terminal.context import services, user_named
from terminal.output import Json, emit_table, readable_errors

audit = typer.Typer(no_args_is_help=True, help="Record of what people and administrators did.")


@audit.command("list")
def list_events(
    action: Annotated[
        str,
        typer.Option(help="Only this action, or actions that start with it, such as “document.”."),
    ] = "",
    user: Annotated[str | None, typer.Option(help="Only by this person (e-mail).")] = None,
    object_id: Annotated[str, typer.Option("--object", help="Only about this id.")] = "",
    outcome: Annotated[str, typer.Option(help="Only with this outcome, such as “refused”.")] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only since this day (UTC).")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Maximum number to list.")] = 100,
    as_json: Json = False,
) -> None:
    """List events, newest first; they contain ids and counts, never content."""
    with readable_errors():
        wanted = AuditFilter(
            action=action,
            actor_id=user_named(user).id if user else None,
            object_id=object_id,
            outcome=outcome,
            since=since.replace(tzinfo=UTC) if since else None,
        )
        events = services().audit.list(SYSTEM, wanted, limit=limit)
        emit_table([_record(one, as_json=as_json) for one in events], as_json=as_json)


def _record(event: AuditEvent, *, as_json: bool) -> dict[str, object]:
    details = dict(event.details)
    return {
        "at": event.at.isoformat(timespec="seconds"),
        "actor": event.actor,
        "action": event.action,
        "object": event.object_id,
        "outcome": event.outcome,
        "details": details if as_json else " ".join(f"{k}={v}" for k, v in details.items()),
    }
