"""Shows who has to wait before signing in again, and lets an administrator end the wait."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from admin.accounts import account_row
from admin.signing_in.attempts import (
    Bucket,
    account_bucket,
    address_bucket,
    company_bucket,
    forget_bucket,
    wait_of,
)
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.identity import User
from core.errors import NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import SignInFailureRow, UserRow


@dataclass(frozen=True, slots=True)
class Slowed:
    """An account or an address whose unknown browsers have to wait; one of the two is set.

    `failures` and `refusals` count the last hour: wrong tries, and tries within a wait.
    """

    email: str
    address: str
    failures: int
    refusals: int
    free_at: datetime


class SignInLimits:
    """Delays of sign-ins, for administrators, or SYSTEM in the terminal."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = now) -> None:
        self._database = database
        self._clock = clock

    def slowed(self, actor: User) -> list[Slowed]:
        """Return delayed accounts by e-mail address, then delayed network addresses."""
        require_admin(actor)
        at = self._clock()
        with self._database.read() as session:
            emails = session.exec(select(UserRow.email).order_by(col(UserRow.email))).all()
            addresses = session.exec(
                select(SignInFailureRow.address)
                .where(SignInFailureRow.address != "")
                .distinct()
                .order_by(col(SignInFailureRow.address))
            ).all()
            waiting = set(session.exec(select(SignInFailureRow.key).distinct()).all())
            buckets = [
                *((email, account_bucket(email)) for email in emails),
                *(("", address_bucket(address)) for address in addresses),
            ]
            slowed = [
                _slowed(session, email, bucket, at)
                for email, bucket in buckets
                if bucket.key in waiting
            ]
            return [account for account in slowed if account is not None]

    def free_account(self, actor: User, email: str) -> None:
        """End the delay of an account's unknown browsers; raise NotFound."""
        require_admin(actor)
        with self._database.begin() as session:
            row = account_row(session, email)
            if row is None:
                raise NotFound(f"There is no account for {email}.")
            forget_bucket(session, account_bucket(row.email))
            record_event(session, actor, "sign_in.freed", row.id, by="account")

    def free_address(self, actor: User, address: str) -> None:
        """End the delay of an address; raise NotFound if it had no failed attempts."""
        require_admin(actor)
        bucket, company = address_bucket(address.strip()), company_bucket(address.strip())
        with self._database.begin() as session:
            if not (_count(session, bucket)[0] or _count(session, company)[0]):
                raise NotFound(f"There were no failed attempts from {address.strip()}.")
            forget_bucket(session, bucket)
            forget_bucket(session, company)
            record_event(session, actor, "sign_in.freed", by="address")


def _slowed(session: Session, email: str, bucket: Bucket, at: datetime) -> Slowed | None:
    wait = wait_of(session, bucket, at)
    if wait <= timedelta():
        return None
    failures, refusals = _count(session, bucket)
    return Slowed(email, bucket.address, failures, refusals, at + wait)


def _count(session: Session, bucket: Bucket) -> tuple[int, int]:
    failures, refusals = session.exec(
        select(func.count(col(SignInFailureRow.id)), func.sum(SignInFailureRow.refusals)).where(
            SignInFailureRow.key == bucket.key
        )
    ).one()
    return failures, refusals or 0
