"""Reports who asks how much, what it costs, and how good and fast the answers are."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median, quantiles

from sqlmodel import Session, col, select

from core.domain.access import require_admin
from core.domain.answers import AnswerStatus
from core.domain.clock import now
from core.domain.conversations import MessageRole
from core.domain.identity import User
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import (
    EVALUATION_SURFACE,
    IDEA_PURPOSE,
    AnswerUsageRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    ModelCallRow,
)

_Spent = AnswerUsageRow | ModelCallRow


@dataclass(frozen=True, slots=True)
class UsageFigures:
    """Figures of a set of answers; times in milliseconds, money in millionths.

    Rates are given as counts, so that a reader always knows of how many. Costs in another currency
    than `currency` are not added; `other_currency` counts their answers.
    """

    questions: int = 0
    people: int = 0
    abstained: int = 0
    failed: int = 0
    helpful: int = 0
    not_helpful: int = 0
    sentences: int = 0
    supported_sentences: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    currency: str = "EUR"
    other_currency: int = 0
    median_ms: int | None = None
    p95_ms: int | None = None
    median_first_token_ms: int | None = None


@dataclass(frozen=True, slots=True)
class DayUsage:
    """The figures of one day (UTC)."""

    day: date
    figures: UsageFigures


@dataclass(frozen=True, slots=True)
class UsageReport:
    """A period, the one of the same length before it, and each day of it."""

    since: datetime
    until: datetime
    total: UsageFigures
    previous: UsageFigures
    days: tuple[DayUsage, ...]


@dataclass(frozen=True, slots=True)
class UnansweredQuestion:
    """A question the documents did not answer, or whose answer was judged not helpful."""

    message_id: str
    asked_at: datetime
    question: str
    cause: str
    reason: str = ""
    comment: str = ""


class UsageReports:
    """Usage reports for administrators; looking at questions is audited."""

    def __init__(self, database: Database, *, currency: str) -> None:
        self._database = database
        self._currency = currency

    def report(self, admin: User, *, days: int = 30) -> UsageReport:
        """Return the figures of the last `days` days, today included."""
        require_admin(admin)
        until = now()
        since = _midnight(until) - timedelta(days=days - 1)
        before = since - (until - since)
        with self._database.read() as session:
            rows = _answers(session, before, until)
            ratings = _ratings(session, before, until)
            drafts = _drafts(session, before, until)
        answers = _Answers(rows, ratings, self._currency_of([*rows, *drafts]), drafts)
        current = answers.where(lambda row: row.created_at >= since)
        earlier = answers.where(lambda row: row.created_at < since)
        return UsageReport(
            since, until, current.figures(), earlier.figures(), tuple(current.per_day(since, days))
        )

    def unanswered(
        self, admin: User, *, days: int = 30, limit: int = 200
    ) -> list[UnansweredQuestion]:
        """Return questions that ended without a helpful answer, newest first."""
        require_admin(admin)
        since = now() - timedelta(days=days)
        with self._database.begin() as session:
            questions = _unanswered(session, since, limit)
            record_event(session, admin, "usage.read_questions", count=len(questions))
        return questions

    def _currency_of(self, rows: Sequence[_Spent]) -> str:
        """Return the one currency that was spent; the configured one if there are several or none.

        List prices are in US dollars, whatever the currency of the operator's own price.
        """
        spent = {row.currency for row in rows if row.cost_micros}
        return spent.pop() if len(spent) == 1 else self._currency


@dataclass(frozen=True, slots=True)
class _Answers:
    """Answers with the ratings of their messages, counted in one currency."""

    rows: Sequence[AnswerUsageRow]
    ratings: Mapping[str, int]
    currency: str
    drafts: Sequence[ModelCallRow] = ()
    """Requests that drafted ideas: they cost, and answer no question."""

    def where(self, holds: Callable[[_Spent], bool]) -> "_Answers":
        rows = [row for row in self.rows if holds(row)]
        return replace(self, rows=rows, drafts=[draft for draft in self.drafts if holds(draft)])

    def per_day(self, since: datetime, days: int) -> Iterator[DayUsage]:
        by_day: dict[date, list[AnswerUsageRow]] = defaultdict(list)
        drafts: dict[date, list[ModelCallRow]] = defaultdict(list)
        for row in self.rows:
            by_day[row.created_at.date()].append(row)
        for draft in self.drafts:
            drafts[draft.created_at.date()].append(draft)
        for offset in range(days):
            day = since.date() + timedelta(days=offset)
            yield DayUsage(day, replace(self, rows=by_day[day], drafts=drafts[day]).figures())

    def figures(self) -> UsageFigures:
        rows = self.rows
        times = [row.total_ms for row in rows if row.status == AnswerStatus.COMPLETE]
        first = [row.first_token_ms for row in rows if row.first_token_ms is not None]
        rated = [self.ratings[row.message_id] for row in rows if row.message_id in self.ratings]
        spent: list[_Spent] = [*rows, *self.drafts]
        priced = [row for row in spent if row.cost_micros and row.currency == self.currency]
        return UsageFigures(
            questions=len(rows),
            people=len({row.user_id for row in rows}),
            abstained=sum(row.abstained for row in rows),
            failed=sum(row.status == AnswerStatus.FAILED for row in rows),
            helpful=rated.count(1),
            not_helpful=rated.count(-1),
            sentences=sum(row.sentences for row in rows),
            supported_sentences=sum(row.supported_sentences for row in rows),
            input_tokens=sum(row.input_tokens for row in spent),
            output_tokens=sum(row.output_tokens for row in spent),
            cost_micros=sum(row.cost_micros for row in priced),
            currency=self.currency,
            other_currency=sum(bool(row.cost_micros) for row in spent) - len(priced),
            median_ms=round(median(times)) if times else None,
            p95_ms=_p95(times),
            median_first_token_ms=round(median(first)) if first else None,
        )


def _answers(session: Session, since: datetime, until: datetime) -> Sequence[AnswerUsageRow]:
    return session.exec(
        select(AnswerUsageRow).where(
            col(AnswerUsageRow.created_at) >= since,
            col(AnswerUsageRow.created_at) <= until,
            # Test questions are not usage; their cost stays in the model calls.
            col(AnswerUsageRow.surface) != EVALUATION_SURFACE,
        )
    ).all()


def _drafts(session: Session, since: datetime, until: datetime) -> Sequence[ModelCallRow]:
    return session.exec(
        select(ModelCallRow).where(
            ModelCallRow.purpose == IDEA_PURPOSE,
            col(ModelCallRow.created_at) >= since,
            col(ModelCallRow.created_at) <= until,
        )
    ).all()


def _ratings(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    # A join, because a list of a year's answers exceeds what a statement can take.
    rows = session.exec(
        select(FeedbackRow.message_id, FeedbackRow.rating)
        .join(AnswerUsageRow, col(AnswerUsageRow.message_id) == FeedbackRow.message_id)
        .where(col(AnswerUsageRow.created_at) >= since, col(AnswerUsageRow.created_at) <= until)
    ).all()
    return dict(rows)


def _unanswered(session: Session, since: datetime, limit: int) -> list[UnansweredQuestion]:
    answers = session.exec(
        select(MessageRow, FeedbackRow)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .join(FeedbackRow, col(FeedbackRow.message_id) == MessageRow.id, isouter=True)
        .where(
            # Deleting a conversation withdraws its questions and comments.
            col(ConversationRow.deleted_at).is_(None),
            MessageRow.role == MessageRole.ASSISTANT.value,
            col(MessageRow.created_at) >= since,
            col(MessageRow.abstained) | (col(FeedbackRow.rating) == -1),
        )
        .order_by(col(MessageRow.created_at).desc())
        .limit(limit)
    ).all()
    return [_to_unanswered(session, answer, feedback) for answer, feedback in answers]


def _to_unanswered(
    session: Session, answer: MessageRow, feedback: FeedbackRow | None
) -> UnansweredQuestion:
    question = session.exec(
        select(MessageRow.text).where(
            MessageRow.conversation_id == answer.conversation_id,
            MessageRow.position == answer.position - 1,
        )
    ).first()
    return UnansweredQuestion(
        message_id=answer.id,
        asked_at=answer.created_at,
        question=question or "",
        cause="not in the documents" if answer.abstained else "not helpful",
        reason=feedback.reason if feedback else "",
        comment=feedback.comment if feedback else "",
    )


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _p95(values: Sequence[int]) -> int | None:
    if not values:
        return None
    if len(values) == 1:
        return values[0]
    return round(quantiles(values, n=20, method="inclusive")[-1])
