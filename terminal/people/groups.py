"""`groups`: manage the groups that collections are opened to."""

from typing import Annotated

import typer

from core.domain.identity import SYSTEM, Group
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors

groups = typer.Typer(no_args_is_help=True, help="Groups of people.")

Name = Annotated[str, typer.Argument(help="Name of the group.")]


@groups.command("list")
def list_groups(as_json: Json = False) -> None:
    """List groups with the number of people in them."""
    with readable_errors():
        emit_table([_record(one) for one in services().groups.list(SYSTEM)], as_json=as_json)


@groups.command("add")
def add_group(name: Name, as_json: Json = False) -> None:
    """Create a group that people and collections can be added to."""
    with readable_errors():
        emit_table([_record(services().groups.add(SYSTEM, name))], as_json=as_json)


@groups.command("rename")
def rename_group(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="The new name.")],
    as_json: Json = False,
) -> None:
    """Rename a group; its people and collections stay the same."""
    with readable_errors():
        renamed = services().groups.rename(SYSTEM, name, new_name)
        emit_table([_record(renamed)], as_json=as_json)


@groups.command("remove")
def remove_group(
    name: Name,
    yes: Annotated[
        bool, typer.Option("--yes", help="Also remove a group that people or collections use.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Remove a group; its people lose the access it gave them."""
    with readable_errors():
        removed = services().groups.remove(SYSTEM, name, although_used=yes)
        emit_table([_record(removed)], as_json=as_json)


def _record(group: Group) -> dict[str, object]:
    return {"name": group.name, "people": group.member_count, "id": group.id}
