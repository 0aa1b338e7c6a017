"""`conversations`: export or delete everything one person asked."""

from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from terminal.context import services, user_named
from terminal.output import Json, confirm, emit, emit_table, readable_errors

conversations = typer.Typer(no_args_is_help=True, help="Conversations of a person.")

Person = Annotated[str, typer.Argument(help="E-mail address of the person.")]


@conversations.command("export")
def export_conversations(email: Person, as_json: Json = False) -> None:
    """Export all conversations of a person with their sources; the audit log records it."""
    with readable_errors():
        for record in services().personal_conversations.export(SYSTEM, user_named(email)):
            if as_json:
                emit(record)
            else:
                typer.echo(_as_text(record))


@conversations.command("delete")
def delete_conversations(
    email: Person,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Permanently delete all conversations of a person; ideas keep what was saved with them."""
    with readable_errors():
        person = user_named(email)
        if not yes:
            confirm(f"Delete all conversations of {person.email}? This cannot be undone")
        deleted = services().personal_conversations.delete(SYSTEM, person)
        emit_table([{"email": person.email, "conversations": deleted}], as_json=as_json)


def _as_text(record: dict[str, object]) -> str:
    messages = record["messages"]
    assert isinstance(messages, list)  # noqa: S101  see PersonalConversations.export
    lines = [f"{message['role']}: {message['text']}" for message in messages]
    return "\n\n".join([f"# {record['title']} ({record['created_at']})", *lines]) + "\n"
