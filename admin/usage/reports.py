"""Usage reports for administrators."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, timedelta, tzinfo

from sqlmodel import col, select

from admin.usage.days import UsageDays
from admin.usage.entries import read_entries
from admin.usage.figures import Figures
from admin.usage.outlook import forecast, unusual_in
from admin.usage.period import Period, Step
from admin.usage.unanswered import UnansweredQuestion, kept_question, unanswered_questions
from admin.usage.values import (
    AnswerEntry,
    Dimension,
    Slice,
    SpanUsage,
    UsageFigures,
    UsageGroup,
    UsageReport,
)
from core.domain.access import require_account, require_admin
from core.domain.clock import now
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.errors import NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.messages import askers_of
from core.storage.tables import AnswerUsageRow, AuditEventRow

READ_PEOPLE = "usage.read_people"
HOUR = timedelta(hours=1)


class UsageReports:
    """Usage reports for administrators; looks at questions and at single people are audited."""

    def __init__(
        self, database: Database, rates: ExchangeRates, days: UsageDays | None = None
    ) -> None:
        """Take the days that are kept added up, by default those of UTC."""
        self._database = database
        self._rates = rates
        self._days = days or UsageDays(database)

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
        with self._figures(period) as figures:
            total, previous = figures.each([period.whole, period.previous.whole])
            spans = period.spans(step)
            return UsageReport(
                period,
                total,
                previous,
                tuple(map(SpanUsage, spans, figures.each(spans))),
                figures.of_evaluation(period.whole),
                tuple(unusual_in(figures, period)),
                forecast(figures, period, now()),
            )

    def refresh(self) -> int:
        """Add up the days that changed, and return how many; whoever reads does it as well."""
        return self._days.refresh()

    def rebuild(self, admin: User) -> int:
        """Add up every day again from its rows, and return how many there are."""
        require_admin(admin)
        return self._days.rebuild()

    def own(self, person: User, period: Period, step: Step = Step.DAY) -> UsageReport:
        """Return what one person asked and what it cost, without times; for that person alone."""
        require_account(person)
        with self._figures(period, person_id=person.id) as figures:
            total, previous = figures.each([period.whole, period.previous.whole])
            spans = period.spans(step)
            each = tuple(map(SpanUsage, spans, figures.each(spans)))
        nothing = UsageFigures(currency=figures.currency)
        return UsageReport(period, total, previous, each, evaluation=nothing)

    def breakdown(self, admin: User, period: Period, by: Dimension) -> list[Slice]:
        """Return the figures of each model, group, person or surface, dearest first.

        Looks at single people are audited, once an hour.
        """
        require_admin(admin)
        self._note_people(admin, [by])
        with self._figures(period) as figures:
            found = figures.of([period.whole], [by])
            labels = figures.labels(by, [key for _, (key,) in found])
        slices = [Slice(key, labels[key], one) for (_, (key,)), one in found.items()]
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

        Steps come in their order, and in each the dearest combination first. Looks at single people
        are audited, once an hour.
        """
        require_admin(admin)
        self._note_people(admin, by)
        spans = period.spans(step) if step else [period.whole]
        with self._figures(period) as figures:
            found = figures.of(spans, by)
            names = {
                one: figures.labels(one, [keys[at] for _, keys in found])
                for at, one in enumerate(by)
            }
        order = sorted(found, key=lambda place: (place[0], -found[place].cost_micros, place))
        return [
            UsageGroup(
                spans[number],
                {one: names[one][key] for one, key in zip(by, keys, strict=True)},
                found[number, keys],
            )
            for number, keys in order
        ]

    def answers(
        self, admin: User, period: Period, by: Dimension, key: str, *, limit: int = 200
    ) -> list[AnswerEntry]:
        """Return the answers behind a slice without words, dearest first; audited likewise."""
        require_admin(admin)
        self._note_people(admin, [by])
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
            words = kept_question(session, usage.message_id)
            record_event(
                session,
                admin,
                "usage.read_questions",
                answer_id,
                subjects=askers_of(session, [usage.message_id]) if words else (),
                count=1,
            )
            return words

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
            record_event(
                session,
                admin,
                "usage.read_questions",
                subjects=askers_of(session, [one.message_id for one in questions]),
                count=len(questions),
            )
        return questions

    def _note_people(self, admin: User, by: Sequence[Dimension]) -> None:
        """Record that figures of single people are looked at, but not every click of an hour."""
        if Dimension.PERSON not in by:
            return
        lately = select(AuditEventRow.id).where(
            AuditEventRow.action == READ_PEOPLE,
            AuditEventRow.actor_id == admin.id,
            col(AuditEventRow.at) > now() - HOUR,
        )
        with self._database.read() as session:
            if session.exec(lately).first() is not None:
                return
        with self._database.begin() as session:
            record_event(session, admin, READ_PEOPLE)

    @contextmanager
    def _figures(self, period: Period, person_id: str | None = None) -> Iterator[Figures]:
        """Bring the days up to date, then read."""
        self._days.refresh()
        with self._database.read() as session:
            yield Figures(session, self._days, self._rates, period, person_id=person_id)
