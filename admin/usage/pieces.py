"""The days and times that figures are read of, as the databases join them to their rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    Date,
    Integer,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal,
    select,
    union_all,
)

from core.storage.tables.base import UtcDateTime

# SQLite keeps days as text.
_DAY = Date().with_variant(String(), "sqlite")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the step with this number.

    It is the time from `since` up to, and without, `until`. Whole days that are added up already
    also have a `first` day, and an `end` that is no part of them.
    """

    number: int
    first: date | None = None
    end: date | None = None
    since: datetime | None = None
    until: datetime | None = None


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING = Piece(-1, since=_LONG_AGO, until=_LONG_AGO)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, and the first and the last of them.

    The ends keep PostgreSQL from reading every day that was ever added up.
    """

    steps: CTE
    first: date
    last: date

    def holds(self, day: SQLColumnExpression[Any]) -> SQLColumnExpression[bool]:
        """Return whether a day is one of these."""
        return and_(day == self.steps.c.day, day >= self.first, day <= self.last)


@dataclass(frozen=True, slots=True)
class Run:
    """Stretches that follow each other or overlap, and when they begin and end together.

    The databases know the ends before they plan, and so read the rows between them by the index on
    time, and nothing else.
    """

    steps: CTE
    since: datetime
    until: datetime

    def holds(self, moment: SQLColumnExpression[Any]) -> SQLColumnExpression[bool]:
        """Return whether a moment lies in a stretch."""
        return and_(
            moment >= self.since,
            moment < self.until,
            moment >= self.steps.c.since,
            moment < self.steps.c.until,
        )


def split(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Tell days from times; a period that has not begun has neither, and gets a time of nothing."""
    days = [piece for piece in pieces if piece.first is not None]
    times = [piece for piece in pieces if piece.first is None]
    return days, times if days or times else [NOTHING]


def days_of(pieces: Sequence[Piece]) -> Days:
    """Return each day with the number of its piece: days are joined by being equal, not by range.

    A join by range has no good plan in either database once there are many pieces. The days are
    given as one value, however many they are, so that the statement is the same each time and is
    put together once: with a parameter for each, that took longer than the databases do.
    """
    rows = [
        (piece.number, piece.first + timedelta(days=number))
        for piece in pieces
        if piece.first and piece.end
        for number in range((piece.end - piece.first).days)
    ]
    told = {str(place): (number, day.isoformat()) for place, (number, day) in enumerate(rows)}
    given = func.json_each(literal(told, JSON)).table_valued("key", "value", name="given").c.value
    steps = (
        select(
            cast(given.op("->>")(0), Integer).label("number"),
            cast(given.op("->>")(1), _DAY).label("day"),
        )
        .cte("days")
        .prefix_with("MATERIALIZED")
    )
    return Days(steps, min(day for _, day in rows), max(day for _, day in rows))


def runs_of(pieces: Sequence[Piece]) -> list[Run]:
    """Return the times of all pieces, those together that follow each other or overlap."""
    runs: list[list[tuple[int, datetime, datetime]]] = []
    ends: list[datetime] = []
    ordered = sorted((p.since, p.until, p.number) for p in pieces if p.since and p.until)
    for since, until, number in ordered:
        if not runs or since > ends[-1]:
            runs.append([])
            ends.append(until)
        runs[-1].append((number, since, until))
        ends[-1] = max(ends[-1], until)
    return [
        Run(_of_times(rows, n), rows[0][1], end)
        for n, (rows, end) in enumerate(zip(runs, ends, strict=True))
    ]


def _of_times(rows: Sequence[tuple[int, datetime, datetime]], run: int) -> CTE:
    moment = UtcDateTime()
    stretches = [
        select(
            literal(number, Integer).label("number"),
            literal(since, moment).label("since"),
            literal(until, moment).label("until"),
        )
        for number, since, until in rows
    ]
    return union_all(*stretches).cte(f"stretches_{run}")
