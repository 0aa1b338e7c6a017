"""Slows down repeated failures of one account or one address, without ever locking for good."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session, col, delete, func, select

from core.errors import TooManyAttempts
from core.storage.tables import SignInFailureRow

WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many failures per hour are free, and how long the growing delay becomes at most."""

    free: int
    longest: timedelta

    def delay(self, failures: int) -> timedelta:
        """Nothing while free, then 1, 2, 4, ... seconds."""
        if failures < self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)


# Short, so that guessing by a stranger cannot keep the owner out (ASVS 5.0, 6.1.1); still at most
# about 65 guesses an hour.
ACCOUNT = Limit(free=5, longest=timedelta(minutes=1))
# Higher, because a whole office can share one address.
ADDRESS = Limit(free=20, longest=timedelta(minutes=15))


def take_turn(session: Session, email: str, address: str, at: datetime) -> None:
    """Counts a try as failed until `forgive`, so that parallel tries cannot slip through.

    Raises TooManyAttempts, with the seconds to wait, before anything is counted.
    """
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < at - WINDOW))
    limits = _limits(email, address)
    for key in limits:
        _stand_in_line(session, key)
    wait = max(_wait(session, key, limit, at) for key, limit in limits.items())
    if wait > timedelta():
        seconds = ceil(wait.total_seconds())
        raise TooManyAttempts(
            f"Too many failed tries. Please wait {seconds} seconds and try again."
        )
    session.add_all(SignInFailureRow(key=key, at=at) for key in limits)


def forgive(session: Session, email: str, address: str, at: datetime) -> None:
    """Takes back the try counted at `at`, and all failures of the account."""
    forget(session, email)
    # Only this one try: signing in to an own account must not buy new guesses at others.
    session.exec(
        delete(SignInFailureRow).where(
            col(SignInFailureRow.key) == _key("address", address), col(SignInFailureRow.at) == at
        )
    )


def forget(session: Session, email: str) -> None:
    """Forgets all failures of an account."""
    account = _key("account", email.strip().lower())
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.key) == account))


def _limits(email: str, address: str) -> dict[str, Limit]:
    limits = {_key("account", email.strip().lower()): ACCOUNT}
    return limits | ({_key("address", address): ADDRESS} if address else {})


def _stand_in_line(session: Session, key: str) -> None:
    # SQLite has one writer; PostgreSQL would let parallel tries count the same failures.
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(int(key[:15], 16))))


def _wait(session: Session, key: str, limit: Limit, at: datetime) -> timedelta:
    failures, latest = session.exec(
        select(func.count(col(SignInFailureRow.id)), func.max(SignInFailureRow.at)).where(
            SignInFailureRow.key == key
        )
    ).one()
    return timedelta() if latest is None else latest + limit.delay(failures) - at


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
