"""Keeps whole days of usage added up, so that a report over a year reads few rows."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    Date,
    Insert,
    Integer,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    values,
)
from sqlmodel import Session, col

from admin.usage.period import Span, midnight
from admin.usage.sources import COUNTS, KEYS, TIMES, Piece, summed, time_rows, usage_rows
from core.domain.batches import batched
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    ModelCallRow,
    UsageChangeRow,
    UsageDayRow,
    UsageDayTimeRow,
)

logger = logging.getLogger(__name__)

DAYS_AT_ONCE = 200
# Only one process at a time adds days up; any number of this application's own.
ADVISORY_LOCK = 5_471_001


class UsageDays:
    """Days of usage on the company's calendar, added up from single answers and requests.

    Whatever changes an answer, a request or a rating also notes its moment, in the same transaction
    (a trigger of the database). Days with such a moment are added up again when somebody reads, so
    that what is read always equals the rows.
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
            if self._is_of_another_zone(session):
                days = self._every_day(session)
            else:
                days = self._changed_days(session)
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
                yield Piece(number, first=span.first, end=end)
                rest = midnight(end, zone)
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
        return noted is not None or self._is_of_another_zone(session)

    def _is_of_another_zone(self, session: Session) -> bool:
        other = (
            select(col(UsageDayRow.day)).where(col(UsageDayRow.zone) != self._zone_name).limit(1)
        )
        return session.execute(other).first() is not None

    def _lock(self, session: Session) -> None:
        if self._database.dialect == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))

    def _changed_days(self, session: Session) -> set[date]:
        """Forget the moments noted so far and return their days.

        Moments of transactions that are not over yet are not seen, and stay for the next time.
        """
        moments = session.execute(delete(UsageChangeRow).returning(col(UsageChangeRow.moment)))
        return self._days_of(moments.scalars())

    def _every_day(self, session: Session) -> set[date]:
        """Forget what is added up, and return all days from the first to the last with usage."""
        self._changed_days(session)
        for table in (UsageDayRow, UsageDayTimeRow):
            session.execute(delete(table))
        ends = [
            moment
            for created in (col(AnswerUsageRow.created_at), col(ModelCallRow.created_at))
            for moment in session.execute(select(func.min(created), func.max(created))).one()
            if moment is not None
        ]
        if not ends:
            return set()
        first, last = (moment.astimezone(self.zone).date() for moment in (min(ends), max(ends)))
        return {first + timedelta(days=number) for number in range((last - first).days + 1)}

    def _days_of(self, moments: Iterable[datetime]) -> set[date]:
        return {moment.astimezone(self.zone).date() for moment in moments}

    def _add_up_all(self, session: Session, days: Iterable[date]) -> None:
        for some in batched(sorted(days), DAYS_AT_ONCE):
            self._add_up(session, some)

    def _add_up(self, session: Session, days: Sequence[date]) -> None:
        """Write the sums of these days in place of those that were there."""
        for table in (UsageDayRow, UsageDayTimeRow):
            session.execute(delete(table).where(col(table.day).in_(days)))
        pieces = [
            Piece(
                number,
                since=midnight(day, self.zone),
                until=midnight(day + timedelta(days=1), self.zone),
            )
            for number, day in enumerate(days)
        ]
        named = _named(days)
        session.execute(self._insert_sums(named, pieces))
        for measure in TIMES:
            session.execute(_insert_times(named, pieces, measure))

    def _insert_sums(self, named: CTE, pieces: Sequence[Piece]) -> Insert:
        rows = usage_rows(pieces)
        keys = {"group_names": rows.c.group, "currency": rows.c.currency} | {
            name: rows.c[name] for name in KEYS if name != "group"
        }
        sums = {name: summed(rows.c[name]) for name in COUNTS}
        query = (
            select(named.c.day, literal(self._zone_name), *keys.values(), *sums.values())
            .join_from(named, rows, rows.c.number == named.c.number)
            .group_by(named.c.day, *keys.values())
        )
        return insert(UsageDayRow).from_select(["day", "zone", *keys, *sums], query)


def _insert_times(named: CTE, pieces: Sequence[Piece], measure: str) -> Insert:
    rows = time_rows(pieces, measure)
    query = (
        select(named.c.day, literal(measure), rows.c.model, rows.c.ms, summed(rows.c.answers))
        .join_from(named, rows, rows.c.number == named.c.number)
        .group_by(named.c.day, rows.c.model, rows.c.ms)
    )
    columns = ["day", "measure", "model", "ms", "answers"]
    return insert(UsageDayTimeRow).from_select(columns, query)


def _named(days: Sequence[date]) -> CTE:
    """Return the days as a table, each with the number of its piece."""
    columns = (column("number", Integer), column("day", Date))
    return values(*columns, name="named").data(list(enumerate(days))).cte("named")
