"""`users`: manage accounts, roles and one-time password links."""

import sys
from typing import Annotated

import typer

from admin.signing_in.password_links import LIFETIME
from core.domain.clock import now
from core.domain.identity import SYSTEM, Role, User
from core.errors import InvalidInput
from terminal.context import known_groups, services, user_named
from terminal.output import Json, confirm, emit_table, readable_errors, say

users = typer.Typer(no_args_is_help=True, help="Accounts.")

Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Name of a group; can be repeated.")
]
Email = Annotated[str, typer.Argument(help="E-mail address of the account.")]
Address = Annotated[str, typer.Option(help="Address at which people reach the app, for the link.")]


@users.command("add")
def add_user(
    email: Annotated[str, typer.Argument(help="E-mail address, used to sign in.")],
    role: Annotated[Role, typer.Option(help="What the person can do.")] = Role.EMPLOYEE,
    group: Groups = None,
    name: Annotated[str | None, typer.Option(help="Name shown in the app.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    link: Annotated[
        bool, typer.Option("--link", help="Set no password; print a one-time link to choose one.")
    ] = False,
    address: Address = "http://127.0.0.1:8501",
    as_json: Json = False,
) -> None:
    """Create an account; with --link the person chooses a password."""
    with readable_errors():
        groups = known_groups(group)
        shown_name = name or email.partition("@")[0].replace(".", " ").title()
        people = services().people
        if link:
            user = people.add_without_password(
                SYSTEM, email, name=shown_name, role=role, groups=groups
            )
        else:
            password = _password(from_stdin=password_stdin)
            user = people.add(
                SYSTEM, email, name=shown_name, role=role, groups=groups, password=password
            )
        record = {"email": user.email, "role": user.role.value, "id": user.id}
        emit_table([record | (_link_record(user, address) if link else {})], as_json=as_json)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("Pass --password-stdin and send the password on standard input.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@users.command("list")
def list_users(as_json: Json = False) -> None:
    """List accounts."""
    with readable_errors():
        names = {group.id: group.name for group in services().people.list_groups(SYSTEM)}
        records = [_record(user, names) for user in services().people.list_all(SYSTEM)]
        emit_table(records, as_json=as_json)


@users.command("set")
def set_user(
    email: Email,
    role: Annotated[Role | None, typer.Option(help="What the person can do.")] = None,
    group: Groups = None,
    no_groups: Annotated[
        bool, typer.Option("--no-groups", help="Remove the person from all groups.")
    ] = False,
    is_active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="Whether the person can sign in.")
    ] = None,
    is_emergency: Annotated[
        bool | None,
        typer.Option(
            "--emergency/--no-emergency",
            help="Whether the account signs in with its password alone, which is always alarmed.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Set role, groups or sign-in; the rest stays unchanged. Groups replace the current ones."""
    with readable_errors():
        if no_groups and group:
            raise InvalidInput("Pass --group or --no-groups, not both.")
        groups, user, people = known_groups(group), user_named(email), services().people
        if role is not None:
            user = people.set_role(SYSTEM, user.id, role)
        if is_active is not None:
            user = people.set_active(SYSTEM, user.id, is_active=is_active)
        if groups or no_groups:
            user = people.set_groups(SYSTEM, user.id, groups)
        if is_emergency is not None:
            people.set_emergency(SYSTEM, user.id, is_emergency=is_emergency)
        names = {one.id: one.name for one in services().groups.list(SYSTEM)}
        emit_table([_record(user, names)], as_json=as_json)


@users.command("link")
def make_link(
    email: Email, address: Address = "http://127.0.0.1:8501", as_json: Json = False
) -> None:
    """Print a link that lets the person set a password; it works once, for 24 hours."""
    with readable_errors():
        user = user_named(email)
        say("Whoever has this link can sign in as this person. Hand it over in person.")
        emit_table([{"email": user.email, **_link_record(user, address)}], as_json=as_json)


@users.command("remove-factor")
def remove_factor(
    email: Email,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Remove a lost second factor; the person can see that."""
    with readable_errors():
        user = user_named(email)
        if not yes:
            confirm(f"Remove the second factor of {user.email}? The password alone is then enough")
        services().second_factors.remove(SYSTEM, user.id)
        emit_table([{"email": user.email, "second_factor": False}], as_json=as_json)


@users.command("waits")
def list_waits(as_json: Json = False) -> None:
    """List accounts and network addresses whose next sign-in is delayed."""
    with readable_errors():
        records: list[dict[str, object]] = [
            {
                "email": one.email,
                "address": one.address,
                "failures": one.failures,
                "refusals": one.refusals,
                "until": one.free_at.isoformat(timespec="seconds"),
            }
            for one in services().sign_in_limits.slowed(SYSTEM)
        ]
        emit_table(records, as_json=as_json)


@users.command("free")
def end_wait(
    email: Annotated[str | None, typer.Argument(help="E-mail address of the account.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Network address instead of an account.")
    ] = None,
    as_json: Json = False,
) -> None:
    """End the sign-in delay of an account or a network address."""
    with readable_errors():
        if (email is None) == (address is None):
            raise InvalidInput("Pass either an e-mail address or --address.")
        if email is not None:
            services().sign_in_limits.free_account(SYSTEM, email)
        if address is not None:
            services().sign_in_limits.free_address(SYSTEM, address)
        emit_table([{"freed": email or address}], as_json=as_json)


def _link_record(user: User, address: str) -> dict[str, object]:
    token = services().password_links.create(SYSTEM, user.id)
    return {
        "link": f"{address.rstrip('/')}/new-password?token={token}",
        "valid_until": (now() + LIFETIME).isoformat(timespec="minutes"),
    }


def _record(user: User, group_names: dict[str, str]) -> dict[str, object]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "groups": sorted(group_names[i] for i in user.group_ids),
        "active": user.is_active,
    }
