"""Figures of how AI is used: who acknowledged the policy and was trained, and what went wrong."""

from collections.abc import Iterator

from sqlmodel import Session, case, col, exists, func, select

from admin.incidents.figures import reported_problems
from admin.kpis.portfolio import days_between, middle
from admin.kpis.values import Course, Windows
from admin.measures import Definition, Measure, Unit, rate
from admin.usage.figures import Figures
from admin.usage.period import Period
from core.domain.governance.incidents import IncidentState
from core.storage.queries.governance.policy import awaits_policy
from core.storage.tables import IncidentRow, QuizResultRow, UserRow

ACKNOWLEDGED = Definition(
    "policy_acknowledged",
    "AI-use policy acknowledged",
    "People who may sign in today and have acknowledged the AI-use policy since its last material "
    "change.",
    Unit.SHARE,
)
TRAINED = Definition(
    "policy_quiz_passed",
    "Quiz on the policy passed",
    "People who may sign in today and have passed the quiz on the AI-use policy.",
    Unit.SHARE,
)
OPEN_INCIDENTS = Definition(
    "incidents_open",
    "Open problems",
    "Reported problems that are not closed today, near misses included.",
)
INCIDENT_DAYS = Definition(
    "incident_days",
    "Days to close a problem",
    "Median of the days from the report to the closing, of problems closed in the period, without "
    "near misses.",
    Unit.DAYS,
)


def conduct(session: Session, figures: Figures, windows: Windows) -> Iterator[Course]:
    """Return the figures; those of people and of open problems are of today."""
    yield from _people(session)
    each = figures.each([window.whole for window in windows], counts_people=False)
    problems = [
        _problems(session, window, one.questions) for window, one in zip(windows, each, strict=True)
    ]
    for course in zip(*problems, strict=True):
        yield list(course)
    is_open = col(IncidentRow.state) != IncidentState.CLOSED.value
    waiting = session.exec(select(func.count(col(IncidentRow.id))).where(is_open)).one()
    yield [Measure(OPEN_INCIDENTS, waiting)]


def _problems(session: Session, window: Period, answers: int) -> tuple[Measure, ...]:
    closed = session.exec(
        select(IncidentRow.reported_at, IncidentRow.closed_at).where(
            col(IncidentRow.closed_at) >= window.since,
            col(IncidentRow.closed_at) < window.until,
            col(IncidentRow.is_near_miss).is_(False),
        )
    ).all()
    days = [days_between(reported, at) for reported, at in closed if at is not None]
    return (*reported_problems(session, window.whole, answers), middle(INCIDENT_DAYS, days))


def _people(session: Session) -> Iterator[Course]:
    has_passed = exists().where(
        col(QuizResultRow.user_id) == UserRow.id, col(QuizResultRow.is_passed)
    )
    people, settled, trained = session.exec(
        select(
            func.count(),
            func.count(case((~awaits_policy(UserRow.id), 1))),
            func.count(case((has_passed, 1))),
        )
        .select_from(UserRow)
        .where(col(UserRow.is_active))
    ).one()
    yield [rate(ACKNOWLEDGED, settled, people)]
    yield [rate(TRAINED, trained, people)]
