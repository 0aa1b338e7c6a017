"""`collections`: list them, change their access and owner, delete them."""

from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.domain.knowledge import Collection, Sensitivity
from core.domain.text.plurals import count
from core.errors import InvalidInput
from terminal.context import collection_named, known_groups, services, user_named
from terminal.output import Json, confirm, emit_table, readable_errors
from terminal.people.users import Groups

collections = typer.Typer(no_args_is_help=True, help="Collections of documents.")

Name = Annotated[str, typer.Argument(help="Name of the collection.")]


@collections.command("add")
def add_collection(
    name: Annotated[str, typer.Argument(help="Name of the collection.")],
    group: Groups = None,
    is_open: Annotated[bool, typer.Option("--open", help="Everyone can read it.")] = False,
    description: Annotated[str, typer.Option(help="Description of the collection.")] = "",
    sensitivity: Annotated[
        Sensitivity, typer.Option(help="Who the content is meant for.")
    ] = Sensitivity.INTERNAL,
    as_json: Json = False,
) -> None:
    """Create a collection; without --group or --open no one can read it."""
    with readable_errors():
        collection = services().collections.add(
            SYSTEM,
            name,
            description=description,
            groups=known_groups(group),
            is_open=is_open,
            sensitivity=sensitivity,
        )
        emit_table([{"name": collection.name, "id": collection.id}], as_json=as_json)


@collections.command("set-owner")
def set_owner(
    name: Annotated[str, typer.Argument(help="Name of the collection.")],
    email: Annotated[str, typer.Argument(help="E-mail address of the new owner.")],
    as_json: Json = False,
) -> None:
    """Make a person the owner, who receives the questions that the collection does not answer."""
    with readable_errors():
        owner = user_named(email)
        changed = services().collections.set_owner(SYSTEM, collection_named(name), owner.id)
        emit_table([{"name": changed.name, "owner": changed.owner_name}], as_json=as_json)


@collections.command("list")
def list_collections(as_json: Json = False) -> None:
    """List collections and who can read them."""
    with readable_errors():
        names = {group.id: group.name for group in services().people.list_groups(SYSTEM)}
        records = [_record(one, names) for one in services().collections.list_all(SYSTEM)]
        emit_table(records, as_json=as_json)


@collections.command("rename")
def rename_collection(
    name: Name,
    new_name: Annotated[str, typer.Argument(help="The new name.")],
    as_json: Json = False,
) -> None:
    """Rename a collection; its documents and access stay the same."""
    with readable_errors():
        renamed = services().collections.rename(SYSTEM, collection_named(name), new_name)
        emit_table([{"name": renamed.name, "id": renamed.id}], as_json=as_json)


@collections.command("set-access")
def set_access(
    name: Name,
    group: Groups = None,
    is_open: Annotated[bool, typer.Option("--open", help="Everyone can read it.")] = False,
    nobody: Annotated[bool, typer.Option("--nobody", help="No one can read it.")] = False,
    as_json: Json = False,
) -> None:
    """Replace the list of who can read a collection."""
    with readable_errors():
        if sum((bool(group), is_open, nobody)) != 1:
            raise InvalidInput("Pass --group, --open or --nobody.")
        readers, collection_id = known_groups(group), collection_named(name)
        changed = services().collections.set_access(
            SYSTEM, collection_id, groups=readers, is_open=is_open
        )
        names = {one.id: one.name for one in services().groups.list(SYSTEM)}
        groups = sorted(names[i] for i in changed.group_ids)
        emit_table(
            [{"name": changed.name, "open": changed.is_open, "groups": groups}], as_json=as_json
        )


@collections.command("delete")
def delete_collection(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Delete a collection with all its documents; stop the app first.

    Deleted bytes may stay in files until they are overwritten; run `erase --collection` first to
    leave none.
    """
    with readable_errors():
        collection_id = collection_named(name)
        if not yes:
            documents = count(services().documents.count(SYSTEM, collection_id), "document")
            confirm(f"Delete “{name}” with {documents}? This cannot be undone")
        with services().worker.exclusive():
            receipt = services().lifecycle.collection_deletion.delete(SYSTEM, collection_id)
        emit_table(
            [
                {
                    "name": receipt.name,
                    "documents": receipt.documents,
                    "passages": receipt.passages,
                }
            ],
            as_json=as_json,
        )


def _record(collection: Collection, group_names: dict[str, str]) -> dict[str, object]:
    return {
        "name": collection.name,
        "documents": collection.document_count,
        "open": collection.is_open,
        "owner": collection.owner_name,
        "groups": sorted(group_names[i] for i in collection.group_ids),
        "sensitivity": collection.sensitivity.value,
        "embedding_model": collection.embedding_model,
    }
