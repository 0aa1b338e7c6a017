"""The rows that figures are added up from: single answers and requests, or whole days of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Date,
    Integer,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    union_all,
    values,
)
from sqlmodel import col

from admin.usage.values import Dimension
from core.domain.answers import SANDBOX, AnswerStatus, UsageSource
from core.storage.tables import (
    EVALUATION_SURFACE,
    AnswerUsageRow,
    FeedbackRow,
    ModelCallRow,
    UsageDayAskerRow,
    UsageDayPersonRow,
    UsageDayRow,
    UsageDayTimeRow,
)
from core.storage.tables.base import UtcDateTime

KEYS = tuple(one.value for one in Dimension if one is not Dimension.PERSON)
OF_ANSWERS = (
    *("questions", "complete", "abstained", "failed", "helpful", "not_helpful", "sentences"),
    *("supported_sentences", "searched", "without_passages", "answered", "cited", "citations"),
    *("invalid_citations", "repaired_citations"),
)
OF_REQUESTS = (
    *("requests", "failed_requests", "estimated_requests"),
    *("input_tokens", "output_tokens", "cost_micros"),
)
COUNTS = (*OF_ANSWERS, *OF_REQUESTS)
TIMES = ("total_ms", "first_token_ms")
_NOTHING = literal(0, Integer)


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
class _Run:
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


def usage_rows(
    pieces: Sequence[Piece], *, has_people: bool, person_id: str | None = None
) -> Subquery:
    """Return all rows of usage in these pieces: the number, the keys, a currency and the counts.

    What answers add up to has an empty currency. `has_people` tells them apart, by `user_id`. With
    a `person_id`, the rows are of that person.
    """
    days, times = _split(pieces)
    has_people = has_people or person_id is not None
    parts: list[Select[Any]] = []
    if days:
        rows = _added_up(_of_days(days), has_people=has_people)
        parts.append(_only_of(rows, col(UsageDayPersonRow.user_id), person_id))
    for run in _runs(times):
        answers, requests = (read(run, has_people=has_people) for read in (_answers, _requests))
        parts.append(_only_of(answers, unindexed(col(AnswerUsageRow.user_id)), person_id))
        parts.append(_only_of(requests, unindexed(col(ModelCallRow.user_id)), person_id))
    return union_all(*parts).subquery("usage")


def _only_of(
    rows: Select[Any], user_id: SQLColumnExpression[str], person_id: str | None
) -> Select[Any]:
    """Keep the rows of a person; SQLite finds them by their index only if each part says so."""
    return rows if person_id is None else rows.where(user_id == person_id)


def unindexed(text: SQLColumnExpression[str]) -> SQLColumnExpression[str]:
    """Return an equal text that no index knows: the rows of a short time are found by their time.

    SQLite would otherwise look through everything a person ever did, or index a whole table for one
    value.
    """
    return text.concat("")


def people_rows(pieces: Sequence[Piece], *, has_keys: bool) -> Subquery:
    """Return who asked, test questions aside: the number and `user_id`, at least once for each.

    Whether the keys are told as well decides what is read: without them, far fewer rows.
    """
    days, times = _split(pieces)
    parts: list[Select[Any]] = []
    if days:
        parts.append((_askers_by_key if has_keys else _askers)(_of_days(days)))
    for run in _runs(times):
        keys = _answer_keys() if has_keys else []
        parts.append(
            select(run.steps.c.number, *keys, col(AnswerUsageRow.user_id).label("user_id"))
            .join_from(run.steps, AnswerUsageRow, run.holds(col(AnswerUsageRow.created_at)))
            .where(is_use(col(AnswerUsageRow.surface)))
        )
    return union_all(*parts).subquery("people")


def conversation_rows(pieces: Sequence[Piece]) -> Subquery:
    """Return the conversations of each number, a part of them at a time; test questions aside.

    One that goes on in another piece counts there as well.
    """
    days, times = _split(pieces)
    parts: list[Select[Any]] = []
    if days:
        steps, day = _of_days(days), col(UsageDayAskerRow.day)
        columns = [steps.c.number, col(UsageDayAskerRow.conversations).label("conversations")]
        parts.append(select(*columns).join_from(steps, UsageDayAskerRow, day == steps.c.day))
    for run in _runs(times):
        single = func.count(col(AnswerUsageRow.conversation_id).distinct())
        parts.append(
            select(run.steps.c.number, single.label("conversations"))
            .join_from(run.steps, AnswerUsageRow, run.holds(col(AnswerUsageRow.created_at)))
            .where(is_use(col(AnswerUsageRow.surface)))
            .group_by(run.steps.c.number)
        )
    return union_all(*parts).subquery("conversations")


def _askers(steps: CTE) -> Select[Any]:
    day, user_id = col(UsageDayAskerRow.day), col(UsageDayAskerRow.user_id)
    return select(steps.c.number, user_id.label("user_id")).join_from(
        steps, UsageDayAskerRow, day == steps.c.day
    )


def _askers_by_key(steps: CTE) -> Select[Any]:
    columns = UsageDayPersonRow.__table__.c  # type: ignore[attr-defined]  # every table class has one
    return (
        select(steps.c.number, *_keys(columns), columns.user_id)
        .join_from(steps, UsageDayPersonRow, columns.day == steps.c.day)
        .where(columns.currency == "", is_use(columns.surface))
    )


def time_rows(pieces: Sequence[Piece], measure: str) -> Subquery:
    """Return how often complete answers took so long: the number, the model, ms and answers."""
    days, times = _split(pieces)
    parts: list[Select[Any]] = []
    if days:
        steps = _of_days(days)
        parts.append(
            select(
                steps.c.number,
                col(UsageDayTimeRow.model).label("model"),
                col(UsageDayTimeRow.ms).label("ms"),
                col(UsageDayTimeRow.answers).label("answers"),
            )
            .join_from(steps, UsageDayTimeRow, col(UsageDayTimeRow.day) == steps.c.day)
            .where(col(UsageDayTimeRow.measure) == measure)
        )
    for run in _runs(times):
        single = _single_times(run, measure).subquery()
        parts.append(select(single.c.number, single.c.model, single.c.ms, single.c.answers))
    return union_all(*parts).subquery("times")


def single_time_rows(pieces: Sequence[Piece], measure: str) -> Subquery:
    """Return the same of every single answer, with all keys and `user_id`."""
    parts = [_single_times(run, measure) for run in _runs(pieces)]
    return union_all(*parts).subquery("times")


def _split(pieces: Sequence[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Tell days from times; a period that has not begun has neither, and gets a time of nothing."""
    days = [piece for piece in pieces if piece.first is not None]
    times = [piece for piece in pieces if piece.first is None]
    return days, times if days or times else [NOTHING]


def _added_up(steps: CTE, *, has_people: bool) -> Select[Any]:
    table: Any = UsageDayPersonRow if has_people else UsageDayRow
    columns = table.__table__.c
    person = [columns.user_id] if has_people else []
    return select(
        steps.c.number,
        *_keys(columns),
        *person,
        columns.currency,
        *(columns[name] for name in COUNTS),
    ).join_from(steps, table, columns.day == steps.c.day)


def _keys(columns: Any) -> list[SQLColumnExpression[str]]:  # noqa: ANN401  columns of any table
    names = {"group": "group_names"}
    return [columns[names.get(name, name)].label(name) for name in KEYS]


def _answers(run: _Run, *, has_people: bool) -> Select[Any]:
    status, rating = col(AnswerUsageRow.status), col(FeedbackRow.rating)
    is_complete = status == AnswerStatus.COMPLETE.value
    is_searched = and_(is_complete, col(AnswerUsageRow.engine) != SANDBOX)
    is_answered = and_(is_searched, col(AnswerUsageRow.abstained).is_(False))
    counts = {
        "questions": literal(1, Integer),
        "complete": _one_if(is_complete),
        "abstained": _one_if(col(AnswerUsageRow.abstained)),
        "failed": _one_if(status == AnswerStatus.FAILED.value),
        "helpful": _one_if(rating == 1),
        "not_helpful": _one_if(rating == -1),
        "searched": _one_if(is_searched),
        "without_passages": _one_if(and_(is_searched, col(AnswerUsageRow.passages_found) == 0)),
        "answered": _one_if(is_answered),
        "cited": _one_if(and_(is_answered, col(AnswerUsageRow.citations) > 0)),
        **{
            name: case((is_answered, getattr(AnswerUsageRow, name)), else_=0)
            for name in ("citations", "invalid_citations", "repaired_citations")
        },
        "sentences": col(AnswerUsageRow.sentences),
        "supported_sentences": col(AnswerUsageRow.supported_sentences),
    }
    person = _person(col(AnswerUsageRow.user_id), has_people=has_people)
    return (
        select(
            run.steps.c.number,
            *_answer_keys(),
            *person,
            literal("").label("currency"),
            *(counts.get(name, _NOTHING).label(name) for name in COUNTS),
        )
        .join_from(run.steps, AnswerUsageRow, run.holds(col(AnswerUsageRow.created_at)))
        .outerjoin(FeedbackRow, col(FeedbackRow.message_id) == col(AnswerUsageRow.message_id))
    )


def _person(
    user_id: SQLColumnExpression[str], *, has_people: bool
) -> list[SQLColumnExpression[str]]:
    return [user_id.label("user_id")] if has_people else []


def _answer_keys() -> list[SQLColumnExpression[str]]:
    return [
        col(AnswerUsageRow.engine).label("model"),
        col(AnswerUsageRow.group_names).label("group"),
        col(AnswerUsageRow.surface).label("surface"),
    ]


def _requests(run: _Run, *, has_people: bool) -> Select[Any]:
    counts = {
        "requests": literal(1, Integer),
        "failed_requests": _one_if(col(ModelCallRow.status) == AnswerStatus.FAILED.value),
        "estimated_requests": _one_if(
            col(ModelCallRow.usage_source) == UsageSource.ESTIMATED.value
        ),
        "input_tokens": col(ModelCallRow.input_tokens),
        "output_tokens": col(ModelCallRow.output_tokens),
        "cost_micros": col(ModelCallRow.cost_micros),
    }
    person = _person(col(ModelCallRow.user_id), has_people=has_people)
    return select(
        run.steps.c.number,
        col(ModelCallRow.model_requested).label("model"),
        col(ModelCallRow.group_names).label("group"),
        col(ModelCallRow.surface).label("surface"),
        *person,
        col(ModelCallRow.currency).label("currency"),
        *(counts.get(name, _NOTHING).label(name) for name in COUNTS),
    ).join_from(run.steps, ModelCallRow, run.holds(col(ModelCallRow.created_at)))


def _single_times(run: _Run, measure: str) -> Select[Any]:
    taken = getattr(AnswerUsageRow, measure)
    return (
        select(
            run.steps.c.number,
            *_answer_keys(),
            col(AnswerUsageRow.user_id).label("user_id"),
            _two_digits(taken).label("ms"),
            literal(1, Integer).label("answers"),
        )
        .join_from(run.steps, AnswerUsageRow, run.holds(col(AnswerUsageRow.created_at)))
        .where(
            taken.is_not(None),
            col(AnswerUsageRow.status) == AnswerStatus.COMPLETE.value,
            is_use(col(AnswerUsageRow.surface)),
        )
    )


def is_use(surface: SQLColumnExpression[str]) -> SQLColumnExpression[bool]:
    """Return whether people asked: test questions are nobody's use."""
    return surface != EVALUATION_SURFACE


def _two_digits(ms: SQLColumnExpression[int]) -> SQLColumnExpression[int]:
    """Round down to two significant digits, as many as are shown."""
    powers = [10**digits for digits in range(5, 0, -1)]
    return case(
        *((ms >= 10 * power, cast(ms // power, Integer) * power) for power in powers), else_=ms
    )


def _of_days(pieces: Sequence[Piece]) -> CTE:
    """Return each day with the number of its piece: days are joined by being equal, not by range.

    A join by range has no good plan in either database once there are many pieces.
    """
    rows = [
        (piece.number, piece.first + timedelta(days=number))
        for piece in pieces
        if piece.first and piece.end
        for number in range((piece.end - piece.first).days)
    ]
    columns = (column("number", Integer), column("day", Date))
    return values(*columns, name="days").data(rows).cte("days")


def _runs(pieces: Sequence[Piece]) -> list[_Run]:
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
        _Run(_of_times(rows, n), rows[0][1], end)
        for n, (rows, end) in enumerate(zip(runs, ends, strict=True))
    ]


def _of_times(rows: Sequence[tuple[int, datetime, datetime]], run: int) -> CTE:
    columns = (
        column("number", Integer),
        column("since", UtcDateTime()),
        column("until", UtcDateTime()),
    )
    name = f"stretches_{run}"
    return values(*columns, name=name).data(rows).cte(name)


def _one_if(holds: SQLColumnExpression[bool]) -> SQLColumnExpression[int]:
    return case((holds, 1), else_=0)


def summed(amount: SQLColumnExpression[Any]) -> SQLColumnExpression[int]:
    """Return the sum as a whole number, also where a database makes a decimal of it."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)
