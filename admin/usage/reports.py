"""Usage reports for administrators."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, timedelta, tzinfo

from sqlmodel import Session, select

from admin.usage.entries import person_name, read_entries
from admin.usage.money import ExchangeRates, added
from admin.usage.period import Period, Span, Step
from admin.usage.reading import Place, joined, read_answers, read_spent, read_times
from admin.usage.unanswered import UnansweredQuestion, kept_question, unanswered_questions
from admin.usage.unusual import DAYS_BEFORE, FORECAST_FROM_DAY, expected_cost, unusual_days
from admin.usage.values import (
    AnswerEntry,
    Dimension,
    Forecast,
    Slice,
    SpanUsage,
    UnusualDay,
    UsageFigures,
    UsageGroup,
    UsageReport,
)
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.identity import User
from core.errors import NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import AnswerUsageRow, UserRow

# What an unusual day may be put down to, in the order in which they are looked at.
CAUSES = (Dimension.PERSON, Dimension.GROUP, Dimension.MODEL)
# From this share on, one of them is named.
MOST_OF_IT = 0.5


class UsageReports:
    """Usage reports for administrators; looking at questions is audited."""

    def __init__(self, database: Database, rates: ExchangeRates) -> None:
        self._database = database
        self._rates = rates

    @property
    def rates(self) -> ExchangeRates:
        """The rates by which costs are told in the company's currency."""
        return self._rates

    def report(
        self,
        admin: User,
        *,
        days: int = 30,
        zone: tzinfo = UTC,
        step: Step = Step.DAY,
        period: Period | None = None,
    ) -> UsageReport:
        """Return the figures of a period, by default the last `days` days of a calendar."""
        require_admin(admin)
        period = period or Period.of_days(days, zone, now())
        with self._database.read() as session:
            wide = [period.whole, period.previous.whole]
            shown = self._shown(session, wide)
            total, previous = self._each(session, wide, shown)
            spans = period.spans(step)
            each = self._each(session, spans, shown)
            return UsageReport(
                period,
                total,
                previous,
                tuple(map(SpanUsage, spans, each)),
                self._of_evaluation(session, period.whole, shown),
                tuple(self._unusual(session, period, shown)),
                self._forecast(session, period, shown),
            )

    def breakdown(self, admin: User, period: Period, by: Dimension) -> list[Slice]:
        """Return the figures of each model, group, person or surface, dearest first."""
        require_admin(admin)
        with self._database.read() as session:
            shown = self._shown(session, [period.whole])
            figures = self._figures(session, [period.whole], shown, [by])
            labels = _labels(session, by, [key for _, (key,) in figures])
        slices = [Slice(key, labels.get(key, key), one) for (_, (key,)), one in figures.items()]
        return sorted(
            slices,
            key=lambda one: (-one.figures.cost_micros, -one.figures.questions, one.label),
        )

    def grouped(
        self,
        admin: User,
        period: Period,
        by: Sequence[Dimension],
        step: Step | None = None,
    ) -> list[UsageGroup]:
        """Return the figures of every combination that occurs, of each step if one is given.

        Steps come in their order, and in each the dearest combination first.
        """
        require_admin(admin)
        spans = period.spans(step) if step else [period.whole]
        with self._database.read() as session:
            figures = self._figures(session, spans, self._shown(session, [period.whole]), by)
            names = {one: _labels(session, one, _values(figures, at)) for at, one in enumerate(by)}
        order = sorted(figures, key=lambda place: (place[0], -figures[place].cost_micros, place))
        return [
            UsageGroup(
                spans[number],
                {one: names[one].get(key, key) for one, key in zip(by, keys, strict=True)},
                figures[number, keys],
            )
            for number, keys in order
        ]

    def answers(
        self, admin: User, period: Period, by: Dimension, key: str, *, limit: int = 200
    ) -> list[AnswerEntry]:
        """Return the answers behind a slice without their words, dearest first."""
        require_admin(admin)
        with self._database.read() as session:
            return read_entries(session, period.whole, by, key, limit)

    def question(self, admin: User, answer_id: str) -> str:
        """Return the words of a question, "" if they are no longer kept; audited.

        Raises NotFound if there is no such answer.
        """
        require_admin(admin)
        with self._database.begin() as session:
            usage = session.get(AnswerUsageRow, answer_id)
            if usage is None:
                raise NotFound("This answer no longer exists.")
            record_event(session, admin, "usage.read_questions", answer_id, count=1)
            return kept_question(session, usage.message_id)

    def unanswered(
        self, admin: User, *, period: Period | None = None, limit: int = 200
    ) -> list[UnansweredQuestion]:
        """Return questions that ended without a helpful answer, newest first; audited.

        They are of the last 30 days unless another period is given.
        """
        require_admin(admin)
        period = period or Period.of_days(30, UTC, now())
        with self._database.begin() as session:
            questions = unanswered_questions(session, period.whole, limit)
            record_event(session, admin, "usage.read_questions", count=len(questions))
        return questions

    def _shown(self, session: Session, spans: Sequence[Span]) -> str:
        """Return the currency in which all figures of a report are told."""
        spent = read_spent(session, spans)
        return self._rates.shown(added(one.costs or {} for one in spent.values()))

    def _each(self, session: Session, spans: Sequence[Span], shown: str) -> list[UsageFigures]:
        """Return the figures of each of these spans, in their order."""
        figures = self._figures(session, spans, shown)
        nothing = UsageFigures(currency=shown)
        return [figures.get((number, ()), nothing) for number in range(len(spans))]

    def _figures(
        self,
        session: Session,
        spans: Sequence[Span],
        shown: str,
        by: Sequence[Dimension] = (),
    ) -> dict[Place, UsageFigures]:
        return joined(
            read_answers(session, spans, by),
            read_spent(session, spans, by),
            read_times(session, spans, by),
            self._rates,
            shown,
        )

    def _of_evaluation(self, session: Session, span: Span, shown: str) -> UsageFigures:
        spent = read_spent(session, [span], is_evaluation=True)
        nothing = UsageFigures(currency=shown)
        return joined({}, spent, {}, self._rates, shown).get((0, ()), nothing)

    def _unusual(self, session: Session, period: Period, shown: str) -> list[UnusualDay]:
        spans = period.before(DAYS_BEFORE).spans()
        spent = read_spent(session, spans)
        costs = {
            spans[number].first: self._rates.convert(one.costs or {}, shown)[0]
            for (number, _), one in spent.items()
        }
        in_period = {span.first: span for span in period.spans()}
        return [
            self._explained(session, in_period[day], costs[day], usual, shown)
            for day, usual in unusual_days(costs, list(in_period))
        ]

    def _explained(
        self, session: Session, span: Span, cost: int, usual: int, shown: str
    ) -> UnusualDay:
        """Say which person, group or model cost most of a day, if one did."""
        for by in CAUSES:
            spent = read_spent(session, [span], [by])
            parts = {
                k: self._rates.convert(one.costs or {}, shown)[0]
                for (_, (k,)), one in spent.items()
            }
            key = max(parts, key=parts.__getitem__)
            if key and len(parts) > 1 and parts[key] >= MOST_OF_IT * cost:
                label = _labels(session, by, [key]).get(key, key)
                return UnusualDay(span.first, cost, usual, label, parts[key] / cost)
        return UnusualDay(span.first, cost, usual)

    def _forecast(self, session: Session, period: Period, shown: str) -> Forecast | None:
        """Return what the month will cost in which the period ends, if that is the running one."""
        moment = now()
        today = moment.astimezone(period.zone).date()
        if period.last != today or today.day < FORECAST_FROM_DAY:
            return None
        first = today.replace(day=1)
        month = Period(first, _last_of_month(first), period.zone, period.as_of)
        [figures] = self._each(session, [month.whole], shown)
        whole = replace(month, as_of=month.as_of + timedelta(days=62)).whole
        share = (month.until - month.since) / (whole.until - whole.since)
        so_far = figures.cost_micros
        return Forecast(first, so_far, expected_cost(so_far, share), shown) if so_far else None


def _last_of_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _values(figures: Iterable[Place], at: int) -> list[str]:
    """Return every value of the dimension at this place among those grouped by."""
    return [keys[at] for _, keys in figures]


def _labels(session: Session, by: Dimension, keys: Sequence[str]) -> dict[str, str]:
    """Return what people call the values of a dimension that are ids."""
    if by is not Dimension.PERSON:
        return {}
    names = dict(session.exec(select(UserRow.id, UserRow.name)).all())
    return {key: person_name(key, names.get(key)) for key in keys}
