"""Slows down repeated failures without locking anybody out for good.

A browser that signed in to the account before is known and has a count of its own. The counts of an
account and of an address are those of unknown browsers, so nobody can use them up for its owner.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session, col, delete, func, select

from core.errors import TooManyAttempts
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import SignInFailureRow

WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """The number of failures per hour that are free, and the longest that the delay can get."""

    name: str
    free: int
    longest: timedelta

    def delay(self, failures: int) -> timedelta:
        """Return the wait: nothing while free, then 1, 2, 4, ... seconds."""
        if failures < self.free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(failures - self.free, 20)), self.longest)


# Short, so that guessing by a stranger cannot keep the owner out (ASVS 5.0, 6.1.1); still at most
# about 65 guesses an hour.
ACCOUNT = Limit("account", free=5, longest=timedelta(minutes=1))
DEVICE = Limit("browser", free=5, longest=timedelta(minutes=1))
# Higher, because a whole office can share one address.
ADDRESS = Limit("address", free=20, longest=timedelta(minutes=15))
# Only tries that were begun in a browser of this address and failed at the identity provider.
COMPANY = Limit("company sign-in", free=20, longest=timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who tries: the account as typed, the network address, and the known browser.

    `device` is empty for a browser that never signed in to this account, `address` where nobody
    calls over a network.
    """

    email: str
    address: str = ""
    device: str = ""

    @property
    def own(self) -> "Bucket":
        """Count tries from the moment they begin, so that parallel guesses do not slip by."""
        if self.device:
            return Bucket(_key("device", self.device), DEVICE)
        return account_bucket(self.email)

    @property
    def buckets(self) -> tuple["Bucket", ...]:
        """Return all buckets that may make this try wait."""
        if self.device or not self.address:
            return (self.own,)
        return (self.own, address_bucket(self.address))


@dataclass(frozen=True, slots=True)
class Bucket:
    """A count of failures; `address` is kept in plain words to be shown to administrators."""

    key: str
    limit: Limit
    address: str = ""


def account_bucket(email: str) -> Bucket:
    """Return the failures of unknown browsers at one account."""
    return Bucket(_key("account", email.strip().lower()), ACCOUNT)


def address_bucket(address: str) -> Bucket:
    """Return the failures of unknown browsers from one address."""
    return Bucket(_key("address", address), ADDRESS, address)


def company_bucket(address: str) -> Bucket:
    """Return the failed sign-ins by the identity provider from one address."""
    return Bucket(_key("company", address), COMPANY)


def require_company_turn(database: Database, address: str, at: datetime) -> None:
    """Raise TooManyAttempts where sign-ins by the identity provider failed too often."""
    with database.read() as session:
        wait = wait_of(session, company_bucket(address), at)
    if wait > timedelta():
        raise too_many(wait)


def note_company_failure(session: Session, address: str, at: datetime) -> None:
    """Count a failed sign-in by the identity provider."""
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < at - WINDOW))
    session.add(SignInFailureRow(key=company_bucket(address).key, at=at))


def token_wait(session: Session, address: str, at: datetime) -> timedelta:
    """Return how long wrong tokens of programs at this address have to wait, zero for not at all.

    A wait whose beginning is not recorded yet counts as none, so that it is recorded: a flood of
    wrong tokens then reads and writes nothing.
    """
    bucket = _token_bucket(address)
    wait = wait_of(session, bucket, at)
    latest = _latest(session, bucket)
    return timedelta() if latest is None or latest.refusals == 0 else wait


def note_refused_token(session: Session, address: str, at: datetime) -> timedelta:
    """Count a wrong token of a program; return how long its address has to wait by now.

    The count is one of its own: a program with an expired token makes nobody wait who signs in from
    the same address.
    """
    bucket = _token_bucket(address)
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < at - WINDOW))
    _stand_in_line(session, bucket.key)
    wait = wait_of(session, bucket, at)
    if wait <= timedelta():
        session.add(SignInFailureRow(key=bucket.key, at=at))
    else:
        _note_refusal(session, bucket, "")
    return wait


def take_turn(session: Session, caller: Caller, at: datetime, *, user_id: str = "") -> timedelta:
    """Return how long this try must wait; zero counts it as the caller's own until settled.

    At an address a try counts only once it failed: people of one office who sign in at the same
    moment are no failures. A wait that begins is audited, those within it are counted.
    """
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.at) < at - WINDOW))
    for bucket in caller.buckets:
        _stand_in_line(session, bucket.key)
    waits = {bucket: wait_of(session, bucket, at) for bucket in caller.buckets}
    longest = max(waits, key=lambda bucket: waits[bucket])
    if waits[longest] > timedelta():
        _note_refusal(session, longest, user_id)
        return waits[longest]
    session.add(SignInFailureRow(key=caller.own.key, at=at))
    return timedelta()


def note_failure(session: Session, caller: Caller, at: datetime) -> None:
    """Record that the try that began at `at` failed; the caller's own count has it already."""
    for bucket in caller.buckets[1:]:
        session.add(SignInFailureRow(key=bucket.key, at=at, address=bucket.address))


def forgive(session: Session, caller: Caller) -> None:
    """Forget the caller's own failures: the password was right.

    Those of the address stay: signing in to an own account must not buy new guesses at others.
    So do those of strangers at the account, if a known browser signed in.
    """
    _forget(session, [caller.own.key])


def forget(session: Session, email: str) -> None:
    """Forget all failures of unknown browsers at an account."""
    _forget(session, [account_bucket(email).key])


def forget_bucket(session: Session, bucket: Bucket) -> None:
    """Forget all failures of an account or an address."""
    _forget(session, [bucket.key])


def wait_of(session: Session, bucket: Bucket, at: datetime) -> timedelta:
    """Return how long a try at this moment would have to wait; zero or less for no wait."""
    failures, latest = session.exec(
        select(func.count(col(SignInFailureRow.id)), func.max(SignInFailureRow.at)).where(
            SignInFailureRow.key == bucket.key
        )
    ).one()
    return timedelta() if latest is None else latest + bucket.limit.delay(failures) - at


def too_many(wait: timedelta) -> TooManyAttempts:
    """Return the error that names the wait."""
    return TooManyAttempts(
        f"Too many failed attempts. Wait {ceil(wait.total_seconds())} seconds, then try again. "
        "An administrator can end the delay."
    )


def _note_refusal(session: Session, bucket: Bucket, user_id: str) -> None:
    """Record one event per wait, however many tries it refuses, to keep the log readable."""
    latest = _latest(session, bucket)
    if latest is None:
        return
    if latest.refusals == 0:
        record_event(
            session, None, "sign_in.slowed", user_id, outcome="refused", by=bucket.limit.name
        )
    latest.refusals += 1


def _latest(session: Session, bucket: Bucket) -> SignInFailureRow | None:
    return session.exec(
        select(SignInFailureRow)
        .where(SignInFailureRow.key == bucket.key)
        .order_by(col(SignInFailureRow.at).desc(), col(SignInFailureRow.id).desc())
    ).first()


def _token_bucket(address: str) -> Bucket:
    return Bucket(_key("token", address), ADDRESS)


def _forget(session: Session, keys: Sequence[str]) -> None:
    session.exec(delete(SignInFailureRow).where(col(SignInFailureRow.key).in_(keys)))


def _stand_in_line(session: Session, key: str) -> None:
    # SQLite has one writer; PostgreSQL would let parallel tries count the same failures.
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(int(key[:15], 16))))


def _key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
