"""`incidents`: problems that people reported, and how they end."""

from dataclasses import asdict
from typing import Annotated

import typer

from admin.incidents.passages import ReadPassage
from admin.incidents.triage import Closing
from core.domain.governance.incidents import Incident, IncidentOutcome, incident_label
from core.domain.identity import SYSTEM
from core.errors import NotFound
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors

incidents = typer.Typer(no_args_is_help=True, help="Problems that people reported.")


@incidents.command("list")
def list_incidents(
    with_closed: Annotated[bool, typer.Option("--all", help="Closed ones as well.")] = False,
    as_json: Json = False,
) -> None:
    """List open problems and near misses, the newest first; the answers are not shown."""
    with readable_errors():
        found = services().incidents.triage.reported(SYSTEM, with_closed=with_closed)
        emit_table([_record(one, as_json=as_json) for one in found], as_json=as_json)


@incidents.command("close")
def close_incident(
    number: Annotated[int, typer.Argument(help="Its number, as `incidents list` shows it.")],
    outcome: Annotated[IncidentOutcome, typer.Option(help="What it came to.")],
    reply: Annotated[str, typer.Option(help="Words to the person who reported it.")] = "",
    as_json: Json = False,
) -> None:
    """Close a problem and tell the person who reported it."""
    with readable_errors():
        incident = _numbered(number)
        services().incidents.triage.close(
            SYSTEM, incident.id, Closing(outcome, reply), version=incident.version
        )
        emit_table([_record(_numbered(number), as_json=as_json)], as_json=as_json)


@incidents.command("passages")
def list_passages(
    number: Annotated[int, typer.Argument(help="Its number, as `incidents list` shows it.")],
    as_json: Json = False,
) -> None:
    """List the passages that the answer of a problem was made from; the look is recorded."""
    with readable_errors():
        found = services().incidents.withdrawals.passages(SYSTEM, _numbered(number).id)
        emit_table([_passage_record(one) for one in found], as_json=as_json)


@incidents.command("withdraw")
def withdraw(
    number: Annotated[int, typer.Argument(help="Its number, as `incidents list` shows it.")],
    passage: Annotated[int, typer.Option(help="Number of the passage that misled the answer.")],
    reason: Annotated[str, typer.Option(help="Why, in 3 to 200 characters.")],
    as_json: Json = False,
) -> None:
    """Turn the document of a passage off, and tell everyone whose answer came from the passage."""
    with readable_errors():
        incident = _numbered(number)
        chunk_id = _passage(incident, passage).chunk_id
        done = services().incidents.withdrawals.withdraw(SYSTEM, incident.id, chunk_id, reason)
        emit_table([asdict(done)], as_json=as_json)


@incidents.command("restore")
def restore(
    number: Annotated[int, typer.Argument(help="Its number, as `incidents list` shows it.")],
    passage: Annotated[int, typer.Option(help="Number of the passage that was withdrawn.")],
    as_json: Json = False,
) -> None:
    """Undo a withdrawal: the document answers again, and the same people are told."""
    with readable_errors():
        incident = _numbered(number)
        chunk_id = _passage(incident, passage).chunk_id
        done = services().incidents.withdrawals.restore(SYSTEM, incident.id, chunk_id)
        emit_table([asdict(done)], as_json=as_json)


def _passage(incident: Incident, number: int) -> ReadPassage:
    for one in services().incidents.withdrawals.passages(SYSTEM, incident.id):
        if one.number == number:
            return one
    raise NotFound(f"There is no passage {number}. List them: incidents passages {incident.number}")


def _passage_record(one: ReadPassage) -> dict[str, object]:
    return {
        "passage": one.number,
        "title": one.title,
        "page": one.page,
        "cited": one.is_cited,
        "off": one.is_off,
        "text": " ".join(one.text.split()),
    }


def _numbered(number: int) -> Incident:
    for one in services().incidents.triage.reported(SYSTEM, with_closed=True):
        if one.number == number:
            return one
    raise NotFound(f"There is no problem {incident_label(number)}. List them: incidents list --all")


def _record(one: Incident, *, as_json: bool) -> dict[str, object]:
    short: dict[str, object] = {
        "number": one.number,
        "kind": one.kind.value,
        "near_miss": one.is_near_miss,
        "state": one.state.value,
        "severity": one.severity.value if one.severity else None,
        "owner": one.owner_name,
        "outcome": one.outcome.value if one.outcome else None,
        "reported_at": one.reported_at.isoformat(timespec="seconds"),
        "closed_at": one.closed_at.isoformat(timespec="seconds") if one.closed_at else None,
    }
    if not as_json:
        return short
    return short | {"reporter": one.reporter_name, "words": one.words, "reply": one.reply}
