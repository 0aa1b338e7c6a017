"""Hands accounts and groups that were made here over to provisioning, and takes them back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from admin.provisioning.rows import ResourceKind
from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.identity import User
from core.errors import Conflict, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import GroupRow, ScimResourceRow, UserRow


@dataclass(frozen=True, slots=True)
class Provisioned:
    """The ids of the people and groups that identity providers look after."""

    people: frozenset[str]
    groups: frozenset[str]


class Adoption:
    """For administrators, or SYSTEM in the terminal.

    What is not handed over is neither seen nor changed by an identity provider.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def provisioned(self, actor: User) -> Provisioned:
        """Return who and what is provisioned now."""
        require_admin(actor)
        with self._database.read() as session:
            rows = session.exec(
                select(ScimResourceRow.kind, ScimResourceRow.id).where(
                    col(ScimResourceRow.deleted_at).is_(None)
                )
            ).all()
        ids = {kind: frozenset(i for k, i in rows if k == kind) for kind in ResourceKind}
        return Provisioned(ids[ResourceKind.PERSON], ids[ResourceKind.GROUP])

    def hand_over_person(self, actor: User, user_id: str) -> None:
        """Let identity providers change and deactivate an account.

        Raises ConfirmationNeeded, NotFound, and Conflict for an emergency account.
        """
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            row = session.get(UserRow, user_id)
            if row is None:
                raise NotFound("This account no longer exists.")
            if row.is_emergency:
                raise Conflict(
                    "This is an emergency account: it must not depend on an identity provider."
                )
            kept = session.get(ScimResourceRow, row.id)
            if kept is not None:
                kept.deleted_at = None
            else:
                self._keep(session, ResourceKind.PERSON, row.id, row.name)
            record_event(session, actor, "person.provisioned", row.id)

    def hand_over_group(self, actor: User, name: str) -> None:
        """Let identity providers change a group; raise ConfirmationNeeded and NotFound."""
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            row = _group(session, name)
            if session.get(ScimResourceRow, row.id) is None:
                self._keep(session, ResourceKind.GROUP, row.id, "")
            record_event(session, actor, "group.provisioned", row.id)

    def take_back_person(self, actor: User, user_id: str) -> None:
        """Keep an account as it is, out of the reach of identity providers; raise NotFound."""
        require_admin(actor)
        with self._database.begin() as session:
            _forget(session, user_id, "This account is not provisioned.")
            record_event(session, actor, "person.taken_back", user_id)

    def take_back_group(self, actor: User, name: str) -> None:
        """Keep a group with its members, out of the reach of identity providers; raise NotFound."""
        require_admin(actor)
        with self._database.begin() as session:
            row = _group(session, name)
            _forget(session, row.id, f"The group “{row.name}” is not provisioned.")
            record_event(session, actor, "group.taken_back", row.id)

    def _keep(self, session: Session, kind: ResourceKind, own_id: str, name: str) -> None:
        at, is_person = self._clock(), kind is ResourceKind.PERSON
        session.add(
            ScimResourceRow(
                id=own_id,
                kind=kind,
                user_id=own_id if is_person else None,
                group_id=None if is_person else own_id,
                display_name=name,
                created_at=at,
                changed_at=at,
            )
        )


def _group(session: Session, name: str) -> GroupRow:
    row = session.exec(select(GroupRow).where(GroupRow.name == name.strip())).first()
    if row is None:
        raise NotFound(f"There is no group “{name}”.")
    return row


def _forget(session: Session, own_id: str, message: str) -> None:
    kept = session.get(ScimResourceRow, own_id)
    if kept is None:
        raise NotFound(message)
    session.delete(kept)
