"""The one group whose people are administrators, if a setting names it."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from admin.people import keep_an_admin
from core.domain.identity import Actor, Role
from core.storage.queries.audit import record_event
from core.storage.tables import UserRow


@dataclass(frozen=True, slots=True)
class AdministratorGroup:
    """The name of the group; empty: identity providers give nobody a role."""

    name: str = ""

    def people(self, group_name: str, members: Collection[str]) -> frozenset[str]:
        """Return the members of a group if it is this one, else nobody."""
        return frozenset(members) if self.name and group_name == self.name else frozenset()

    def follow(
        self,
        session: Session,
        actor: Actor,
        *,
        before: Collection[str],
        after: Collection[str],
    ) -> None:
        """Give people of the group their role, and take it from those who left it.

        Raises Conflict if that would leave no active administrator.
        """
        touched = {*before, *after}
        if not touched:
            return
        rows = session.exec(select(UserRow).where(col(UserRow.id).in_(touched))).all()
        promoted = [r for r in rows if r.id in after and r.role != Role.ADMIN]
        demoted = [r for r in rows if r.id not in after and r.role == Role.ADMIN]
        for row in promoted:
            _set_role(session, actor, row, Role.ADMIN)
        session.flush()
        for row in demoted:
            keep_an_admin(session, row)
            _set_role(session, actor, row, Role.EMPLOYEE)
            session.flush()


def _set_role(session: Session, actor: Actor, row: UserRow, role: Role) -> None:
    before, row.role = row.role, role
    record_event(session, actor, "person.role_changed", row.id, before=before, after=role)
