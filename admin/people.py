"""Administration of accounts and of the groups they are in."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from admin.accounts import (
    add_account,
    clean_email,
    clean_name,
    has_accounts,
    is_last_admin,
)
from admin.signing_in.passwords import Passwords
from admin.signing_in.sessions import end_sessions
from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.identity import Actor, Group, Role, User
from core.errors import Conflict, NotFound
from core.storage.database import Database
from core.storage.queries.audit import joined, record_event
from core.storage.queries.people import group_ids_named, groups, to_user
from core.storage.tables import MembershipRow, UserRow


class People:
    """Accounts; every method but `has_users` is for admins, or SYSTEM in the terminal.

    Changes take effect at the person's next request, because sessions resolve role, groups and
    state from the database each time. Groups are given by name and created when they are new.
    """

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords

    def has_users(self) -> bool:
        """Return whether anybody has an account."""
        with self._database.read() as session:
            return has_accounts(session)

    def list_all(self, actor: User) -> list[User]:
        """Return everyone, by name."""
        require_admin(actor)
        with self._database.read() as session:
            rows = session.exec(select(UserRow).order_by(col(UserRow.name), col(UserRow.email)))
            return [to_user(session, row) for row in rows.all()]

    def list_groups(self, actor: User) -> list[Group]:
        """Return all groups with their sizes, by name."""
        require_admin(actor)
        with self._database.read() as session:
            return groups(session)

    def add(  # noqa: PLR0913  each field of the form by its name
        self,
        actor: User,
        email: str,
        *,
        name: str,
        password: str,
        role: Role = Role.EMPLOYEE,
        groups: Sequence[str] = (),
    ) -> User:
        """Create an account. Raise InvalidInput for the input, Conflict if the address has one."""
        require_admin(actor)
        email, name = clean_email(email), clean_name(name)
        self._passwords.check(password, email=email, name=name)
        password_hash = self._passwords.hash(password)
        with self._database.begin() as session:
            row = add_account(session, email, name=name, role=role, password_hash=password_hash)
            _join(session, row.id, groups)
            return _added(session, actor, row)

    def add_without_password(
        self,
        actor: User,
        email: str,
        *,
        name: str,
        role: Role = Role.EMPLOYEE,
        groups: Sequence[str] = (),
    ) -> User:
        """Create an account that cannot sign in before a link of PasswordLinks was used."""
        require_admin(actor)
        email, name = clean_email(email), clean_name(name)
        with self._database.begin() as session:
            row = add_account(session, email, name=name, role=role, password_hash="")
            _join(session, row.id, groups)
            return _added(session, actor, row)

    def set_role(self, actor: User, user_id: str, role: Role) -> User:
        """Set the role; raise Conflict if it would take away the last active admin.

        Making somebody an administrator takes a password entered lately (ConfirmationNeeded).
        """
        require_admin(actor)
        if role is Role.ADMIN:
            require_confirmed(actor)
        with self._database.begin() as session:
            row = account_of(session, user_id)
            if role is not Role.ADMIN:
                keep_an_admin(session, row)
            before, row.role = row.role, role
            record_event(session, actor, "person.role_changed", row.id, before=before, after=role)
            return to_user(session, row)

    def set_active(self, actor: User, user_id: str, *, is_active: bool) -> User:
        """Set whether a person may sign in, and end their sessions; Conflict for the last admin."""
        require_admin(actor)
        with self._database.begin() as session:
            row = account_of(session, user_id)
            switch_account(session, actor, row, is_active=is_active)
            return to_user(session, row)

    def set_emergency(self, actor: User, user_id: str, *, is_emergency: bool) -> None:
        """Set whether the account signs in with its password alone, which is always alarmed.

        Raises ConfirmationNeeded and NotFound.
        """
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            row = account_of(session, user_id)
            before, row.is_emergency = row.is_emergency, is_emergency
            record_event(
                session,
                actor,
                "person.emergency_changed",
                row.id,
                before=before,
                after=is_emergency,
            )

    def set_groups(self, actor: User, user_id: str, groups: Sequence[str]) -> User:
        """Make these the person's groups."""
        require_admin(actor)
        with self._database.begin() as session:
            row = account_of(session, user_id)
            before = joined(to_user(session, row).group_ids)
            session.exec(delete(MembershipRow).where(col(MembershipRow.user_id) == row.id))
            _join(session, row.id, groups)
            user = to_user(session, row)
            record_event(
                session,
                actor,
                "person.groups_changed",
                row.id,
                before=before,
                after=joined(user.group_ids),
            )
            return user


def account_of(session: Session, user_id: str) -> UserRow:
    """Return an account; raise NotFound if it is gone."""
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound("This account no longer exists.")
    return row


def _added(session: Session, actor: User, row: UserRow) -> User:
    user = to_user(session, row)
    record_event(
        session,
        actor,
        "person.added",
        row.id,
        role=user.role,
        groups=joined(user.group_ids),
        has_password=bool(row.password_hash),
    )
    return user


def _join(session: Session, user_id: str, names: Sequence[str]) -> None:
    ids = group_ids_named(session, list(names))
    session.add_all(MembershipRow(user_id=user_id, group_id=group_id) for group_id in ids)
    session.flush()


def switch_account(session: Session, actor: Actor, row: UserRow, *, is_active: bool) -> None:
    """Set whether a person may sign in, and end their sessions; Conflict for the last admin."""
    if not is_active:
        keep_an_admin(session, row)
        end_sessions(session, row.id, now())
    row.is_active = is_active
    action = "person.activated" if is_active else "person.deactivated"
    record_event(session, actor, action, row.id)


def keep_an_admin(session: Session, row: UserRow) -> None:
    """Raise Conflict for the last active administrator."""
    if is_last_admin(session, row):
        raise Conflict(
            "This is the last active administrator. Make someone else an administrator first."
        )
