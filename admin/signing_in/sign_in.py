"""Set-up, sign-in, sessions, and changes of one's own password."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import col, update

from admin.accounts import account_row
from admin.signing_in.attempts import Caller, forgive, note_failure, take_turn, too_many
from admin.signing_in.known_browsers import known_browser, mark_for
from admin.signing_in.opening import Arrival, SessionOpening
from admin.signing_in.passwords import CONCURRENT_HASHES, Passwords
from admin.signing_in.second_factors import Enrolment, FactorUse, SecondFactors
from admin.signing_in.sessions import (
    SignInSession,
    end_sessions,
    follow,
    is_live,
    live_sessions,
    session_of_token,
    token_hash,
)
from admin.signing_in.set_up import SetUp
from admin.signing_in.turns import FairTurns
from core.domain.access import require_account, require_active
from core.domain.clock import now
from core.domain.identity import PolicyStanding, User
from core.errors import NotFound, SignInFailed, StorageUnavailable
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import to_user, user_by_id
from core.storage.tables import SessionRow, UserRow

logger = logging.getLogger(__name__)

LAST_SEEN_STEP = timedelta(minutes=1)
CONFIRMATION = timedelta(minutes=10)
"""How long an entered password is enough for what is dangerous."""

EXPIRED = "This sign-in has expired. Enter your e-mail address and password again."


class SignInStep(StrEnum):
    """What a sign-in lacks."""

    PASSWORD = "password"  # noqa: S105  the name of a step
    CODE = "code"
    SET_UP = "set_up"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class FactorSetUp:
    """The token of the new session, and the recovery codes, which are shown once."""

    token: str
    recovery_codes: Sequence[str]


def _nowhere(_address: str) -> str:
    return ""


class SignIn:
    """Opens and resolves sessions.

    `idle` and `absolute` are the longest times a session lasts unused and at all. Unless it
    `asks_for_policy`, nobody has to acknowledge the AI-use policy.
    """

    def __init__(  # noqa: PLR0913  each setting by its name
        self,
        database: Database,
        passwords: Passwords,
        *,
        idle: timedelta,
        absolute: timedelta,
        asks_for_policy: bool = True,
        clock: Callable[[], datetime] = now,
        origin: Callable[[str], str] = _nowhere,
        factors: SecondFactors | None = None,
        admins_need_factor: bool = False,
        takes_passwords: bool = True,
    ) -> None:
        """Take what it needs; `origin` is what the audit log keeps of a network address.

        With `admins_need_factor`, administrators without a second factor set one up to get in.
        Unless it `takes_passwords`, only emergency accounts sign in with one.
        """
        self._factors = factors
        self._takes_passwords = takes_passwords
        self._opening = SessionOpening(
            absolute=absolute, clock=clock, factors=factors, admins_need_factor=admins_need_factor
        )
        self._database = database
        self._passwords = passwords
        self._origin = origin
        self._idle = idle
        self._asks_for_policy = asks_for_policy
        self._clock = clock
        self._turns = FairTurns(CONCURRENT_HASHES)
        self._set_up = SetUp(database, passwords, clock=clock, is_emergency=not takes_passwords)

    @property
    def takes_passwords(self) -> bool:
        """Whether people sign in with passwords, not only with emergency accounts."""
        return self._takes_passwords

    @property
    def opening(self) -> SessionOpening:
        """What opens sessions of people who show otherwise who they are."""
        return self._opening

    def needs_setup(self) -> bool:
        """Return whether nobody has an account yet."""
        return self._set_up.is_needed()

    def start_setup(self) -> str:
        """Return the raw token of a new one-time link, 30 minutes; raise Conflict if not needed."""
        return self._set_up.start()

    def is_setup_open(self, token: str) -> bool:
        """Return whether a set-up link would be accepted now."""
        return self._set_up.is_open(token)

    def complete_setup(
        self, token: str, email: str, *, name: str, password: str, browser: str = ""
    ) -> str:
        """Create the first admin and return a session token.

        Raises SignInFailed for a link that is used or expired, InvalidInput for what was typed.
        """
        user = self._set_up.complete(token, email, name=name, password=password)
        with self._database.begin() as session:
            return self._opening.open(session, user, self._arrival(browser))

    def sign_in(
        self, email: str, password: str, *, address: str = "", browser: str = "", mark: str = ""
    ) -> str:
        """Open a session, return its raw token; `mark` is what `browser_mark` gave before.

        The session opens nothing yet where `next_step` names another step.
        Raises SignInFailed with one text for every reason, and TooManyAttempts after repeated
        failures of this account or from this address. Where the password is right, people who sign
        in at the same moment wait for each other a little, and in turn.
        """
        caller = self._caller(email, address, mark)
        with self._turns.turn(caller.device or caller.address):
            at = self._clock()
            # Checking a password takes long and must not hold the database's only writer.
            stored = self._take_turn(caller, at)
            is_right = self._passwords.verify(stored, password)
            with self._database.begin() as session:
                row = account_row(session, email)
                if is_right and row is not None and row.is_active:
                    forgive(session, caller)
                    self._renew_hash(row, password)
                    user = replace(to_user(session, row), origin=self._origin(address))
                    return self._opening.open(session, user, self._arrival(browser))
                note_failure(session, caller, at)
                record_event(
                    session,
                    None,
                    "session.opened",
                    row.id if row else "",
                    outcome="refused",
                    origin=self._origin(address),
                )
        raise SignInFailed("Incorrect e-mail address or password. Try again.")

    def browser_mark(self, token: str) -> str:
        """Return the mark by which this browser is known at the next sign-in; else empty."""
        with self._database.read() as session:
            row = session_of_token(session, token)
            account = session.get(UserRow, row.user_id) if row else None
            return mark_for(account, self._clock()) if account else ""

    def user_for(self, token: str, *, address: str = "") -> User | None:
        """Return the person of a live session with role and groups as they are now, else None.

        `address` is the network address of their browser, whose keyed hash the audit log keeps.
        """
        if not token:
            return None
        at = self._clock()
        with self._database.read() as session:
            row = session_of_token(session, token)
            if row is None or row.is_pending or not is_live(row, at, self._idle):
                return None
            user = user_by_id(session, row.user_id)
        if user is None or not user.is_active:
            return None
        if at - row.last_seen_at >= LAST_SEEN_STEP:
            self._mark_seen(row.id, at)
        is_old = row.confirmed_at is None or at - row.confirmed_at >= CONFIRMATION
        user = replace(user, origin=self._origin(address), needs_confirmation=is_old)
        return user if self._asks_for_policy else replace(user, policy=PolicyStanding.NOT_ASKED)

    def next_step(self, token: str) -> SignInStep:
        """Return what is still missing for this session to open the app."""
        user = self._pending_user(token)
        if user is None:
            return SignInStep.DONE if self.user_for(token) else SignInStep.PASSWORD
        with self._database.read() as session:
            has_factor = self._factors is not None and self._factors.has_one(session, user.id)
        return SignInStep.CODE if has_factor else SignInStep.SET_UP

    def begin_factor(self, token: str) -> Enrolment:
        """Return the key of a new second factor; raise SignInFailed if none has to be set up."""
        user = self._require_step(token, SignInStep.SET_UP)
        return self._required_factors.begin(user)

    def confirm_factor(self, token: str, code: str, *, address: str = "") -> FactorSetUp:
        """Finish the set-up and the sign-in.

        Raises SignInFailed for a wrong code or an expired sign-in, TooManyAttempts.
        """
        user = self._require_step(token, SignInStep.SET_UP)
        user = replace(user, origin=self._origin(address))
        codes = self._required_factors.confirm(user, code)
        return FactorSetUp(self._finish(token, user), codes)

    def enter_code(self, token: str, code: str, *, address: str = "") -> str:
        """Finish a sign-in with a code of the phone or a recovery code; return the new token.

        Raises SignInFailed for a wrong code or an expired sign-in, TooManyAttempts.
        """
        user = self._require_step(token, SignInStep.CODE)
        user = replace(user, origin=self._origin(address))
        try:
            use = self._required_factors.check(user.id, code)
        except SignInFailed:
            with self._database.begin() as session:
                record_event(
                    session,
                    None,
                    "second_factor.checked",
                    user.id,
                    outcome="refused",
                    origin=user.origin,
                )
            raise
        if use is FactorUse.RECOVERY:
            with self._database.begin() as session:
                record_event(session, user, "second_factor.recovered", user.id)
        return self._finish(token, user)

    def confirm(self, user: User, token: str, password: str) -> None:
        """Note that the person behind a session entered their password again, for ten minutes.

        Raises SignInFailed for a wrong one, TooManyAttempts.
        """
        require_account(user)
        at = self._clock()
        caller = Caller(user.email, device=f"session of {user.id}")
        stored = self._take_turn(caller, at)
        is_right = self._passwords.verify(stored, password)
        with self._database.begin() as session:
            row = session_of_token(session, token)
            is_theirs = row is not None and row.user_id == user.id
            if is_right and is_theirs and row is not None:
                forgive(session, caller)
                row.confirmed_at = at
            outcome = "ok" if is_right and is_theirs else "refused"
            record_event(session, user, "session.confirmed", user.id, outcome=outcome)
        if outcome != "ok":
            raise SignInFailed("The password is incorrect. Try again.")

    def sign_out(self, token: str) -> None:
        """End the session of a token; unknown tokens are ignored."""
        with self._database.begin() as session:
            row = session_of_token(session, token)
            if row is not None and row.revoked_at is None:
                row.revoked_at = self._clock()
                record_event(session, user_by_id(session, row.user_id), "session.ended", row.id)

    def sign_out_everywhere(self, user: User) -> None:
        """End all sessions of this person."""
        require_account(user)
        with self._database.begin() as session:
            end_sessions(session, user.id, self._clock())
            record_event(session, user, "session.all_ended", user.id)

    def end_other_sessions(self, user: User, current_token: str) -> None:
        """End all sessions of this person but the one of the token."""
        require_account(user)
        with self._database.begin() as session:
            end_sessions(session, user.id, self._clock(), keep_token=current_token)
            record_event(session, user, "session.others_ended", user.id)

    def end_session(self, user: User, session_id: str) -> None:
        """End one of the person's own sessions; raise NotFound for any other."""
        require_account(user)
        with self._database.begin() as session:
            row = session.get(SessionRow, session_id)
            if row is None or row.user_id != user.id:
                raise NotFound("This session no longer exists.")
            row.revoked_at = row.revoked_at or self._clock()
            record_event(session, user, "session.ended", row.id)

    def sessions_of(self, user: User, *, current_token: str = "") -> list[SignInSession]:
        """Return the person's live sessions, last used first."""
        require_account(user)
        with self._database.read() as session:
            rows = live_sessions(session, user.id, self._clock(), self._idle)
        current = token_hash(current_token)
        return [
            SignInSession(
                row.id,
                created_at=row.created_at,
                last_seen_at=row.last_seen_at,
                expires_at=row.expires_at,
                browser=row.browser,
                is_current=row.token_hash == current,
            )
            for row in rows
        ]

    def has_password(self, user: User) -> bool:
        """Return whether the person can sign in with a password."""
        require_active(user)
        with self._database.read() as session:
            row = session.get(UserRow, user.id)
            return row is not None and bool(row.password_hash) and self._may_enter(row)

    def change_password(
        self, user: User, current_password: str, new_password: str, *, keep_token: str = ""
    ) -> None:
        """Set a new password and end all sessions but the one of `keep_token`.

        Raises SignInFailed if the old password is wrong, TooManyAttempts, InvalidInput.
        """
        require_account(user)
        self._passwords.check(new_password, email=user.email, name=user.name)
        at = self._clock()
        # A count of its own: strangers who try the account must not keep its owner from this.
        caller = Caller(user.email, device=f"session of {user.id}")
        stored = self._take_turn(caller, at)
        if not self._passwords.verify(stored, current_password):
            raise SignInFailed("The current password is incorrect. Try again.")
        new_hash = self._passwords.hash(new_password)
        with self._database.begin() as session:
            row = session.get_one(UserRow, user.id)
            row.password_hash = new_hash
            forgive(session, caller)
            end_sessions(session, user.id, at, keep_token=keep_token)
            record_event(session, user, "password.changed", user.id)

    def _caller(self, email: str, address: str, mark: str) -> Caller:
        with self._database.read() as session:
            account = account_row(session, email)
        return Caller(email, address, known_browser(account, mark, self._clock()))

    def _take_turn(self, caller: Caller, at: datetime) -> str | None:
        """Count the try and return the stored hash, None for an unknown account."""
        with self._database.begin() as session:
            row = account_row(session, caller.email)
            wait = take_turn(session, caller, at, user_id=row.id if row else "")
            stored = row.password_hash if row is not None and self._may_enter(row) else None
        if wait > timedelta():
            raise too_many(wait)
        return stored

    def _may_enter(self, row: UserRow) -> bool:
        return self._takes_passwords or row.is_emergency

    def _renew_hash(self, row: UserRow, password: str) -> None:
        if self._passwords.needs_rehash(row.password_hash):
            row.password_hash = self._passwords.hash(password)

    def _arrival(self, browser: str) -> Arrival:
        return Arrival(browser, confirmed_at=self._clock())

    @property
    def _required_factors(self) -> SecondFactors:
        if self._factors is None:
            raise SignInFailed(EXPIRED)
        return self._factors

    def _pending_user(self, token: str) -> User | None:
        """Return who entered the password and has to go on, None where nobody has to."""
        with self._database.read() as session:
            row = session_of_token(session, token) if token else None
            if row is None or not row.is_pending or not is_live(row, self._clock(), self._idle):
                return None
            user = user_by_id(session, row.user_id)
        return user if user is not None and user.is_active else None

    def _require_step(self, token: str, step: SignInStep) -> User:
        user = self._pending_user(token)
        if user is None or self.next_step(token) is not step:
            raise SignInFailed(EXPIRED)
        return user

    def _finish(self, token: str, user: User) -> str:
        """End the pending session and open one with another token."""
        with self._database.begin() as session:
            row = session_of_token(session, token)
            if row is None or row.revoked_at is not None:
                raise SignInFailed(EXPIRED)
            row.revoked_at = self._clock()
            token = self._opening.open_whole(session, user, Arrival(row.browser, row.confirmed_at))
            follow(session, row.id, token)
            return token

    def _mark_seen(self, session_id: str, at: datetime) -> None:
        """Update when the session was last seen, as far as possible: nothing depends on it."""
        try:
            with self._database.begin() as session:
                session.exec(
                    update(SessionRow)
                    .where(col(SessionRow.id) == session_id)
                    .values(last_seen_at=at)
                )
        except StorageUnavailable as error:
            logger.warning("last visit not noted error=%s", type(error).__name__)
