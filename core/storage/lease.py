"""A right that one process at a time holds, wherever it runs: a row that its holder renews."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from core.domain.clock import new_id
from core.errors import SandboxError
from core.storage.database import Database
from core.storage.tables import LeaseRow

logger = logging.getLogger(__name__)

# A holder counts as gone after this long; it renews three times as often.
LAPSES_AFTER_S = 30.0


class Lease:
    """Held by a thread that renews it; a holder that was killed loses it after 30 seconds.

    `on_lost` is called, in that thread, where another process has it meanwhile: after a sleep of
    the machine, or after the database could not be reached for too long.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        on_lost: Callable[[], object],
        lapses_after_s: float = LAPSES_AFTER_S,
    ) -> None:
        self._database = database
        self._name = name
        self._on_lost = on_lost
        self._lapses_after_s = lapses_after_s
        self._holder = new_id()
        self._ended: threading.Event | None = None

    def acquire(self, place: str) -> bool:
        """Take the right; return False if another place has it and was heard of lately.

        From the same place it is taken over at once: the caller knows that nobody works there.
        """
        try:
            is_mine = self._take(place)
        except IntegrityError:
            # Two processes found no row at the same moment.
            is_mine = self._take(place)
        if is_mine and self._ended is None:
            self._ended = threading.Event()
            threading.Thread(
                target=self._renew_until, args=(self._ended,), name="lease", daemon=True
            ).start()
        return is_mine

    def is_elsewhere(self, place: str) -> bool:
        """Return whether a process in another place has the right and was heard of lately."""
        with self._database.read() as session:
            row = session.get(LeaseRow, self._name)
            return row is not None and not self._may_take(row, place, _now(session))

    def release(self) -> None:
        """Give the right back; do nothing if another process has it."""
        ended, self._ended = self._ended, None
        if ended is None:
            return
        ended.set()
        with self._database.begin() as session:
            row = _locked(session, self._name)
            if row is not None and row.holder == self._holder:
                session.delete(row)

    def renew(self) -> bool:
        """Report that the holder is alive; return False if another process has the right."""
        with self._database.begin() as session:
            row = _locked(session, self._name)
            if row is None or row.holder != self._holder:
                return False
            row.seen_at = _now(session)
            return True

    def _take(self, place: str) -> bool:
        with self._database.begin() as session:
            row, seen_at = _locked(session, self._name), _now(session)
            if row is None:
                row = LeaseRow(name=self._name, holder="", place=place, seen_at=seen_at)
            if not self._may_take(row, place, seen_at):
                return False
            row.holder, row.place, row.seen_at = self._holder, place, seen_at
            session.add(row)
            return True

    def _may_take(self, row: LeaseRow, place: str, at: float) -> bool:
        has_lapsed = at - row.seen_at > self._lapses_after_s
        return has_lapsed or row.holder == self._holder or row.place == place

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(self._lapses_after_s / 3):
            try:
                is_mine = self.renew()
            except SandboxError as error:
                logger.warning("lease not renewed name=%s error=%s", self._name, error)
                continue
            if not is_mine and not ended.is_set():
                logger.critical("lease lost to another process name=%s", self._name)
                self._on_lost()
                return


def _locked(session: Session, name: str) -> LeaseRow | None:
    return session.get(LeaseRow, name, with_for_update=True)


def _now(session: Session) -> float:
    """Return the seconds of a clock that all processes of this database share."""
    if session.get_bind().dialect.name == "sqlite":
        return time.time()
    statement = text("SELECT extract(epoch FROM clock_timestamp())")
    return float(session.connection().execute(statement).scalar_one())
