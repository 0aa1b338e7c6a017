"""Who of the made-up people acknowledged the AI-use policy and passed its quiz: most, not all."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from sqlmodel import Session, SQLModel, col, select

from admin.policy.quiz import quiz
from core.domain.governance.policy import Decision
from core.storage.tables import PolicyAnswerRow, PolicyVersionRow, QuizResultRow
from demo.calendar import Calendar
from demo.people import person_id
from demo.script import Employee, employees

WAITS = 8
"""Of so many people, one has not acknowledged the policy."""
TRAINED = 3
"""Of so many people who have, all but one passed the quiz."""


def policy_rows(session: Session, calendar: Calendar, random: Random) -> Iterator[SQLModel]:
    """Yield what people said to the newest version, some time after it was published."""
    newest = session.exec(
        select(PolicyVersionRow).order_by(col(PolicyVersionRow.number).desc()).limit(1)
    ).first()
    if newest is None:
        return
    for place, employee in enumerate(employees(), 1):
        if place % WAITS:
            at = _moment(newest, employee, calendar, random)
            yield PolicyAnswerRow(
                user_id=person_id(employee.key),
                version_id=newest.id,
                decision=Decision.ACKNOWLEDGED.value,
                sha256=newest.sha256,
                at=at,
            )
            yield from _training(employee, newest.number, at, place)


def _moment(
    newest: PolicyVersionRow, employee: Employee, calendar: Calendar, random: Random
) -> datetime:
    """Return a moment in the first half of the time that the person had for it."""
    start = max(newest.published_at, calendar.start_of(employee.joined))
    return start + max(calendar.until - start, timedelta()) * random.uniform(0, 0.5)


def _training(employee: Employee, number: int, at: datetime, place: int) -> Sequence[QuizResultRow]:
    if place % TRAINED == 0:
        return ()
    asked = quiz()
    questions = len(asked.questions)
    return (
        QuizResultRow(
            user_id=person_id(employee.key),
            quiz_sha256=asked.sha256,
            policy_number=number,
            correct=questions - place % 2,
            questions=questions,
            is_passed=True,
            at=at,
        ),
    )
