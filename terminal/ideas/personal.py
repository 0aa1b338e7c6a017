"""What one person did with ideas, from the terminal: exported, or taken out of them."""

from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from terminal.context import services, user_named
from terminal.ideas.cards import ideas
from terminal.output import Json, confirm, emit, emit_table, readable_errors

__all__ = ["ideas"]

Email = Annotated[str, typer.Argument(help="E-mail address of the person.")]


@ideas.command("export-person")
def export_person(email: Email, as_json: Json = False) -> None:
    """Export what a person wrote and did with ideas; the audit log records it."""
    with readable_errors():
        for record in services().ideas.personal.export(SYSTEM, user_named(email)):
            if as_json:
                emit(record)
            else:
                typer.echo(" ".join(str(value) for value in record.values()))


@ideas.command("erase-person")
def erase_person(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Remove a person from all ideas; ideas, reviews and moves stay without the name."""
    with readable_errors():
        person = user_named(email)
        if not yes:
            confirm(f"Take {person.email} out of all ideas? This cannot be undone")
        rows = services().ideas.personal.erase(SYSTEM, person)
        emit_table([{"email": person.email, "rows": rows}], as_json=as_json)
