"""People, collections, usage and ideas from the terminal."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer

from admin.usage import UsageFigures
from core.domain.identity import SYSTEM, Role
from core.domain.knowledge import Sensitivity
from core.errors import InvalidInput
from ideas.export import idea_record
from terminal.context import collection_named, services, user_named
from terminal.output import Json, emit, emit_table, readable_errors

users = typer.Typer(no_args_is_help=True, help="Accounts.")
collections = typer.Typer(no_args_is_help=True, help="Collections of documents.")
ideas = typer.Typer(no_args_is_help=True, help="AI idea cards.")

Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Name of a group; may be repeated.")
]


@users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="E-mail address, used to sign in.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = Role.EMPLOYEE,
    group: Groups = None,
    name: Annotated[str | None, typer.Option(help="Name shown in the app.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Create an account."""
    with readable_errors():
        password = _password(from_stdin=password_stdin)
        user = services().people.add(
            SYSTEM,
            email,
            name=name or email.partition("@")[0].replace(".", " ").title(),
            role=role,
            groups=group or [],
            password=password,
        )
        emit_table([{"email": user.email, "role": user.role.value, "id": user.id}], as_json=as_json)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("Pass --password-stdin and the password on standard input.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@users.command("list")
def list_users(as_json: Json = False) -> None:
    """List accounts."""
    with readable_errors():
        names = {group.id: group.name for group in services().people.list_groups(SYSTEM)}
        records = [
            {
                "email": user.email,
                "name": user.name,
                "role": user.role.value,
                "groups": sorted(names[i] for i in user.group_ids),
                "active": user.is_active,
            }
            for user in services().people.list_all(SYSTEM)
        ]
        emit_table(records, as_json=as_json)


@collections.command("add")
def add_collection(
    name: Annotated[str, typer.Argument(help="Name of the collection.")],
    group: Groups = None,
    is_open: Annotated[bool, typer.Option("--open", help="Everybody may read it.")] = False,
    description: Annotated[str, typer.Option(help="What is in it.")] = "",
    sensitivity: Annotated[
        Sensitivity, typer.Option(help="How far its content may travel.")
    ] = Sensitivity.INTERNAL,
    as_json: Json = False,
) -> None:
    """Create a collection; without --group or --open nobody may read it."""
    with readable_errors():
        collection = services().collections.add(
            SYSTEM,
            name,
            description=description,
            groups=group or [],
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
    """Make a person the owner, who gets the questions that the collection does not answer."""
    with readable_errors():
        owner = user_named(email)
        changed = services().collections.set_owner(SYSTEM, collection_named(name), owner.id)
        emit_table([{"name": changed.name, "owner": changed.owner_name}], as_json=as_json)


@collections.command("list")
def list_collections(as_json: Json = False) -> None:
    """List collections and who may read them."""
    with readable_errors():
        names = {group.id: group.name for group in services().people.list_groups(SYSTEM)}
        records = [
            {
                "name": c.name,
                "documents": c.document_count,
                "open": c.is_open,
                "owner": c.owner_name,
                "groups": sorted(names[i] for i in c.group_ids),
                "sensitivity": c.sensitivity.value,
                "embedding_model": c.embedding_model,
            }
            for c in services().collections.list_all(SYSTEM)
        ]
        emit_table(records, as_json=as_json)


def usage(
    days: Annotated[int, typer.Option(help="How many days back.", min=1, max=3660)] = 30,
    as_json: Json = False,
) -> None:
    """Questions, people, tokens, cost and answer times per day."""
    with readable_errors():
        report = services().usage.report(SYSTEM, days=days)
        rows = [{"day": d.day.isoformat(), **figures_record(d.figures)} for d in report.days]
        shown = [row for row in rows if row["questions"]]
        emit_table([*shown, {"day": "total", **figures_record(report.total)}], as_json=as_json)


def figures_record(figures: UsageFigures) -> dict[str, object]:
    """One flat record of usage figures."""
    record = asdict(figures)
    record["cost"] = record.pop("cost_micros") / 1_000_000
    return record


@ideas.command("export")
def export_ideas(as_json: Json = False) -> None:
    """Write all idea cards."""
    with readable_errors():
        records = [idea_record(card) for card in services().ideas.list(SYSTEM)]
        if as_json:
            for record in records:
                emit(record)
        else:
            emit_table([_short(record) for record in records], as_json=False)


def _short(record: dict[str, object]) -> dict[str, object]:
    keys = ("number", "title", "category", "status", "submitter", "submitted_at")
    return {key: record[key] for key in keys}
