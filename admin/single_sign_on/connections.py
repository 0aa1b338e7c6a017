"""Which identities at the company's systems open an account, and how they are let go."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from admin.signing_in.notices import AccountNotices, note_change
from admin.single_sign_on.accounts import connect, identity_row
from admin.single_sign_on.values import Connection, Vouched
from core.domain.access import require_active, require_admin, require_confirmed
from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.identity import User
from core.errors import Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import ExternalIdentityRow, ExternalSessionRow, SessionRow, UserRow

MAX_ISSUER, MAX_SUBJECT = 300, 255
GONE = "This connection no longer exists."


class Connections:
    """Connections of accounts; people see and end their own, administrators those of all."""

    def __init__(self, database: Database, issuer: str, notices: AccountNotices) -> None:
        """Take the issuer of identities that are named without one, "" if there is none."""
        self._notices = notices
        self._database = database
        self._issuer = issuer

    def mine(self, user: User) -> Sequence[Connection]:
        """Return the person's own connections, the oldest first."""
        require_active(user)
        with self._database.read() as session:
            return _of(session, user.id)

    def of(self, actor: User, user_id: str) -> Sequence[Connection]:
        """Return the connections of an account; admins only."""
        require_admin(actor)
        with self._database.read() as session:
            return _of(session, user_id)

    def connect(self, actor: User, user_id: str, subject: str, *, issuer: str = "") -> Connection:
        """Let an identity open an account; its subject is what the provider calls `sub`.

        Raises ConfirmationNeeded, NotFound, InvalidInput, Conflict if it opens an account already.
        """
        require_admin(actor)
        require_confirmed(actor)
        issuer, subject = issuer.strip() or self._issuer, subject.strip()
        if not issuer or not subject or len(issuer) > MAX_ISSUER or len(subject) > MAX_SUBJECT:
            raise InvalidInput("Give the subject (sub) and the issuer of the company account.")
        with self._database.begin() as session:
            row = session.get(UserRow, user_id)
            if row is None:
                raise NotFound("This account no longer exists.")
            if identity_row(session, issuer, subject) is not None:
                raise Conflict("This company account opens an account already.")
            person = Vouched(issuer, subject, "", False, "", None, may_connect=True)
            made = connect(session, row, person, by="an administrator")
            record_event(session, actor, "identity.added", row.id, subjects=[row.id])
            connection = _connection(made)
        self._notices.send(user_id)
        return connection

    def disconnect(self, user: User, connection_id: str) -> None:
        """End one of the person's own connections and the sessions that it opened.

        Raises ConfirmationNeeded, NotFound for any other, and Conflict for one's only way in.
        """
        require_active(user)
        require_confirmed(user)
        with self._database.begin() as session:
            row = session.get(ExternalIdentityRow, connection_id)
            if row is None or row.user_id != user.id:
                raise NotFound(GONE)
            if not session.get_one(UserRow, user.id).password_hash:
                raise Conflict("You have no password, so this is your only way to sign in.")
            _end(session, user, row)
        self._notices.send(user.id)

    def remove(self, actor: User, connection_id: str) -> None:
        """End a connection of anybody and the sessions that it opened; admins only.

        Raises ConfirmationNeeded and NotFound.
        """
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            row = session.get(ExternalIdentityRow, connection_id)
            if row is None:
                raise NotFound(GONE)
            user_id = row.user_id
            _end(session, actor, row)
        self._notices.send(user_id)


def _end(session: Session, actor: User, row: ExternalIdentityRow) -> None:
    opened = session.exec(
        select(SessionRow)
        .join(ExternalSessionRow, col(ExternalSessionRow.session_id) == SessionRow.id)
        .where(ExternalSessionRow.identity_id == row.id, col(SessionRow.revoked_at).is_(None))
    ).all()
    for one in opened:
        one.revoked_at = now()
    user_id = row.user_id
    session.delete(row)
    record_event(session, actor, "identity.removed", user_id, subjects=[user_id])
    note_change(session, actor, user_id, Happening.ACCOUNT_DISCONNECTED)


def _of(session: Session, user_id: str) -> Sequence[Connection]:
    rows = session.exec(
        select(ExternalIdentityRow)
        .where(ExternalIdentityRow.user_id == user_id)
        .order_by(col(ExternalIdentityRow.connected_at), col(ExternalIdentityRow.id))
    ).all()
    return [_connection(row) for row in rows]


def _connection(row: ExternalIdentityRow) -> Connection:
    return Connection(
        row.id, row.issuer, row.subject, row.email, row.connected_at, row.last_seen_at
    )
