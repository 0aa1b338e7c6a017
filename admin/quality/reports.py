"""Reports of quality for administrators."""

from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session

from admin.incidents.figures import reported_problems
from admin.quality.drift import DriftChecks
from admin.quality.measures import errors_in, measures_of, weekly_measures
from admin.quality.values import (
    Compared,
    Days,
    LastEvaluation,
    QualityReport,
    Verdict,
    WeekOfMeasures,
)
from admin.usage.days import UsageDays
from admin.usage.figures import Figures
from admin.usage.period import Period, Step
from core.domain.access import require_admin
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.storage.database import Database

WEEKS = 12


class QualityReports:
    """How good answers are, for administrators; no words of questions or answers are shown."""

    def __init__(
        self,
        database: Database,
        days: UsageDays,
        rates: ExchangeRates,
        drift: DriftChecks,
        last_evaluation: Callable[[], LastEvaluation | None],
    ) -> None:
        """Take the newest evaluation run as a function: who evaluates is no part of this."""
        self._database = database
        self._days = days
        self._rates = rates
        self._drift = drift
        self._last_evaluation = last_evaluation

    def report(self, admin: User, period: Period) -> QualityReport:
        """Return the measures of a period beside those of the one before, and the last verdicts."""
        require_admin(admin)
        self._days.refresh()
        weeks = _weeks(period).spans(Step.WEEK)
        spans = [period.whole, period.previous.whole]
        with self._database.read() as session:
            figures = Figures(session, self._days, self._rates, period)
            now, before, *weekly = figures.each([*spans, *weeks], counts_people=False)
            errors = [errors_in(session, span) for span in spans]
            problems = [
                reported_problems(session, span, one.questions)[1]
                for span, one in zip(spans, (now, before), strict=True)
            ]
            verdicts = self._drift.newest(session)
            accepted = self._drift.accepted(session)
        both = zip((now, before), errors, problems, strict=True)
        measures = [[*measures_of(of, failed), rate] for of, failed, rate in both]
        return QualityReport(
            period,
            [Compared(*pair) for pair in zip(*measures, strict=True)],
            [WeekOfMeasures(w, weekly_measures(f)) for w, f in zip(weeks, weekly, strict=True)],
            verdicts,
            self._last_evaluation(),
            accepted,
        )

    def newest(self, session: Session) -> list[Verdict]:
        """Return the newest verdict of each monitor."""
        return self._drift.newest(session)

    def evaluation(self) -> LastEvaluation | None:
        """Return the newest evaluation run, None if nothing was evaluated."""
        return self._last_evaluation()

    def check_now(self, admin: User) -> list[Verdict]:
        """Check all monitors, which takes seconds, and return what they say."""
        require_admin(admin)
        return self._drift.check()

    def accept_as_normal(self, admin: User) -> Days:
        """Compare later windows with the last four weeks until others are accepted; audited."""
        require_admin(admin)
        return self._drift.accept(admin)


def _weeks(period: Period) -> Period:
    """Return the twelve weeks up to the end of a period, each of them from Monday on."""
    first = Step.WEEK.begins(period.last) - timedelta(weeks=WEEKS - 1)
    return Period(first, period.last, period.zone, period.as_of)
