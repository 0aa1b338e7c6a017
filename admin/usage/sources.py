"""The rows that figures are added up from: single answers and requests, or whole days of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlmodel import col

from admin.usage.pieces import Days, Piece, Run, days_of, runs_of, split
from admin.usage.values import Dimension
from core.domain.answers import SANDBOX, AnswerStatus, UsageSource, Way
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


def usage_rows(
    pieces: Sequence[Piece], *, has_people: bool, person_id: str | None = None
) -> Subquery:
    """Return all rows of usage in these pieces: the number, the keys, a currency and the counts.

    What answers add up to has an empty currency. `has_people` tells them apart, by `user_id`. With
    a `person_id`, the rows are of that person.
    """
    days, times = split(pieces)
    has_people = has_people or person_id is not None
    parts: list[Select[Any]] = []
    if days:
        rows = _added_up(days_of(days), has_people=has_people)
        parts.append(_only_of(rows, col(UsageDayPersonRow.user_id), person_id))
    for run in runs_of(times):
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
    days, times = split(pieces)
    parts: list[Select[Any]] = []
    if days:
        parts.append((_askers_by_key if has_keys else _askers)(days_of(days)))
    for run in runs_of(times):
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
    days, times = split(pieces)
    parts: list[Select[Any]] = []
    if days:
        whole, conversations = days_of(days), col(UsageDayAskerRow.conversations)
        parts.append(
            select(whole.steps.c.number, conversations.label("conversations")).join_from(
                whole.steps, UsageDayAskerRow, whole.holds(col(UsageDayAskerRow.day))
            )
        )
    for run in runs_of(times):
        single = func.count(col(AnswerUsageRow.conversation_id).distinct())
        parts.append(
            select(run.steps.c.number, single.label("conversations"))
            .join_from(run.steps, AnswerUsageRow, run.holds(col(AnswerUsageRow.created_at)))
            .where(is_use(col(AnswerUsageRow.surface)))
            .group_by(run.steps.c.number)
        )
    return union_all(*parts).subquery("conversations")


def _askers(days: Days) -> Select[Any]:
    user_id: Any = col(UsageDayAskerRow.user_id).label("user_id")
    return select(days.steps.c.number, user_id).join_from(
        days.steps, UsageDayAskerRow, days.holds(col(UsageDayAskerRow.day))
    )


def _askers_by_key(days: Days) -> Select[Any]:
    columns = UsageDayPersonRow.__table__.c  # type: ignore[attr-defined]  # every table class has one
    return (
        select(days.steps.c.number, *_keys(columns), columns.user_id)
        .join_from(days.steps, UsageDayPersonRow, days.holds(columns.day))
        .where(columns.currency == "", is_use(columns.surface))
    )


def time_rows(pieces: Sequence[Piece], measure: str) -> Subquery:
    """Return how often complete answers took so long: the number, the model, ms and answers."""
    days, times = split(pieces)
    parts: list[Select[Any]] = []
    if days:
        whole = days_of(days)
        parts.append(
            select(
                whole.steps.c.number,
                col(UsageDayTimeRow.model).label("model"),
                col(UsageDayTimeRow.ms).label("ms"),
                col(UsageDayTimeRow.answers).label("answers"),
            )
            .join_from(whole.steps, UsageDayTimeRow, whole.holds(col(UsageDayTimeRow.day)))
            .where(col(UsageDayTimeRow.measure) == measure)
        )
    for run in runs_of(times):
        single = _single_times(run, measure).subquery()
        parts.append(select(single.c.number, single.c.model, single.c.ms, single.c.answers))
    return union_all(*parts).subquery("times")


def single_time_rows(pieces: Sequence[Piece], measure: str) -> Subquery:
    """Return the same of every single answer, with all keys and `user_id`."""
    parts = [_single_times(run, measure) for run in runs_of(pieces)]
    return union_all(*parts).subquery("times")


def _added_up(days: Days, *, has_people: bool) -> Select[Any]:
    table: Any = UsageDayPersonRow if has_people else UsageDayRow
    columns = table.__table__.c
    person = [columns.user_id] if has_people else []
    return select(
        days.steps.c.number,
        *_keys(columns),
        *person,
        columns.currency,
        *(columns[name] for name in COUNTS),
    ).join_from(days.steps, table, days.holds(columns.day))


def _keys(columns: Any) -> list[SQLColumnExpression[str]]:  # noqa: ANN401  columns of any table
    names = {"group": "group_names"}
    return [columns[names.get(name, name)].label(name) for name in KEYS]


def _answers(run: Run, *, has_people: bool) -> Select[Any]:
    status, rating = col(AnswerUsageRow.status), col(FeedbackRow.rating)
    is_complete = status == AnswerStatus.COMPLETE.value
    is_free = col(AnswerUsageRow.surface) == Way.FREE.value
    is_searched = and_(is_complete, col(AnswerUsageRow.engine) != SANDBOX, ~is_free)
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


def _requests(run: Run, *, has_people: bool) -> Select[Any]:
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


def _single_times(run: Run, measure: str) -> Select[Any]:
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


def _one_if(holds: SQLColumnExpression[bool]) -> SQLColumnExpression[int]:
    return case((holds, 1), else_=0)


def summed(amount: SQLColumnExpression[Any]) -> SQLColumnExpression[int]:
    """Return the sum as a whole number, also where a database makes a decimal of it."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)
