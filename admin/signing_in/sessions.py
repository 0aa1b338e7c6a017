"""Sign-in sessions in the database: opening, resolving and ending them."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from core.storage.tables import ExternalSessionRow, SessionRow

MAX_BROWSER = 120


@dataclass(frozen=True, slots=True)
class SignInSession:
    """A browser that is signed in, as its owner sees it."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    browser: str
    is_current: bool


def token_hash(token: str) -> str:
    """Return the hash under which a session or set-up token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(  # noqa: PLR0913  each by its name
    session: Session,
    user_id: str,
    *,
    browser: str,
    at: datetime,
    lifetime: timedelta,
    is_pending: bool = False,
    confirmed_at: datetime | None = None,
) -> str:
    """Add a session and return its raw token, 256 bit; clear the person's expired ones.

    A pending one opens nothing but the page that asks for the second factor. `confirmed_at` is when
    the person last showed who they are, None if nobody knows.
    """
    expired = (col(SessionRow.user_id) == user_id, col(SessionRow.expires_at) <= at)
    session.exec(delete(SessionRow).where(*expired))
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + lifetime,
            browser=browser[:MAX_BROWSER],
            is_pending=is_pending,
            confirmed_at=confirmed_at,
        )
    )
    return token


def follow(session: Session, old_id: str, token: str) -> None:
    """Let a new session be of the identity at another system that opened the one before it."""
    old, new = session.get(ExternalSessionRow, old_id), session_of_token(session, token)
    if old is not None and new is not None:
        session.add(
            ExternalSessionRow(
                session_id=new.id,
                identity_id=old.identity_id,
                provider_session=old.provider_session,
            )
        )


def session_of_token(session: Session, token: str) -> SessionRow | None:
    """Return the session of a raw token, live or not."""
    return session.exec(
        select(SessionRow).where(SessionRow.token_hash == token_hash(token))
    ).first()


def is_live(row: SessionRow, at: datetime, idle: timedelta) -> bool:
    """Return whether the session is neither ended, nor too old, nor unused for too long."""
    return row.revoked_at is None and at < row.expires_at and at - row.last_seen_at < idle


def live_sessions(
    session: Session, user_id: str, at: datetime, idle: timedelta
) -> list[SessionRow]:
    """Return the person's live sessions, last used first."""
    rows = session.exec(
        select(SessionRow)
        .where(
            SessionRow.user_id == user_id,
            col(SessionRow.revoked_at).is_(None),
            ~col(SessionRow.is_pending),
        )
        .order_by(col(SessionRow.last_seen_at).desc())
    ).all()
    return [row for row in rows if is_live(row, at, idle)]


def end_sessions(session: Session, user_id: str, at: datetime, *, keep_token: str = "") -> None:
    """End all sessions of a person, except the one of `keep_token`."""
    session.exec(
        update(SessionRow)
        .where(
            col(SessionRow.user_id) == user_id,
            col(SessionRow.revoked_at).is_(None),
            col(SessionRow.token_hash) != token_hash(keep_token),
        )
        .values(revoked_at=at)
    )
