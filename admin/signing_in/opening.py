"""Opens the session of a person who showed who they are, whichever way they did."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sessions import open_session
from core.domain.identity import User
from core.storage.queries.audit import record_event
from core.storage.tables import UserRow

PENDING = timedelta(minutes=10)
"""How long after the first step the code may follow."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How somebody got in: `by` names the way in the audit log, empty for a password."""

    browser: str
    confirmed_at: datetime | None
    by: str = ""
    asks_factor: bool = True


class SessionOpening:
    """Opens sessions; `absolute` is the longest time one lasts at all.

    With `admins_need_factor`, administrators without a second factor set one up to get in.
    """

    def __init__(
        self,
        *,
        absolute: timedelta,
        clock: Callable[[], datetime],
        factors: SecondFactors | None,
        admins_need_factor: bool,
    ) -> None:
        self._absolute = absolute
        self._clock = clock
        self._factors = factors
        self._admins_need_factor = admins_need_factor

    def open(self, session: Session, user: User, arrival: Arrival) -> str:
        """Open a session and return its token; it is pending if a second factor has to follow."""
        account = session.get_one(UserRow, user.id)
        needs_factor = arrival.asks_factor and self._needs_factor(session, user)
        if needs_factor and not account.is_emergency:
            return open_session(
                session,
                user.id,
                browser=arrival.browser,
                at=self._clock(),
                lifetime=PENDING,
                is_pending=True,
                confirmed_at=arrival.confirmed_at,
            )
        if account.is_emergency:
            record_event(session, user, "session.emergency", user.id)
        return self.open_whole(session, user, arrival)

    def open_whole(self, session: Session, user: User, arrival: Arrival) -> str:
        """Open a session that nothing has to follow."""
        details = {"by": arrival.by} if arrival.by else {}
        record_event(session, user, "session.opened", user.id, **details)
        return open_session(
            session,
            user.id,
            browser=arrival.browser,
            at=self._clock(),
            lifetime=self._absolute,
            confirmed_at=arrival.confirmed_at,
        )

    def _needs_factor(self, session: Session, user: User) -> bool:
        if self._factors is None:
            return False
        is_required = self._admins_need_factor and user.is_admin
        return is_required or self._factors.has_one(session, user.id)
