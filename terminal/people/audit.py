"""`audit`: show who did what, when, and prove that nobody changed the record."""

import sys
import time
from datetime import UTC, datetime
from typing import Annotated, NoReturn, assert_never

import typer

from admin.audit.files import events_table
from admin.audit.values import AuditEvent, AuditFilter
from core.domain.identity import SYSTEM
from core.printing.delimited import as_csv
from core.storage.audit.checking import ChainReport, Damage, Finding
from terminal.context import services, user_named
from terminal.output import Json, confirm, emit, emit_table, readable_errors, say

audit = typer.Typer(no_args_is_help=True, help="Record of what people and administrators did.")

Action = Annotated[
    str, typer.Option(help="Only this action, or actions that start with it, such as “document.”.")
]
User = Annotated[str | None, typer.Option(help="Only by this person (e-mail).")]
ObjectId = Annotated[str, typer.Option("--object", help="Only about this id.")]
Outcome = Annotated[str, typer.Option(help="Only with this outcome, such as “refused”.")]
Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only since this day (UTC).")
]
Until = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only before this day (UTC).")
]
LOOK_SECONDS = 1.0


@audit.command("list")
def list_events(
    action: Action = "",
    user: User = None,
    object_id: ObjectId = "",
    outcome: Outcome = "",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="Maximum number to list.")] = 100,
    as_json: Json = False,
) -> None:
    """List events, newest first; they contain ids and counts, never content."""
    with readable_errors():
        wanted = _filter(action, user, object_id, outcome, since, until)
        events = services().audit.list(SYSTEM, wanted, limit=limit)
        emit_table([_record(one, as_json=as_json) for one in events], as_json=as_json)


@audit.command("tail")
def follow_events(
    action: Action = "",
    user: User = None,
    object_id: ObjectId = "",
    outcome: Outcome = "",
    lines: Annotated[int, typer.Option(min=0, max=10_000, help="Earlier events to show.")] = 10,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with new events until Ctrl+C.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the latest events, the newest last, one a line."""
    with readable_errors():
        wanted = _filter(action, user, object_id, outcome, None, None)
        latest = services().audit.list(SYSTEM, limit=1)
        end = latest[0].id if latest else 0
        if lines:
            for event in reversed(services().audit.list(SYSTEM, wanted, limit=lines)):
                end = max(end, event.id)
                _write(event, as_json=as_json)
        if follow:
            _follow(wanted, end, as_json=as_json)


@audit.command("export")
def export_events(
    action: Action = "",
    user: User = None,
    object_id: ObjectId = "",
    outcome: Outcome = "",
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
) -> None:
    """Write all events, newest first, as lines of JSON with --json, else as CSV.

    The export itself is recorded.
    """
    with readable_errors():
        wanted = _filter(action, user, object_id, outcome, since, until)
        events = services().audit.export(SYSTEM, wanted)
        if as_json:
            for event in events:
                emit(_record(event, as_json=True))
        else:
            sys.stdout.buffer.write(as_csv(events_table(events)))


@audit.command("verify")
def verify_log(
    head: Annotated[
        list[str] | None,
        typer.Option(help="A head that `audit head` printed earlier; may be given again."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check that no event was changed, removed, added, moved or cut off; the exit code is 1 if so.

    Reads the whole log, about two minutes for a million events.
    """
    with readable_errors():
        report = services().audit_proof.verify(SYSTEM, head or ())
        if as_json:
            emit(_report_record(report))
        else:
            _tell(report)
    if not report.is_whole:
        raise typer.Exit(1)


@audit.command("head")
def print_head(as_json: Json = False) -> None:
    """Print the newest seal; kept elsewhere, it shows later that no event before it is missing."""
    with readable_errors():
        head = services().audit_proof.head(SYSTEM)
        if as_json:
            emit({"number": head.number if head else 0, "head": str(head) if head else ""})
        elif head is None:
            say("There are no events yet.")
        else:
            typer.echo(str(head))


@audit.command("accept")
def accept_log(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Go on from the log as it is after a restore: its missing end is no longer looked for."""
    with readable_errors():
        if not yes:
            confirm("Accept the audit log as it is now? Events after its end are given up")
        report = services().audit_proof.accept(SYSTEM)
        emit_table([{"entries": report.entries, "damaged": report.damaged}], as_json=as_json)


def _filter(
    action: str,
    user: str | None,
    object_id: str,
    outcome: str,
    since: datetime | None,
    until: datetime | None,
) -> AuditFilter:
    return AuditFilter(
        action=action,
        actor_id=user_named(user).id if user else None,
        object_id=object_id,
        outcome=outcome,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
    )


def _follow(wanted: AuditFilter, end: int, *, as_json: bool) -> NoReturn:
    while True:
        for event in services().audit.after(SYSTEM, end, wanted):
            end = event.id
            _write(event, as_json=as_json)
        time.sleep(LOOK_SECONDS)


def _write(event: AuditEvent, *, as_json: bool) -> None:
    if as_json:
        emit(_record(event, as_json=True))
        return
    told = _record(event, as_json=False)
    typer.echo("  ".join(str(value) for value in told.values() if value))


def _record(event: AuditEvent, *, as_json: bool) -> dict[str, object]:
    details = dict(event.details)
    return {
        "id": event.id,
        "at": event.at.isoformat(timespec="seconds"),
        "actor": event.actor,
        "action": event.action,
        "object": event.object_id,
        "outcome": event.outcome,
        "origin": event.origin,
        "details": details if as_json else " ".join(f"{k}={v}" for k, v in details.items()),
    }


def _report_record(report: ChainReport) -> dict[str, object]:
    return {
        "whole": report.is_whole,
        "entries": report.entries,
        "head": str(report.head) if report.head else "",
        "kept_head": str(report.kept) if report.kept else "",
        "damaged": report.damaged,
        "findings": [
            {"damage": one.damage.value, "number": one.number, "event": one.event_id}
            for one in report.findings
        ],
    }


def _tell(report: ChainReport) -> None:
    for finding in report.findings:
        typer.echo(_sentence(finding))
    if report.damaged > len(report.findings):
        typer.echo(f"… and {report.damaged - len(report.findings)} more.")
    if report.is_whole:
        typer.echo(f"The audit log is whole: {report.entries} events, none changed or missing.")
    else:
        say("The audit log was changed. Keep a copy of the database before you do anything else.")


def _sentence(finding: Finding) -> str:
    number, event = finding.number, finding.event_id
    match finding.damage:
        case Damage.CHANGED:
            return f"Entry {number} (event {event}) was changed."
        case Damage.REMOVED:
            return f"Entry {number} was removed."
        case Damage.DETACHED:
            return f"Entry {number} (event {event}) does not follow the one before it."
        case Damage.UNSEALED:
            return f"Event {event} was added without a seal."
        case Damage.OTHER_KEY:
            return f"Entry {number} (event {event}) was sealed with another key."
        case Damage.CUT:
            return f"The end is missing, from entry {number} on."
        case Damage.OTHER_HEAD:
            return f"Entry {number} is not the one that was kept as the head."
        case Damage.NO_HEAD:
            return "The file with the head is missing, so nobody can tell whether the end is."
    assert_never(finding.damage)
