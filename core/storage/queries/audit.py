"""Writes audit events inside the transaction of the use case they describe."""

import os
import pwd
from collections.abc import Iterable
from functools import cache

from sqlmodel import Session, col, func, select

from core.domain.identity import SYSTEM, Actor
from core.storage.audit.chain import UNSEALED
from core.storage.tables import AuditEventRow, AuditSubjectRow

MAX_ACCOUNT = 60


def record_event(  # noqa: PLR0913  each field of an event by its name
    session: Session,
    actor: Actor | None,
    action: str,
    object_id: str = "",
    *,
    outcome: str = "ok",
    origin: str = "",
    subjects: Iterable[str] = (),
    **details: str | int | float | bool | None,
) -> None:
    """Add an event; `action` reads `object.verb`, details hold ids and counts, never content.

    `subjects` are the ids of people whose texts were read or handed on; they can see that. The
    origin is that of the person unless another one is given.
    """
    row = AuditEventRow(
        actor_id=actor.id if actor else "",
        action=action,
        object_id=object_id,
        outcome=outcome,
        origin=origin or _origin(actor),
        details=details,
    )
    session.add(row)
    session.info.setdefault(UNSEALED, []).append(row)
    others = set(subjects) - {"", row.actor_id}
    if others:
        session.flush()
        session.add_all(AuditSubjectRow(event_id=row.id or 0, user_id=one) for one in others)


def events_recorded(session: Session) -> int:
    """Return how many events there are."""
    return session.exec(select(func.count(col(AuditEventRow.id)))).one()


def joined(ids: Iterable[str]) -> str:
    """Write ids as details of an event hold them."""
    return " ".join(sorted(ids))


def _origin(actor: Actor | None) -> str:
    """Return where a person is, or the account of this machine on which the program runs."""
    if actor is SYSTEM:
        return account_origin()
    return actor.origin if actor else ""


def account_origin() -> str:
    """Return the origin of what is done in the terminal, or by the program itself."""
    return f"os:{_account()}"


@cache
def _account() -> str:
    """Return the name of the account that runs the program, its number where it has no name.

    The environment is not asked: whoever types a command can set it.
    """
    try:
        return pwd.getpwuid(os.getuid()).pw_name[:MAX_ACCOUNT]
    except KeyError:  # no such account, as in a container
        return str(os.getuid())
