"""Keeps whole days of usage added up, so that a report over a year reads few rows."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Insert,
    SQLColumnExpression,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlmodel import Session, col

from admin.usage.period import Span, midnight
from admin.usage.pieces import Piece
from admin.usage.sources import COUNTS, TIMES, is_use, summed, time_rows, usage_rows
from core.storage.database import Database
from core.storage.queries.privacy.marks import USAGE, mark_of
from core.storage.tables import (
    AnswerUsageRow,
    ModelCallRow,
    UsageChangeRow,
    UsageDayAskerRow,
    UsageDayPersonRow,
    UsageDayRow,
    UsageDayTimeRow,
)

logger = logging.getLogger(__name__)

KEY = ("group_names", "surface", "model", "currency")
ADDED_UP = (UsageDayRow, UsageDayPersonRow, UsageDayAskerRow, UsageDayTimeRow)
READ_HOURS = "SELECT DISTINCT substr(moment, 1, 13) FROM usage_changes"
TAKE_HOURS = (
    "WITH taken AS (DELETE FROM usage_changes RETURNING moment) "
    "SELECT DISTINCT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24') FROM taken"
)
LAST_OF_HOUR = timedelta(hours=1, microseconds=-1)
# Only one process at a time adds days up; any number of this application's own.
ADVISORY_LOCK = 5_471_001


class UsageDays:
    """Days of usage on the company's calendar, added up from single answers and requests.

    Whatever changes an answer, a request or a rating also notes its moment, in the same transaction
    (a trigger of the database). Days with such a moment are added up again when somebody reads, so
    that what is read always equals the rows. Days whose rows retention deleted stay as they are.
    """

    def __init__(self, database: Database, zone: str = "UTC") -> None:
        """Take the name of the company's time zone, as in the IANA database."""
        self._database = database
        self._zone_name = zone
        self.zone: tzinfo = UTC if zone == "UTC" else ZoneInfo(zone)

    def refresh(self) -> int:
        """Add up the days that changed, and return how many; nothing is written if none did."""
        with self._database.read() as session:
            if not self._is_stale(session):
                return 0
        with self._database.begin() as session:
            self._lock(session)
            if self._is_of_this_zone(session):
                days = self._changed_days(session)
            else:
                days = self._every_day(session)
            self._add_up_all(session, days)
        logger.info("usage added up days=%s", len(days))
        return len(days)

    def rebuild(self) -> int:
        """Add up every day again, and return how many there are."""
        with self._database.begin() as session:
            self._lock(session)
            days = self._every_day(session)
            self._add_up_all(session, days)
        return len(days)

    def pieces(self, spans: Sequence[Span], zone: tzinfo) -> list[Piece]:
        """Cut the steps of a calendar into whole days that are added up, and what is left of them.

        On another calendar than the company's, no day is added up.
        """
        return list(self._cut(spans, zone))

    def _cut(self, spans: Sequence[Span], zone: tzinfo) -> Iterator[Piece]:
        for number, span in enumerate(spans):
            rest = span.since
            end = span.until.astimezone(zone).date()
            if end > span.first and self._is_same(span.first, end, zone):
                rest = midnight(end, zone)
                yield Piece(number, first=span.first, end=end, since=span.since, until=rest)
            if rest < span.until:
                yield Piece(number, since=rest, until=span.until)

    def _is_same(self, first: date, end: date, zone: tzinfo) -> bool:
        """Return whether days begin at the same moments on both calendars."""
        days = ((first + timedelta(days=n)) for n in range((end - first).days + 1))
        return zone == self.zone or all(
            midnight(day, zone) == midnight(day, self.zone) for day in days
        )

    def _is_stale(self, session: Session) -> bool:
        noted = session.execute(select(col(UsageChangeRow.id)).limit(1)).first()
        return noted is not None or not self._is_of_this_zone(session)

    def _is_of_this_zone(self, session: Session) -> bool:
        """Return whether days are added up on this calendar; all of them are, if one is."""
        kept = select(col(UsageDayRow.zone)).where(col(UsageDayRow.day) >= self._first_day(session))
        zone = session.execute(kept.limit(1)).scalar()
        return zone == self._zone_name if zone is not None else not _ends_of_usage(session)

    def _lock(self, session: Session) -> None:
        if self._database.dialect == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))

    def _changed_days(self, session: Session) -> set[date]:
        """Forget the moments noted so far and return their days.

        Moments of transactions that are not over yet are not seen, and stay for the next time. Days
        begin within an hour in some zones, so both ends of an hour count.
        """
        if self._database.dialect == "postgresql":
            hours = session.execute(text(TAKE_HOURS)).scalars().all()
        else:  # nobody else writes meanwhile
            hours = session.execute(text(READ_HOURS)).scalars().all()
            session.execute(delete(UsageChangeRow))
        first = self._first_day(session)
        begins = [datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC) for hour in hours]
        days = self._days_of([*begins, *(begin + LAST_OF_HOUR for begin in begins)])
        return {day for day in days if day >= first}

    def _every_day(self, session: Session) -> set[date]:
        """Forget what is added up, and return all days from the first to the last with usage."""
        self._changed_days(session)
        kept = self._first_day(session)
        for table in ADDED_UP:
            session.execute(delete(table).where(col(table.day) >= kept))
        ends = _ends_of_usage(session)
        if not ends:
            return set()
        first, last = (moment.astimezone(self.zone).date() for moment in (min(ends), max(ends)))
        first = max(first, kept)
        return {first + timedelta(days=number) for number in range((last - first).days + 1)}

    def _first_day(self, session: Session) -> date:
        """Return the first day whose rows are all there; the sums of earlier ones stay."""
        mark = mark_of(session, USAGE)
        return mark.astimezone(self.zone).date() if mark else date.min

    def _days_of(self, moments: Iterable[datetime]) -> set[date]:
        return {moment.astimezone(self.zone).date() for moment in moments}

    def _add_up_all(self, session: Session, days: Iterable[date]) -> None:
        for day in sorted(days):
            self._add_up(session, day)

    def _add_up(self, session: Session, day: date) -> None:
        """Write the sums of this day in place of those that were there."""
        for table in ADDED_UP:
            session.execute(delete(table).where(col(table.day) == day))
        since, until = (midnight(day + timedelta(days=n), self.zone) for n in (0, 1))
        piece = Piece(0, since=since, until=until)
        session.execute(_insert_people(day, piece))
        session.execute(_insert_sums(day, self._zone_name))
        session.execute(_insert_askers(day, piece))
        for measure in TIMES:
            session.execute(_insert_times(day, piece, measure))


def _ends_of_usage(session: Session) -> list[datetime]:
    """Return the moments of the first and last answer and request; none without any."""
    return [
        moment
        for created in (col(AnswerUsageRow.created_at), col(ModelCallRow.created_at))
        for moment in session.execute(select(func.min(created), func.max(created))).one()
        if moment is not None
    ]


def _insert_people(day: date, piece: Piece) -> Insert:
    rows = usage_rows([piece], has_people=True)
    names = {"group_names": "group"}
    keys = {name: rows.c[names.get(name, name)] for name in ("user_id", *KEY)}
    query = select(literal(day), *keys.values(), *_sums(rows.c)).group_by(*keys.values())
    return insert(UsageDayPersonRow).from_select(["day", *keys, *COUNTS], query)


def _insert_sums(day: date, zone: str) -> Insert:
    """Add the sums of a day's people up."""
    columns = UsageDayPersonRow.__table__.c  # type: ignore[attr-defined]  # every table class has one
    keys = [columns[name] for name in KEY]
    query = select(literal(day), literal(zone), *keys, *_sums(columns))
    query = query.where(columns.day == day).group_by(*keys)
    return insert(UsageDayRow).from_select(["day", "zone", *KEY, *COUNTS], query)


def _insert_askers(day: date, piece: Piece) -> Insert:
    created, user_id = col(AnswerUsageRow.created_at), col(AnswerUsageRow.user_id)
    conversations = func.count(col(AnswerUsageRow.conversation_id).distinct())
    query = (
        select(literal(day), user_id, conversations)
        .where(created >= piece.since, created < piece.until)
        .where(is_use(col(AnswerUsageRow.surface)))
        .group_by(user_id)
    )
    return insert(UsageDayAskerRow).from_select(["day", "user_id", "conversations"], query)


def _sums(columns: Any) -> list[SQLColumnExpression[int]]:  # noqa: ANN401  columns of any table
    return [summed(columns[name]) for name in COUNTS]


def _insert_times(day: date, piece: Piece, measure: str) -> Insert:
    rows = time_rows([piece], measure)
    query = select(
        literal(day), literal(measure), rows.c.model, rows.c.ms, summed(rows.c.answers)
    ).group_by(rows.c.model, rows.c.ms)
    columns = ["day", "measure", "model", "ms", "answers"]
    return insert(UsageDayTimeRow).from_select(columns, query)
