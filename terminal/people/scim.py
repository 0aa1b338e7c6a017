"""`scim`: let an identity provider create, change and deactivate accounts."""

from typing import Annotated

import typer

from admin.provisioning.tokens import DAYS, ScimToken
from core.domain.clock import now
from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from terminal.context import known_groups, services, user_named
from terminal.output import Json, confirm, emit_table, readable_errors, say

scim = typer.Typer(no_args_is_help=True, help="Accounts made by your identity provider (SCIM).")
token = typer.Typer(no_args_is_help=True, help="Tokens that identity providers show.")
scim.add_typer(token, name="token")

Emails = Annotated[
    list[str] | None, typer.Argument(help="E-mail addresses of accounts.", show_default=False)
]
Groups = Annotated[
    list[str] | None, typer.Option("--group", help="Name of a group; can be repeated.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")]


@token.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="What it is for, such as “Entra ID”.")],
    days: Annotated[int, typer.Option(help="Days until it expires.")] = DAYS,
    as_json: Json = False,
) -> None:
    """Make a token and print it once; it opens /scim/v2."""
    with readable_errors():
        made = services().scim.tokens.add(SYSTEM, name, days=days)
        emit_table([{"token": made.secret, **_record(made.token)}], as_json=as_json)
        say("Copy the token now: it is not shown again.")


@token.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List tokens, also those that are expired or revoked."""
    with readable_errors():
        emit_table([_record(t) for t in services().scim.tokens.list(SYSTEM)], as_json=as_json)


@token.command("revoke")
def revoke_token(
    name: Annotated[str, typer.Argument(help="Name or id of the token.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End a token at once; accounts stay as they are."""
    with readable_errors():
        found = _token_named(name)
        if not yes:
            confirm(f"Revoke the token “{found.name}”? Its holder can change nothing from then on")
        revoked = services().scim.tokens.revoke(SYSTEM, found.id)
        emit_table([_record(revoked)], as_json=as_json)


@scim.command("hand-over")
def hand_over(email: Emails = None, group: Groups = None, as_json: Json = False) -> None:
    """Let the identity provider look after accounts and groups that were made here."""
    with readable_errors():
        _require_names(email, group)
        adoption = services().scim.adoption
        groups, people = known_groups(group), [user_named(one) for one in email or ()]
        for user in people:
            adoption.hand_over_person(SYSTEM, user.id)
        for name in groups:
            adoption.hand_over_group(SYSTEM, name)
        _emit_changed(email, group, is_provisioned=True, as_json=as_json)


@scim.command("take-back")
def take_back(email: Emails = None, group: Groups = None, as_json: Json = False) -> None:
    """Keep accounts and groups as they are, out of the reach of the identity provider."""
    with readable_errors():
        _require_names(email, group)
        adoption = services().scim.adoption
        groups, people = known_groups(group), [user_named(one) for one in email or ()]
        for user in people:
            adoption.take_back_person(SYSTEM, user.id)
        for name in groups:
            adoption.take_back_group(SYSTEM, name)
        _emit_changed(email, group, is_provisioned=False, as_json=as_json)


@scim.command("list")
def list_provisioned(as_json: Json = False) -> None:
    """List accounts and groups that the identity provider looks after."""
    with readable_errors():
        provisioned = services().scim.adoption.provisioned(SYSTEM)
        people = [u for u in services().people.list_all(SYSTEM) if u.id in provisioned.people]
        groups = [g for g in services().groups.list(SYSTEM) if g.id in provisioned.groups]
        records = [
            *({"kind": "person", "name": u.email, "active": u.is_active} for u in people),
            *({"kind": "group", "name": g.name, "active": True} for g in groups),
        ]
        emit_table(records, as_json=as_json)


def _require_names(emails: list[str] | None, groups: list[str] | None) -> None:
    if not emails and not groups:
        raise InvalidInput("Name e-mail addresses, or groups with --group.")


def _emit_changed(
    emails: list[str] | None, groups: list[str] | None, *, is_provisioned: bool, as_json: bool
) -> None:
    names = [*(("person", one) for one in emails or ()), *(("group", one) for one in groups or ())]
    emit_table(
        [{"kind": kind, "name": name, "provisioned": is_provisioned} for kind, name in names],
        as_json=as_json,
    )


def _token_named(name: str) -> ScimToken:
    tokens = services().scim.tokens.list(SYSTEM)
    found = [t for t in tokens if name == t.id] or [
        t for t in tokens if name == t.name and not t.is_revoked
    ]
    if not found:
        raise NotFound(f"There is no token “{name}” that is not revoked.")
    return found[0]


def _record(one: ScimToken) -> dict[str, object]:
    used = one.last_used_at.isoformat(timespec="minutes") if one.last_used_at else ""
    state = "revoked" if one.is_revoked else "live" if one.is_live(now()) else "expired"
    return {
        "name": one.name,
        "state": state,
        "expires": one.expires_at.isoformat(timespec="minutes"),
        "last_used": used,
        "id": one.id,
    }
