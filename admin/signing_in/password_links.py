"""One-time links with which a person sets a first or a new password."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from admin.signing_in.account_mail import AccountMail
from admin.signing_in.attempts import forget
from admin.signing_in.notices import AccountNotices, note_change
from admin.signing_in.passwords import Passwords
from admin.signing_in.sessions import end_sessions, token_hash
from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, Conflict, MailUnavailable, NotFound, SignInFailed
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import to_user
from core.storage.tables import PasswordLinkRow, UserRow

TOKEN_BYTES = 32
LIFETIME = timedelta(hours=24)


class PasswordLinks:
    """Links that administrators send or the terminal prints; used by whoever holds one."""

    def __init__(  # noqa: PLR0913  each part by its name
        self,
        database: Database,
        passwords: Passwords,
        *,
        mail: AccountMail | None = None,
        notices: AccountNotices | None = None,
        takes_passwords: bool = True,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Take what it needs; unless it `takes_passwords`, only emergency accounts get links."""
        self._database = database
        self._passwords = passwords
        self._mail = mail
        self._notices = notices or AccountNotices(database)
        self._takes_passwords = takes_passwords
        self._clock = clock

    @property
    def sends_mail(self) -> bool:
        """Whether links can be mailed."""
        return self._mail is not None

    def create(self, actor: User, user_id: str) -> str:
        """Make a link and return its raw token, 256 bit, for 24 hours; earlier links end.

        In the terminal only, so that no administrator sees a link of somebody else in the app.
        Raises AccessDenied, NotFound for an account that does not exist or is deactivated, and
        Conflict for one that uses no password.
        """
        require_admin(actor)
        if actor is not SYSTEM:
            raise AccessDenied("Links are shown in the terminal only: users link EMAIL.")
        return self._create(actor, user_id)[0]

    def send(self, actor: User, user_id: str) -> None:
        """Mail a link to the person, unseen by whoever asks for it; earlier links end.

        Raises ConfirmationNeeded, what `create` raises, and MailUnavailable: then the link ends.
        """
        require_admin(actor)
        require_confirmed(actor)
        if self._mail is None:
            raise Conflict(
                "Mail is not set up, so no link can be sent. In the terminal, users link EMAIL "
                "prints one to hand over in person."
            )
        token, email, name = self._create(actor, user_id)
        try:
            was_taken = self._mail.send_link(
                email, name, token, int(LIFETIME.total_seconds()) // 3600
            )
        except MailUnavailable:
            self._end(user_id)
            raise
        if not was_taken:
            self._end(user_id)
            raise MailUnavailable(
                f"The mail server takes no mail for {email}. Nothing was sent. Check the address."
            )

    def _create(self, actor: User, user_id: str) -> tuple[str, str, str]:
        """Return token, address and name."""
        token, at = secrets.token_urlsafe(TOKEN_BYTES), self._clock()
        with self._database.begin() as session:
            row = session.get(UserRow, user_id)
            if row is None or not row.is_active:
                raise NotFound("This account no longer exists, or it is deactivated.")
            if not (self._takes_passwords or row.is_emergency):
                raise Conflict("This person signs in with the company account, without a password.")
            _end_links(session, user_id)
            session.add(
                PasswordLinkRow(
                    token_hash=token_hash(token), user_id=user_id, expires_at=at + LIFETIME
                )
            )
            record_event(session, actor, "password_link.created", user_id, subjects=[user_id])
            return token, row.email, row.name

    def _end(self, user_id: str) -> None:
        with self._database.begin() as session:
            _end_links(session, user_id)

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
            note_change(session, user, row.id, Happening.ACCOUNT_PASSWORD_SET)
        self._notices.send(user.id)
        return user

    def _user_of(self, session: Session, token: str) -> UserRow | None:
        # The lock makes two simultaneous uses wait for each other on PostgreSQL; SQLite has one
        # writer anyway.
        link = session.get(PasswordLinkRow, token_hash(token), with_for_update=True)
        if link is None or self._clock() >= link.expires_at:
            return None
        row = session.get(UserRow, link.user_id)
        if row is None or not row.is_active:
            return None
        return row if self._takes_passwords or row.is_emergency else None


def _end_links(session: Session, user_id: str) -> None:
    session.exec(delete(PasswordLinkRow).where(col(PasswordLinkRow.user_id) == user_id))


def _used_up() -> SignInFailed:
    return SignInFailed(
        "This link has expired or was already used. Ask an administrator for a new one."
    )
