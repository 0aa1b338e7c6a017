"""Figures of how people use AI: who acknowledged the policy, and who was trained."""

from collections.abc import Iterator

from sqlmodel import Session, case, col, exists, func, select

from admin.kpis.values import Course
from admin.measures import Definition, Unit, rate
from core.storage.queries.governance.policy import awaits_policy
from core.storage.tables import QuizResultRow, UserRow

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


def conduct(session: Session) -> Iterator[Course]:
    """Return the figures; they are of today and have no past."""
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
