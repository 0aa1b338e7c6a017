"""`retention` and `holds`, and `users erase` and `users certificates`: people's data that goes."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from admin.privacy.certificates import Certificate
from admin.privacy.retention import RetentionRun
from core.domain.governance.privacy import DataClass, LegalHold
from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from terminal.context import services, user_named
from terminal.output import Json, confirm, emit, emit_table, readable_errors, say
from terminal.people.users import users

retention = typer.Typer(no_args_is_help=True, help="How long data of people is kept.")
holds = typer.Typer(no_args_is_help=True, help="Legal holds, which nothing deletes.")

Person = Annotated[str, typer.Option(help="E-mail address of the person.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


@users.command("erase")
def erase_person(
    person: Person,
    certificate: Annotated[
        Path | None, typer.Option(help="File to write the certificate to, as JSON.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Permanently erase a person from all tables and files; ideas stay without the name."""
    with readable_errors():
        user = user_named(person)
        if not yes:
            confirm(f"Erase {user.email} with all conversations? This cannot be undone")
        made = services().privacy.erasure.erase(SYSTEM, user.id)
        if certificate is not None:
            certificate.write_bytes(made.as_json())
        if as_json:
            emit(asdict(made))
            return
        emit_table([_summary(made)], as_json=False)
        _tell_leftovers(made)


@users.command("certificates")
def list_certificates(as_json: Json = False) -> None:
    """List the certificates of erasures, newest first; they name nobody."""
    with readable_errors():
        found = services().privacy.erasure.certificates(SYSTEM)
        emit_table([asdict(one) if as_json else _summary(one) for one in found], as_json=as_json)


@retention.command("show")
def show_retention(as_json: Json = False) -> None:
    """Show how long each kind of data is kept, and how many rows are older now."""
    with readable_errors():
        keepings = services().privacy.retention.list_all(SYSTEM)
        emit_table(
            [
                {"name": one.name.value, "days": one.days, "shortest": one.floor, "due": one.due}
                for one in keepings
            ],
            as_json=as_json,
        )


@retention.command("set")
def set_retention(
    name: Annotated[DataClass, typer.Argument(help="Kind of data.")],
    days: Annotated[int | None, typer.Option(help="Days after which it is deleted.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it always.")] = False,
    as_json: Json = False,
) -> None:
    """Set how long a kind of data is kept; it is deleted with the next run."""
    with readable_errors():
        if (days is None) is not keep:
            raise InvalidInput("Pass either --days or --keep.")
        services().privacy.retention.set_period(SYSTEM, name, days)
        emit_table([{"name": name.value, "days": days}], as_json=as_json)


@retention.command("run")
def run_retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: Json = False,
) -> None:
    """Delete what is older than its period; the app does so every day at 3 o'clock."""
    with readable_errors():
        service = services().privacy.retention
        done = service.plan(SYSTEM) if dry_run else service.run(SYSTEM)
        emit_table(_counts(done), as_json=as_json)


@holds.command("list")
def list_holds(as_json: Json = False) -> None:
    """List legal holds, those in force first."""
    with readable_errors():
        emit_table(
            [_hold(one) for one in services().privacy.holds.list_all(SYSTEM)], as_json=as_json
        )


@holds.command("place")
def place_hold(
    person: Person,
    reason: Annotated[str, typer.Option(help="Why, such as the number of the case.")],
    conversation: Annotated[
        str, typer.Option(help="Id of one conversation; without it, all of the person is held.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Keep all data of a person, or one conversation, until the hold is released."""
    with readable_errors():
        hold = services().privacy.holds.place(
            SYSTEM, user_named(person).id, reason, conversation_id=conversation
        )
        emit_table([_hold(hold)], as_json=as_json)


@holds.command("release")
def release_hold(
    hold_id: Annotated[str, typer.Argument(help="Id, or the first characters of it.")],
    as_json: Json = False,
) -> None:
    """End a legal hold; what is due is deleted from then on."""
    with readable_errors():
        service = services().privacy.holds
        found = [
            one
            for one in service.list_all(SYSTEM)
            if one.released_at is None and hold_id and one.id.startswith(hold_id)
        ]
        if len(found) != 1:
            raise NotFound(f"There is no legal hold in force that “{hold_id}” names alone.")
        service.release(SYSTEM, found[0].id)
        emit_table([{"hold": found[0].id, "released": True}], as_json=as_json)


def _summary(made: Certificate) -> dict[str, object]:
    return {
        "certificate": made.id,
        "finished": made.finished_at,
        "rows": sum(made.counts.values()),
        "files_searched": made.searched["files"],
        "complete": made.is_complete,
        "sha256": made.sha256,
    }


def _tell_leftovers(made: Certificate) -> None:
    if not made.is_complete:
        say("Something is left; the certificate says where. Run: verify, then erase again.", "red")
    if made.searched["in_documents"]:
        say(
            f"{made.searched['in_documents']} rows of documents name the person. Erase those "
            "documents if they have to go."
        )
    if made.ownerless_collections or made.ownerless_documents:
        say(
            f"Without an owner now: {made.ownerless_collections} collections, "
            f"{made.ownerless_documents} documents."
        )


def _counts(done: RetentionRun) -> list[dict[str, object]]:
    key = "due" if done.is_dry else "deleted"
    rows: list[dict[str, object]] = [
        {"name": name.value, key: number} for name, number in done.counts.items()
    ]
    return [*rows, {"name": "hidden_chats", key: done.hidden_chats}]


def _hold(hold: LegalHold) -> dict[str, object]:
    return {
        "hold": hold.id,
        "person": hold.person_name,
        "conversation": hold.conversation_id,
        "reason": hold.reason,
        "placed": hold.placed_at.isoformat(timespec="minutes"),
        "released": hold.released_at.isoformat(timespec="minutes") if hold.released_at else "",
    }
