"""Reads what monitors judge: days of usage, values of single answers, and questions to embed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlalchemy import Integer, SQLColumnExpression, cast, func
from sqlmodel import Session, col, select

from admin.quality.monitors import DayAmount, DayRate, Histogram
from admin.quality.values import Days, Monitor
from admin.usage.period import midnight
from admin.usage.pieces import Piece
from admin.usage.reading import read_times, read_usage
from admin.usage.sources import is_use
from core.domain.answers import SANDBOX, AnswerStatus, Way
from core.domain.conversations import MessageRole
from core.domain.costs.money import ExchangeRates, added
from core.storage.tables import AnswerUsageRow, ConversationRow, MessageRow

SAMPLE = 400
"""So many questions of a window are compared at most."""
STEPS_OF_CLOSENESS = 1_000
WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaySeries:
    """What days of usage say, by monitor and day."""

    rates: Mapping[Monitor, Mapping[date, DayRate]]
    amounts: Mapping[Monitor, Mapping[date, DayAmount]]


def read_days(session: Session, days: Sequence[date], rates: ExchangeRates) -> DaySeries:
    """Return the shares and amounts of these days, from sums that were brought up to date."""
    pieces = [Piece(n, first=day, end=day + WHOLE_DAY) for n, day in enumerate(days)]
    usage = {days[n]: one for (n, _), one in read_usage(session, pieces).items()}
    times = {days[n]: one for (n, _), one in read_times(session, pieces).items()}
    shown = rates.shown(added(one["costs"] for one in usage.values()))
    return DaySeries(
        {
            Monitor.HELPFUL: {
                day: DayRate(one["helpful"], one["helpful"] + one["not_helpful"])
                for day, one in usage.items()
            },
            Monitor.ABSTAINED: {
                day: DayRate(one["abstained"], one["questions"]) for day, one in usage.items()
            },
            Monitor.UNSUPPORTED: {
                day: DayRate(one["sentences"] - one["supported_sentences"], one["sentences"])
                for day, one in usage.items()
            },
            Monitor.FAILED: {
                day: DayRate(one["failed"], one["questions"]) for day, one in usage.items()
            },
        },
        {
            Monitor.FIRST_WORD: {
                day: DayAmount(one["median_first_token_ms"], usage[day]["complete"])
                for day, one in times.items()
                if "median_first_token_ms" in one and day in usage
            },
            Monitor.TOTAL_TIME: {
                day: DayAmount(one["median_ms"], usage[day]["complete"])
                for day, one in times.items()
                if "median_ms" in one and day in usage
            },
            Monitor.COST: {
                day: DayAmount(cost / one["complete"], one["complete"])
                for day, one in usage.items()
                if one["complete"] and (cost := rates.convert(one["costs"], shown)[0])
            },
        },
    )


def embedding_model_of(session: Session, days: Days, zone: tzinfo) -> str:
    """Return the embedding model of most answers of these days, "" without any."""
    count = func.count()
    query = (
        select(AnswerUsageRow.embedding_model)
        .where(*_answers_of(days, zone))
        .group_by(AnswerUsageRow.embedding_model)
        .order_by(count.desc(), AnswerUsageRow.embedding_model)
        .limit(1)
    )
    return session.exec(query).first() or ""


def closeness_of(session: Session, days: Days, zone: tzinfo, model: str) -> Histogram:
    """Return how near the best passages came, in thousandths, in answers with this model.

    Similarities of two embedding models cannot be compared: another model begins anew.
    """
    similarity = col(AnswerUsageRow.top_similarity)
    value = cast(similarity * STEPS_OF_CLOSENESS, Integer)
    is_comparable = (similarity.is_not(None), AnswerUsageRow.embedding_model == model)
    return _histogram(session, value, *_answers_of(days, zone), *is_comparable)


def lengths_of(session: Session, days: Days, zone: tzinfo) -> Histogram:
    """Return how many sentences the answers of these days have."""
    is_answer = (col(AnswerUsageRow.abstained).is_(False), col(AnswerUsageRow.sentences) > 0)
    return _histogram(session, col(AnswerUsageRow.sentences), *_answers_of(days, zone), *is_answer)


def sampled_questions(session: Session, days: Days, zone: tzinfo) -> list[str]:
    """Return questions of these days, 400 at most, always the same ones.

    Questions of one conversation are alike, so each conversation gives the first one of each day.
    Deleted conversations give none, and neither does what was asked without documents.
    """
    day = func.date(col(MessageRow.created_at))
    first = (
        select(
            col(MessageRow.conversation_id).label("conversation_id"),
            func.min(MessageRow.position).label("position"),
        )
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            MessageRow.role == MessageRole.USER.value,
            MessageRow.way != Way.FREE.value,
            col(MessageRow.created_at) >= midnight(days.first, zone),
            col(MessageRow.created_at) < midnight(days.end, zone),
            col(ConversationRow.deleted_at).is_(None),
        )
        .group_by(MessageRow.conversation_id, day)
        .subquery("first")
    )
    # Ids are random, so the first ones in their order are a random sample.
    query = (
        select(MessageRow.text)
        .join(
            first,
            (col(MessageRow.conversation_id) == first.c.conversation_id)
            & (col(MessageRow.position) == first.c.position),
        )
        .where(MessageRow.role == MessageRole.USER.value)
        .order_by(MessageRow.id)
        .limit(SAMPLE)
    )
    return list(session.exec(query).all())


def _answers_of(days: Days, zone: tzinfo) -> tuple[SQLColumnExpression[bool], ...]:
    row = AnswerUsageRow
    return (
        col(row.created_at) >= midnight(days.first, zone),
        col(row.created_at) < midnight(days.end, zone),
        is_use(col(row.surface)),
        col(row.status) == AnswerStatus.COMPLETE.value,
        col(row.engine) != SANDBOX,
        col(row.surface) != Way.FREE.value,
    )


def _histogram(
    session: Session, value: SQLColumnExpression[int], *holds: SQLColumnExpression[bool] | bool
) -> Histogram:
    found = session.execute(select(value, func.count()).where(*holds).group_by(value)).all()
    return {int(number): count for number, count in found}
