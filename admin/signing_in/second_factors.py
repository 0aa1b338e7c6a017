"""The second factor of an account: a code of a phone, or one of ten recovery codes."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.fernet import Fernet, InvalidToken
from sqlmodel import Session, col, delete, func, select

from admin.signing_in.attempts import Caller, forgive, take_turn, too_many
from admin.signing_in.notices import AccountNotices, note_change
from admin.signing_in.one_time_codes import (
    new_recovery_codes,
    new_secret,
    recovery_hash,
    secret_address,
    step_of,
    typed_secret,
)
from core.domain.access import require_account, require_admin, require_confirmed
from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.identity import User
from core.errors import Conflict, NotFound, SignInFailed
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import RecoveryCodeRow, SecondFactorRow, UserRow

WRONG = "This code is incorrect or was already used. Wait for the next one and try again."


class FactorUse(StrEnum):
    """With which of the two kinds of code somebody signed in."""

    PHONE = "phone"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a phone needs: the key to type, and the address for a QR code."""

    key: str
    address: str


@dataclass(frozen=True, slots=True)
class FactorState:
    """Since when somebody has a second factor, None without one, and how many codes are left."""

    since: datetime | None = None
    recovery_codes: int = 0


class SecondFactors:
    """Sets up, checks and removes second factors; their secrets are stored encrypted."""

    def __init__(
        self,
        database: Database,
        key: SecretKey,
        issuer: str,
        *,
        clock: Callable[[], datetime] = now,
        notices: AccountNotices | None = None,
    ) -> None:
        """Take the key of the secrets, and the name under which phones list them."""
        self._notices = notices or AccountNotices(database)
        self._database = database
        self._key = key
        self._issuer = issuer
        self._clock = clock

    def state_of(self, user: User) -> FactorState:
        """Return the state of the person's own factor."""
        require_account(user)
        with self._database.read() as session:
            row = session.get(SecondFactorRow, user.id)
            if row is None or row.confirmed_at is None:
                return FactorState()
            left = select(func.count()).where(col(RecoveryCodeRow.user_id) == user.id)
            return FactorState(row.confirmed_at, session.exec(left).one())

    def begin(self, user: User) -> Enrolment:
        """Return a key for a phone; it counts once `confirm` has seen a code of it.

        Asked again before that, it returns the same key. Raises Conflict if there is a factor.
        """
        require_account(user)
        with self._database.begin() as session:
            row = session.get(SecondFactorRow, user.id, with_for_update=True)
            if row is not None and row.confirmed_at is not None:
                raise Conflict("You have a second factor already. Remove it first.")
            if row is None:
                row = SecondFactorRow(user_id=user.id, secret=self._locked(new_secret()))
                session.add(row)
            try:
                secret = self._opened(row)
            except SignInFailed:  # the key was lost since
                secret = new_secret()
                row.secret = self._locked(secret)
        return Enrolment(typed_secret(secret), secret_address(secret, user.email, self._issuer))

    def confirm(self, user: User, code: str) -> Sequence[str]:
        """Finish the set-up and return ten recovery codes, which are shown once.

        Raises SignInFailed for a wrong code, TooManyAttempts, NotFound without `begin`.
        """
        require_account(user)
        at, caller = self._take_turn(user.id)
        with self._database.begin() as session:
            row = session.get(SecondFactorRow, user.id, with_for_update=True)
            if row is None or row.confirmed_at is not None:
                raise NotFound("There is no key to confirm. Begin again.")
            step = step_of(self._opened(row), code, at, after=row.last_step)
            if step is None:
                raise SignInFailed(WRONG)
            row.last_step, row.confirmed_at = step, at
            codes = _renew_codes(session, user.id)
            forgive(session, caller)
            record_event(session, user, "second_factor.added", user.id)
            note_change(session, user, user.id, Happening.ACCOUNT_FACTOR_ADDED)
        self._notices.send(user.id)
        return codes

    def check(self, user_id: str, code: str) -> FactorUse:
        """Use a code up; raise SignInFailed for a wrong or used one, TooManyAttempts."""
        at, caller = self._take_turn(user_id)
        with self._database.begin() as session:
            row = session.get(SecondFactorRow, user_id, with_for_update=True)
            if row is None or row.confirmed_at is None:
                raise SignInFailed(WRONG)
            found = session.get(
                RecoveryCodeRow, (user_id, recovery_hash(code, user_id)), with_for_update=True
            )
            if found is not None:
                session.delete(found)
                forgive(session, caller)
                return FactorUse.RECOVERY
            step = step_of(self._opened(row), code, at, after=row.last_step)
            if step is not None:
                row.last_step = step
                forgive(session, caller)
                return FactorUse.PHONE
        raise SignInFailed(WRONG)

    def renew_codes(self, user: User) -> Sequence[str]:
        """Return ten new recovery codes; the old ones end. Raise NotFound without a factor."""
        require_confirmed(user)
        with self._database.begin() as session:
            row = session.get(SecondFactorRow, user.id)
            if row is None or row.confirmed_at is None:
                raise NotFound("There is no second factor.")
            record_event(session, user, "second_factor.codes_renewed", user.id)
            return _renew_codes(session, user.id)

    def remove(self, actor: User, user_id: str) -> None:
        """Remove a factor, one's own or as an administrator a lost one; the person is told.

        Raises AccessDenied, ConfirmationNeeded, and NotFound without a factor.
        """
        require_confirmed(actor)
        if actor.id != user_id or not actor.id:
            require_admin(actor)
        with self._database.begin() as session:
            row = session.get(SecondFactorRow, user_id)
            if row is None:
                raise NotFound("There is no second factor.")
            session.delete(row)
            _end_codes(session, user_id)
            record_event(session, actor, "second_factor.removed", user_id, subjects=[user_id])
            note_change(session, actor, user_id, Happening.ACCOUNT_FACTOR_REMOVED)
        self._notices.send(user_id)

    def has_one(self, session: Session, user_id: str) -> bool:
        """Return whether signing in takes a code."""
        row = session.get(SecondFactorRow, user_id)
        return row is not None and row.confirmed_at is not None

    def people_with_one(self, actor: User) -> frozenset[str]:
        """Return the ids of the people who have a second factor; admins only."""
        require_admin(actor)
        with self._database.read() as session:
            has = col(SecondFactorRow.confirmed_at).is_not(None)
            return frozenset(session.exec(select(SecondFactorRow.user_id).where(has)).all())

    def _take_turn(self, user_id: str) -> tuple[datetime, Caller]:
        """Count the try, like that of a password, in a count of its own."""
        at = self._clock()
        with self._database.begin() as session:
            account = session.get(UserRow, user_id)
            email = account.email if account else ""
            caller = Caller(email, device=f"second factor of {user_id}")
            wait = take_turn(session, caller, at, user_id=user_id)
        if wait > timedelta():
            raise too_many(wait)
        return at, caller

    def _locked(self, secret: bytes) -> str:
        return self._fernet().encrypt(secret).decode()

    def _opened(self, row: SecondFactorRow) -> bytes:
        try:
            return self._fernet().decrypt(row.secret.encode())
        except InvalidToken as error:
            raise SignInFailed(
                "The key that second factors are stored with has changed. Use a recovery code, or "
                "ask an administrator to remove your second factor."
            ) from error

    def _fernet(self) -> Fernet:
        key = bytes.fromhex(self._key.digest("second factors", ""))
        return Fernet(base64.urlsafe_b64encode(key))


def _renew_codes(session: Session, user_id: str) -> Sequence[str]:
    _end_codes(session, user_id)
    codes = new_recovery_codes()
    session.add_all(
        RecoveryCodeRow(user_id=user_id, code_hash=recovery_hash(code, user_id)) for code in codes
    )
    return codes


def _end_codes(session: Session, user_id: str) -> None:
    session.exec(delete(RecoveryCodeRow).where(col(RecoveryCodeRow.user_id) == user_id))
