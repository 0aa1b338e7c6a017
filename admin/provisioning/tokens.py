"""Bearer tokens with which an identity provider creates, changes and deactivates accounts."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from admin.signing_in.attempts import note_refused_token, token_wait, too_many
from admin.signing_in.sessions import token_hash
from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.identity import User
from core.errors import InvalidInput, NameTaken, NotFound, SignInFailed
from core.guardrails.text import clean_line
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import ScimTokenRow

PREFIX = "scim_"
"""Tells programs that look for leaked secrets what this one is."""
TOKEN_BYTES = 32
MAX_NAME = 60
DAYS, MOST_DAYS = 365, 730
LAST_USED_STEP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ScimToken:
    """A token as administrators see it."""

    id: str
    name: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    is_revoked: bool

    def is_live(self, at: datetime) -> bool:
        """Return whether it is accepted at this moment."""
        return not self.is_revoked and at < self.expires_at


@dataclass(frozen=True, slots=True)
class NewScimToken:
    """A token that was just made; `secret` is told once and kept nowhere."""

    token: ScimToken
    secret: str


@dataclass(frozen=True, slots=True)
class ScimClient:
    """An identity provider that showed a live token; the audit log names it by the token."""

    id: str
    name: str
    origin: str = ""


class ScimTokens:
    """Tokens made by administrators, or SYSTEM in the terminal; shown by identity providers."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime] = now,
        origin: Callable[[str], str] = lambda _address: "",
    ) -> None:
        """Take what it needs; `origin` is what the audit log keeps of a network address."""
        self._database = database
        self._clock = clock
        self._origin = origin

    def add(self, actor: User, name: str, *, days: int = DAYS) -> NewScimToken:
        """Make a token, 256 bit, that expires after so many days.

        Raises ConfirmationNeeded, InvalidInput, and NameTaken if a token that is not revoked has
        this name.
        """
        require_admin(actor)
        require_confirmed(actor)
        cleaned = clean_line(name)
        if not cleaned or len(cleaned) > MAX_NAME:
            raise InvalidInput(f"Enter a name of at most {MAX_NAME} characters.")
        if not 1 <= days <= MOST_DAYS:
            raise InvalidInput(f"A token is valid for 1 to {MOST_DAYS} days.")
        secret, at = f"{PREFIX}{secrets.token_urlsafe(TOKEN_BYTES)}", self._clock()
        with self._database.begin() as session:
            _require_free(session, cleaned)
            row = ScimTokenRow(
                name=cleaned,
                token_hash=token_hash(secret),
                created_at=at,
                expires_at=at + timedelta(days=days),
            )
            session.add(row)
            session.flush()
            record_event(session, actor, "scim_token.added", row.id, days=days)
            return NewScimToken(_token(row), secret)

    def list(self, actor: User) -> Sequence[ScimToken]:
        """Return all tokens, also revoked ones, the newest first."""
        require_admin(actor)
        newest = col(ScimTokenRow.created_at).desc()
        with self._database.read() as session:
            return [_token(row) for row in session.exec(select(ScimTokenRow).order_by(newest))]

    def revoke(self, actor: User, token_id: str) -> ScimToken:
        """End a token at once; raise NotFound if there is none."""
        require_admin(actor)
        with self._database.begin() as session:
            row = session.get(ScimTokenRow, token_id)
            if row is None:
                raise NotFound("There is no such token.")
            if row.revoked_at is None:
                row.revoked_at = self._clock()
                record_event(session, actor, "scim_token.revoked", row.id)
            return _token(row)

    def client_of(self, secret: str, *, address: str = "") -> ScimClient:
        """Return who shows this token; `address` is where the request comes from.

        Raises NotFound while there is no token that is not revoked, SignInFailed for a wrong,
        expired or revoked one, and TooManyAttempts after repeated wrong ones from this address,
        which never makes a right one wait.
        """
        at, hashed = self._clock(), token_hash(secret)
        with self._database.read() as session:
            row = session.exec(
                select(ScimTokenRow).where(ScimTokenRow.token_hash == hashed)
            ).first()
            is_on = row is not None or _is_on(session)
        if not is_on:
            raise NotFound("Not found.")
        is_right = row is not None and hmac.compare_digest(row.token_hash, hashed)
        if row is None or not is_right or not _token(row).is_live(at):
            self._refuse(address, at, row)
            raise SignInFailed("The token is missing, wrong, expired or revoked.")
        self._mark_used(row, at)
        return ScimClient(row.id, row.name, self._origin(address))

    def _refuse(self, address: str, at: datetime, row: ScimTokenRow | None) -> None:
        """Count and record the failure; raise TooManyAttempts within a wait."""
        with self._database.read() as session:
            wait = token_wait(session, address, at)
        if wait > timedelta():
            raise too_many(wait)
        with self._database.begin() as session:
            wait = note_refused_token(session, address, at)
            if wait <= timedelta():
                record_event(
                    session,
                    None,
                    "scim_token.used",
                    row.id if row else "",
                    outcome="refused",
                    origin=self._origin(address),
                )
        if wait > timedelta():
            raise too_many(wait)

    def _mark_used(self, row: ScimTokenRow, at: datetime) -> None:
        if row.last_used_at is not None and at - row.last_used_at < LAST_USED_STEP:
            return
        with self._database.begin() as session:
            session.exec(
                update(ScimTokenRow).where(col(ScimTokenRow.id) == row.id).values(last_used_at=at)
            )


def _is_on(session: Session) -> bool:
    live = select(ScimTokenRow.id).where(col(ScimTokenRow.revoked_at).is_(None)).limit(1)
    return session.exec(live).first() is not None


def _require_free(session: Session, name: str) -> None:
    taken = select(ScimTokenRow.id).where(
        ScimTokenRow.name == name, col(ScimTokenRow.revoked_at).is_(None)
    )
    if session.exec(taken).first():
        raise NameTaken(f"There is already a token named “{name}”. Revoke it first.")


def _token(row: ScimTokenRow) -> ScimToken:
    return ScimToken(
        row.id,
        row.name,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        is_revoked=row.revoked_at is not None,
    )
