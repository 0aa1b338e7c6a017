"""Finds what every command needs: the services, and the people and collections it names."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from bootstrap.process import terminal_services as services
from core.domain.identity import SYSTEM, PolicyStanding, User
from core.errors import InvalidInput, NotFound
from core.storage.queries.audit import account_origin

__all__ = ["collection_ids", "collection_named", "known_groups", "services", "user_named"]


def user_named(email: str) -> User:
    """Return the person with this e-mail address; raise NotFound if nobody has it.

    What is done in their name here shows in the audit log as done in the terminal. It is the
    operator who acts, and who is not asked for the AI-use policy.
    """
    wanted = email.strip().lower()
    for user in services().people.list_all(SYSTEM):
        if user.email == wanted:
            return replace(user, origin=account_origin(), policy=PolicyStanding.NOT_ASKED)
    raise NotFound(
        f"There is no account “{email}”. Create it with: sandbox_cli.py users add {email}"
    )


def collection_named(name: str) -> str:
    """Return the id of a collection; raise NotFound if there is none of this name."""
    for collection in services().collections.list_all(SYSTEM):
        if collection.name == name:
            return collection.id
    raise NotFound(
        f"There is no collection “{name}”. Create it with: sandbox_cli.py collections add {name}"
    )


def known_groups(names: Sequence[str] | None) -> list[str]:
    """Return these names; raise NotFound for an unknown one, with the closest that exists."""
    known = [group.name for group in services().groups.list(SYSTEM)]
    for name in names or ():
        if name.strip() not in known:
            nearest = get_close_matches(name.strip(), known, n=1)
            meant = f" Did you mean “{nearest[0]}”?" if nearest else ""
            raise NotFound(
                f"There is no group “{name}”.{meant} Create it with: sandbox_cli.py groups add "
                f"{shlex.quote(name)}"
            )
    return [name.strip() for name in names or ()]


def collection_ids(user: User, names: Sequence[str] | None) -> list[str] | None:
    """Return the ids of collections this person may read, None for all; raise InvalidInput."""
    if not names:
        return None
    readable = {c.name: c.id for c in services().collections.readable(user)}
    unknown = [name for name in names if name not in readable]
    if unknown:
        raise InvalidInput(f"There is no collection “{unknown[0]}” that this person can read.")
    return [readable[name] for name in names]
