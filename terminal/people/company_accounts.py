"""`users connections`, `connect` and `disconnect`: company accounts that open accounts."""

from typing import Annotated

import typer

from admin.single_sign_on.values import Connection
from core.domain.identity import SYSTEM
from core.errors import NotFound
from terminal.context import services, user_named
from terminal.output import Json, confirm, emit_table, readable_errors
from terminal.people.users import Email


def list_connections(email: Email, as_json: Json = False) -> None:
    """List the company accounts that open an account."""
    with readable_errors():
        user = user_named(email)
        records = [_record(one) for one in services().connections.of(SYSTEM, user.id)]
        emit_table(records, as_json=as_json)


def connect(
    email: Email,
    subject: Annotated[str, typer.Argument(help="What the provider calls `sub`.")],
    issuer: Annotated[str, typer.Option(help="Its issuer; default: the one that is set.")] = "",
    as_json: Json = False,
) -> None:
    """Let a company account open an account; the person is told."""
    with readable_errors():
        user = user_named(email)
        made = services().connections.connect(SYSTEM, user.id, subject, issuer=issuer)
        emit_table([_record(made)], as_json=as_json)


def disconnect(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """End all connections of an account and the sessions they opened; the person is told."""
    with readable_errors():
        user = user_named(email)
        known = services().connections.of(SYSTEM, user.id)
        if not known:
            raise NotFound(f"No company account is connected with {user.email}.")
        if not yes:
            confirm(f"Disconnect every company account from {user.email}")
        for one in known:
            services().connections.remove(SYSTEM, one.id)
        emit_table([{"email": user.email, "disconnected": len(known)}], as_json=as_json)


def _record(one: Connection) -> dict[str, object]:
    return {
        "subject": one.subject,
        "issuer": one.issuer,
        "email": one.email,
        "connected": one.connected_at.isoformat(timespec="seconds"),
    }
