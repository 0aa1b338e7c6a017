"""Retention: how long each class of data is kept, and the deletion of what is older."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from admin.privacy.expiry import DropDrafts, Expiry, Limits
from admin.usage.days import UsageDays
from admin.usage.period import midnight
from core.domain.access import require_admin, require_confirmed
from core.domain.clock import now
from core.domain.governance.privacy import DataClass
from core.domain.identity import User
from core.errors import InvalidInput
from core.storage.compaction import compact, empty_log, is_small
from core.storage.database import Database
from core.storage.personal_data import rules
from core.storage.queries.audit import account_origin, record_event
from core.storage.queries.privacy.chats import (
    CHAT_TABLES,
    remove_chats,
    remove_settled_questions,
)
from core.storage.queries.privacy.holds import is_held_chat
from core.storage.queries.privacy.marks import (
    LAST_RUN,
    UNWRITTEN,
    drop_mark,
    mark_of,
    set_mark,
)
from core.storage.tables import ConversationRow, RetentionPeriodRow

logger = logging.getLogger(__name__)

FLOORS: Mapping[DataClass, int] = {
    DataClass.CONVERSATIONS: 7,
    DataClass.USAGE: 62,
    DataClass.GUARD_NOTES: 7,
    DataClass.FEEDBACK: 7,
    DataClass.SENT_QUESTIONS: 7,
    DataClass.INCIDENTS: 90,
    DataClass.DRAFTS: 7,
    DataClass.REFUSALS: 35,
    DataClass.SIGN_INS: 7,
}
"""The shortest period of each class, in days; budgets and monitors read two months of usage."""
MOST_DAYS = 36_500
HOUR = 3
"""The hour on the company's calendar from which the daily run is due, while few people work."""
KEPT_TABLES = frozenset({"audit_events", "audit_subjects", "audit_seals"})


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a class is kept, in days, None for always, and how many rows are older now."""

    name: DataClass
    days: int | None
    floor: int
    due: int


@dataclass(frozen=True, slots=True)
class RetentionRun:
    """How many rows of each class with a period were due, and deleted unless it only counted.

    `hidden_chats` were deleted by their authors, who can no longer undo it.
    """

    counts: Mapping[DataClass, int]
    hidden_chats: int
    is_dry: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.hidden_chats


class Retention:
    """Periods and their runs, for administrators; a thread of the app runs once a day."""

    def __init__(
        self,
        database: Database,
        days: UsageDays,
        drop_drafts: DropDrafts,
        *,
        undo: timedelta,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Take the days of usage, whose sums outlive the rows, and how long people can undo."""
        self._database = database
        self._days = days
        self._drop_drafts = drop_drafts
        self._undo = undo
        self._clock = clock

    @property
    def undo(self) -> timedelta:
        """How long the deletion of a conversation can be undone."""
        return self._undo

    def list_all(self, actor: User) -> list[Keeping]:
        """Return every class with its period and what is due."""
        require_admin(actor)
        self._add_up()
        with self._database.read() as session:
            periods = _periods(session)
            due = self._expiry(periods).counts(session)
        return [
            Keeping(name, periods.get(name), FLOORS[name], due.get(name, 0)) for name in DataClass
        ]

    def set_period(self, actor: User, name: DataClass, days: int | None) -> None:
        """Keep a class for so many days, None for always.

        Raises ConfirmationNeeded, and InvalidInput below its floor.
        """
        require_admin(actor)
        require_confirmed(actor)
        if days is not None and not FLOORS[name] <= days <= MOST_DAYS:
            raise InvalidInput(f"Choose {FLOORS[name]} to {MOST_DAYS:,} days, or keep it.")
        with self._database.begin() as session:
            row = session.get(RetentionPeriodRow, name.value)
            before = row.days if row else None
            if days is None and row is not None:
                session.delete(row)
            elif days is not None:
                row = row or RetentionPeriodRow(name=name.value, days=days)
                row.days, row.changed_by = days, actor.id or None
                row.changed_at = self._clock()
                session.add(row)
            record_event(
                session, actor, "retention.changed", kind=name.value, before=before, after=days
            )

    def plan(self, actor: User) -> RetentionRun:
        """Return what `run` would delete now."""
        require_admin(actor)
        self._add_up()
        with self._database.read() as session:
            counts = self._expiry(_periods(session)).counts(session)
            hidden = len(self._hidden(session))
        return RetentionRun(counts, hidden, is_dry=True)

    def run(self, actor: User) -> RetentionRun:
        """Delete what is due, and rewrite the files that held it; the counts are audited.

        Raises ConfirmationNeeded, and IndexUnavailable where the database is busy: everything is
        deleted then, and the next run rewrites the files.
        """
        require_admin(actor)
        require_confirmed(actor)
        return self._run(actor)

    def last_run(self, actor: User) -> datetime | None:
        """Return when the app ran it last, None if it never did."""
        require_admin(actor)
        with self._database.read() as session:
            return mark_of(session, LAST_RUN)

    def run_due(self) -> RetentionRun | None:
        """Run once a day, from 3 o'clock on; return what was deleted, None if it is not due."""
        here = self._clock().astimezone(self._days.zone)
        due_since = midnight(here.date(), self._days.zone) + timedelta(hours=HOUR)
        with self._database.read() as session:
            last = mark_of(session, LAST_RUN)
        if here < due_since or (last is not None and last >= due_since):
            return None
        with self._database.begin() as session:  # first, so that a failure is tried tomorrow
            set_mark(session, LAST_RUN, self._clock())
        return self._run(None)

    def delete_hidden(self) -> int:
        """Delete for good what people deleted, once they can no longer undo it; return how many.

        What is held stays hidden. SQLite zeroes deleted rows and empties its log at once. A large
        database, or PostgreSQL, is rewritten with the next daily run, so that not even copies that
        it moved aside stay.
        """
        with self._database.read() as session:
            if not self._hidden(session):
                return 0
        with self._database.begin() as session:
            chats = self._hidden(session)
            remove_chats(session, chats)
            record_event(
                session, None, "retention.hidden", origin=account_origin(), conversations=len(chats)
            )
            set_mark(session, UNWRITTEN, self._clock())
        if is_small(self._database):
            self._rewrite(CHAT_TABLES)
        else:
            empty_log(self._database)
        return len(chats)

    def _rewrite(self, tables: Sequence[str]) -> None:
        compact(self._database, tables)
        with self._database.begin() as session:
            drop_mark(session, UNWRITTEN)

    def _run(self, actor: User | None) -> RetentionRun:
        self._add_up()
        with self._database.begin() as session:
            expiry = self._expiry(_periods(session))
            counts, hidden = expiry.counts(session), self._hidden(session)
            expiry.delete(session, self._drop_drafts)
            remove_chats(session, hidden)
            orphans = remove_settled_questions(session)
            done = RetentionRun(counts, len(hidden), is_dry=False)
            if done.total or orphans or actor:
                told: dict[str, Any] = {  # Any: names and numbers
                    name.value: number for name, number in counts.items()
                }
                origin = "" if actor else account_origin()
                told |= {"hidden_chats": len(hidden), "origin": origin}
                record_event(session, actor, "retention.run", **told)
            if done.total or orphans:
                set_mark(session, UNWRITTEN, self._clock())
            is_unwritten = mark_of(session, UNWRITTEN) is not None
        if is_unwritten:
            self._rewrite([name for name in rules() if name not in KEPT_TABLES])
        logger.info("retention run rows=%s", done.total)
        return done

    def _add_up(self) -> None:
        """Add usage up where it has a period: what is not added up would be lost with its rows."""
        with self._database.read() as session:
            is_needed = DataClass.USAGE in _periods(session)
        if is_needed:
            self._days.refresh()

    def _hidden(self, session: Session) -> list[str]:
        hidden = select(ConversationRow.id).where(
            col(ConversationRow.deleted_at) <= self._clock() - self._undo, ~is_held_chat()
        )
        return list(session.exec(hidden).all())

    def _expiry(self, periods: Mapping[DataClass, int]) -> Expiry:
        at = self._clock()
        until = {name: at - timedelta(days=days) for name, days in periods.items()}
        usage_day = None
        if DataClass.USAGE in until:
            usage_day = until[DataClass.USAGE].astimezone(self._days.zone).date()
            until[DataClass.USAGE] = midnight(usage_day, self._days.zone)
        return Expiry(Limits(until, usage_day))


def _periods(session: Session) -> dict[DataClass, int]:
    rows = session.exec(select(RetentionPeriodRow)).all()
    return {DataClass(row.name): row.days for row in rows}
