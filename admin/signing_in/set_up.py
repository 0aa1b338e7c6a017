"""The one-time link that creates the first administrator of an empty installation."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session, delete

from admin.accounts import add_account, clean_email, clean_name, has_accounts
from admin.signing_in.passwords import Passwords
from admin.signing_in.sessions import token_hash
from core.domain.identity import Role, User
from core.errors import Conflict, SignInFailed
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import to_user
from core.storage.tables import SetupTokenRow

TOKEN_BYTES = 16
LIFETIME = timedelta(minutes=30)


class SetUp:
    """Hands out the link while nobody has an account, and redeems it once."""

    def __init__(
        self,
        database: Database,
        passwords: Passwords,
        *,
        clock: Callable[[], datetime],
        is_emergency: bool = False,
    ) -> None:
        """Take what it needs; the first account `is_emergency` where others use no passwords."""
        self._database = database
        self._passwords = passwords
        self._clock = clock
        self._is_emergency = is_emergency

    def is_needed(self) -> bool:
        """Return whether nobody has an account yet."""
        with self._database.read() as session:
            return not has_accounts(session)

    def start(self) -> str:
        """Make a token, 128 bit, for 30 minutes; earlier ones end. Raise Conflict if not needed."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        at = self._clock()
        with self._database.begin() as session:
            if has_accounts(session):
                raise Conflict("There are accounts already. An administrator can add more.")
            session.exec(delete(SetupTokenRow))
            session.add(
                SetupTokenRow(token_hash=token_hash(token), created_at=at, expires_at=at + LIFETIME)
            )
            record_event(session, None, "setup_link.created")
        return token

    def is_open(self, token: str) -> bool:
        """Return whether this token would be accepted now."""
        with self._database.read() as session:
            return self._open_row(session, token) is not None

    def complete(self, token: str, email: str, *, name: str, password: str) -> User:
        """Create the first admin. Raise SignInFailed for a used link, InvalidInput for input."""
        if not self.is_open(token):
            raise _used_up()
        email, name = clean_email(email), clean_name(name)
        self._passwords.check(password, email=email, name=name)
        password_hash = self._passwords.hash(password)
        with self._database.begin() as session:
            self._use(session, token)
            row = add_account(
                session, email, name=name, role=Role.ADMIN, password_hash=password_hash
            )
            row.is_emergency = self._is_emergency
            user = to_user(session, row)
            record_event(session, user, "setup_link.used")
            record_event(
                session, user, "person.added", user.id, role=user.role, groups="", has_password=True
            )
        return user

    def _use(self, session: Session, token: str) -> None:
        row = self._open_row(session, token)
        if row is None:
            raise _used_up()
        row.used_at = self._clock()

    def _open_row(self, session: Session, token: str) -> SetupTokenRow | None:
        # The lock makes two simultaneous uses wait for each other on PostgreSQL; SQLite has one
        # writer anyway.
        row = session.get(SetupTokenRow, token_hash(token), with_for_update=True)
        is_open = row is not None and row.used_at is None and self._clock() < row.expires_at
        return row if is_open and not has_accounts(session) else None


def _used_up() -> SignInFailed:
    return SignInFailed(
        "This set-up link has expired or was already used. Restart the app: until the first "
        "account exists, it prints a new link in its terminal."
    )
