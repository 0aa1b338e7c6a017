"""One-time links with which a person sets a first or a new password."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from admin.signing_in.attempts import forget
from admin.signing_in.passwords import Passwords
from admin.signing_in.sessions import end_sessions, token_hash
from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.identity import User
from core.errors import NotFound, SignInFailed
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import to_user
from core.storage.tables import PasswordLinkRow, UserRow

TOKEN_BYTES = 32
LIFETIME = timedelta(hours=24)


class PasswordLinks:
    """Links made by administrators, or SYSTEM in the terminal; used by whoever holds one."""

    def __init__(
        self, database: Database, passwords: Passwords, *, clock: Callable[[], datetime] = now
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def create(self, actor: User, user_id: str) -> str:
        """Make a link and return its raw token, 256 bit, for 24 hours; earlier links end.

        Raises ConfirmationNeeded, and NotFound for an account that does not exist or is
        deactivated.
        """
        require_admin(actor)
        require_confirmed(actor)
        token, at = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        with self._database.begin() as session:
            row = session.get(UserRow, user_id)
            if row is None or not row.is_active:
                raise NotFound("This account no longer exists, or it is deactivated.")
            _end_links(session, user_id)
            session.add(
                PasswordLinkRow(
                    token_hash=token_hash(token), user_id=user_id, expires_at=at + LIFETIME
                )
            )
            record_event(session, actor, "password_link.created", user_id, subjects=[user_id])
        return token

    def is_open(self, token: str) -> bool:
        """Return whether this token would be accepted now."""
        with self._database.read() as session:
            return self._user_of(session, token) is not None

    def use(self, token: str, password: str) -> User:
        """Set the password, end all sessions and the link.

        Raises SignInFailed for a link that is used or expired, InvalidInput for the password.
        """
        with self._database.read() as session:
            row = self._user_of(session, token)
        if row is None:
            raise _used_up()
        self._passwords.check(password, email=row.email, name=row.name)
        password_hash = self._passwords.hash(password)
        with self._database.begin() as session:
            row = self._user_of(session, token)
            if row is None:
                raise _used_up()
            row.password_hash = password_hash
            _end_links(session, row.id)
            end_sessions(session, row.id, self._clock())
            forget(session, row.email)
            user = to_user(session, row)
            record_event(session, user, "password_link.used", row.id)
            return user

    def _user_of(self, session: Session, token: str) -> UserRow | None:
        # The lock makes two simultaneous uses wait for each other on PostgreSQL; SQLite has one
        # writer anyway.
        link = session.get(PasswordLinkRow, token_hash(token), with_for_update=True)
        if link is None or self._clock() >= link.expires_at:
            return None
        row = session.get(UserRow, link.user_id)
        return row if row is not None and row.is_active else None


def _end_links(session: Session, user_id: str) -> None:
    session.exec(delete(PasswordLinkRow).where(col(PasswordLinkRow.user_id) == user_id))


def _used_up() -> SignInFailed:
    return SignInFailed(
        "This link has expired or was already used. Ask an administrator for a new one."
    )
