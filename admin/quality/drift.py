"""Checks once a day whether the last week is like the weeks before, and keeps what was found."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import text
from sqlmodel import Session, col, delete, func, select

from admin.quality import reading
from admin.quality.classifier import Array, area_between, reached_by_chance
from admin.quality.monitors import (
    LEAST_AREA,
    LEAST_CASES,
    REFERENCE_DAYS,
    Frame,
    Side,
    frames,
    judge_amount,
    judge_distribution,
    judge_rate,
    judge_topics,
)
from admin.quality.values import Days, Monitor, State, Verdict
from admin.usage.days import UsageDays
from core.domain.batches import batched
from core.domain.clock import now
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.domain.ports import Embedder
from core.errors import ModelUnavailable
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import DriftReferenceRow, DriftVerdictRow

SIDES = {
    Monitor.HELPFUL: Side.BELOW,
    Monitor.ABSTAINED: Side.EITHER,
    Monitor.UNSUPPORTED: Side.ABOVE,
    Monitor.FAILED: Side.ABOVE,
}
AT_ONCE = 64
ADVISORY_LOCK = 5_471_031
KEPT = timedelta(days=400)

logger = logging.getLogger(__name__)


class DriftChecks:
    """Checks of whole days on the company's calendar; verdicts are kept, words and vectors not."""

    def __init__(
        self,
        database: Database,
        days: UsageDays,
        rates: ExchangeRates,
        embedder: Embedder,
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Take what is read, and the model that questions are compared with."""
        self._database = database
        self._days = days
        self._rates = rates
        self._embedder = embedder
        self._clock = clock

    @property
    def today(self) -> date:
        """The day up to which windows reach, without it: it is not over yet."""
        return self._clock().astimezone(self._days.zone).date()

    def check_due(self) -> int:
        """Check if that was not done today, and return how many verdicts there are."""
        with self._database.read() as session:
            done = select(func.count()).where(col(DriftVerdictRow.until) == self.today)
            if session.exec(done).one() >= len(Monitor):
                return 0
        return len(self.check())

    def check(self) -> list[Verdict]:
        """Check all monitors and keep what they say, in place of what they said today."""
        self._days.refresh()
        end = self.today
        verdicts = self._judged(end)
        with self._database.begin() as session:
            self._lock(session)
            until = col(DriftVerdictRow.until)
            outdated = (until == end) | (until < end - KEPT)
            session.exec(delete(DriftVerdictRow).where(outdated))
            session.add_all(_row(verdict) for verdict in verdicts)
        alerts = sum(verdict.state is State.ALERT for verdict in verdicts)
        logger.info("drift checked monitors=%s alerts=%s", len(verdicts), alerts)
        return verdicts

    def newest(self, session: Session) -> list[Verdict]:
        """Return what all monitors said last, in their order; empty if nothing was checked yet."""
        newest = select(func.max(DriftVerdictRow.until)).scalar_subquery()
        rows = session.exec(select(DriftVerdictRow).where(DriftVerdictRow.until == newest)).all()
        known = {row.monitor: _verdict(row) for row in rows if row.monitor in set(Monitor)}
        return [known[monitor] for monitor in Monitor if monitor in known]

    def accepted(self, session: Session) -> Days | None:
        """Return the days that were accepted as normal, None for the weeks before each window."""
        newest = select(DriftReferenceRow).order_by(col(DriftReferenceRow.id).desc()).limit(1)
        row = session.exec(newest).first()
        return Days(row.since, row.until) if row else None

    def accept(self, admin: User) -> Days:
        """Take the last four weeks as normal from now on; audited."""
        days = Days.before(self.today, REFERENCE_DAYS)
        with self._database.begin() as session:
            session.add(DriftReferenceRow(since=days.first, until=days.end, accepted_by=admin.id))
            record_event(session, admin, "quality.accept_reference", since=days.first.isoformat())
        return days

    def _lock(self, session: Session) -> None:
        """Let a check by hand wait for one in the background, also of another process."""
        if self._database.dialect == "postgresql":
            session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))

    def _judged(self, end: date) -> list[Verdict]:
        with self._database.read() as session:
            choices = frames(end, self.accepted(session))
            days = sorted({day for frame in choices for day in _days_of(frame)})
            series = reading.read_days(session, days, self._rates)
            spread = [self._closeness(session, choices), self._lengths(session, choices)]
            questions = self._questions(session, choices)
        return [
            *self._topics(*questions),
            *spread,
            *(judge_rate(one, series.rates[one], side, choices) for one, side in SIDES.items()),
            *(judge_amount(one, days_of_it, choices) for one, days_of_it in series.amounts.items()),
        ]

    def _closeness(self, session: Session, choices: Sequence[Frame]) -> Verdict:
        zone = self._days.zone
        for frame in choices:
            model = reading.embedding_model_of(session, frame.window, zone)
            window = reading.closeness_of(session, frame.window, zone, model)
            if sum(window.values()) >= LEAST_CASES:
                break
        reference = reading.closeness_of(session, frame.reference, zone, model)
        return judge_distribution(Monitor.CLOSENESS, frame, window, reference)

    def _lengths(self, session: Session, choices: Sequence[Frame]) -> Verdict:
        for frame in choices:
            window = reading.lengths_of(session, frame.window, self._days.zone)
            if sum(window.values()) >= LEAST_CASES:
                break
        reference = reading.lengths_of(session, frame.reference, self._days.zone)
        return judge_distribution(Monitor.LENGTH, frame, window, reference)

    def _questions(
        self, session: Session, choices: Sequence[Frame]
    ) -> tuple[Frame, list[str], list[str]]:
        for frame in choices:
            window = reading.sampled_questions(session, frame.window, self._days.zone)
            if len(window) >= LEAST_CASES:
                break
        return frame, window, reading.sampled_questions(session, frame.reference, self._days.zone)

    def _topics(self, frame: Frame, window: list[str], reference: list[str]) -> list[Verdict]:
        """Return the verdict, or none while the embedding model cannot be reached.

        Both are embedded with the model of today, so that another model is no drift.
        """
        if min(len(window), len(reference)) < LEAST_CASES:
            return [judge_topics(frame, len(window), len(reference), None, 1.0)]
        try:
            vectors, usual = self._embedded(window), self._embedded(reference)
        except ModelUnavailable as error:
            logger.warning("topics not checked: %s", error)
            return []
        area = area_between(vectors, usual)
        by_chance = reached_by_chance(vectors, usual) if area > LEAST_AREA else 1.0
        return [judge_topics(frame, len(window), len(reference), area, by_chance)]

    def _embedded(self, texts: Sequence[str]) -> Array:
        parts = [self._embedder.embed_passages(batch) for batch in batched(texts, AT_ONCE)]
        return np.concatenate(parts).astype(np.float64)


def _days_of(frame: Frame) -> list[date]:
    return [*frame.window.each, *frame.before.each, *frame.reference.each]


def _row(verdict: Verdict) -> DriftVerdictRow:
    return DriftVerdictRow(
        monitor=verdict.monitor.value,
        until=verdict.window.end,
        since=verdict.window.first,
        reference_since=verdict.reference.first,
        reference_until=verdict.reference.end,
        state=verdict.state.value,
        value=verdict.value,
        usual=verdict.usual,
        low=verdict.low,
        high=verdict.high,
        cases=verdict.cases,
        usual_cases=verdict.usual_cases,
    )


def _verdict(row: DriftVerdictRow) -> Verdict:
    return Verdict(
        Monitor(row.monitor),
        State(row.state),
        Days(row.since, row.until),
        Days(row.reference_since, row.reference_until),
        row.cases,
        row.usual_cases,
        row.value,
        row.usual,
        row.low,
        row.high,
        row.computed_at,
    )
