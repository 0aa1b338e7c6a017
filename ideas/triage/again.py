"""Ideas whose risk was judged by another version of the questionnaire."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import IdeaRow, IdeaTriageRow
from ideas.triage.classification import TriageAnswer, answer_problems, classify
from ideas.triage.questionnaire import Questionnaire

CLOSED = (
    IdeaStatus.DECLINED.value,
    IdeaStatus.DUPLICATE.value,
    IdeaStatus.WITHDRAWN.value,
    IdeaStatus.RETIRED.value,
)


@dataclass(frozen=True, slots=True)
class DueAgain:
    """An idea to judge again; `would_be` is what its old answers lead to now.

    It is None where they do not answer `new_questions`.
    """

    idea_id: str
    number: int
    title: str
    status: IdeaStatus
    risk: RiskClass
    policy_version: str
    would_be: RiskClass | None
    new_questions: tuple[str, ...]

    @property
    def is_affected(self) -> bool:
        """Whether another look can change something, as far as the answers tell."""
        return self.would_be is not self.risk


def due_again(session: Session, questionnaire: Questionnaire) -> list[DueAgain]:
    """Return open ideas whose newest triage is of another version, affected ones first."""
    newest = sa.select(
        col(IdeaTriageRow.idea_id),
        col(IdeaTriageRow.answers),
        col(IdeaTriageRow.risk_class),
        col(IdeaTriageRow.policy_version),
        sa.func.row_number()
        .over(partition_by=col(IdeaTriageRow.idea_id), order_by=col(IdeaTriageRow.at).desc())
        .label("age"),
    ).subquery()
    rows = session.execute(
        sa.select(
            col(IdeaRow.id),
            col(IdeaRow.number),
            col(IdeaRow.title),
            col(IdeaRow.status),
            newest.c.risk_class,
            newest.c.policy_version,
            newest.c.answers,
        )
        .join(newest, newest.c.idea_id == IdeaRow.id)
        .where(
            newest.c.age == 1,
            newest.c.policy_version != questionnaire.version,
            col(IdeaRow.status).not_in(CLOSED),
        )
        .order_by(col(IdeaRow.number))
    ).all()
    found = [_due(questionnaire, row) for row in rows]
    return sorted(found, key=lambda each: not each.is_affected)


def _due(questionnaire: Questionnaire, row: sa.Row[*tuple[Any, ...]]) -> DueAgain:  # Any: columns
    answers = {
        id_: TriageAnswer(answer)
        for id_, answer in row.answers.items()
        if questionnaire.question(id_) is not None
    }
    missing = tuple(answer_problems(questionnaire, answers))
    return DueAgain(
        idea_id=row.id,
        number=row.number,
        title=row.title,
        status=IdeaStatus(row.status),
        risk=RiskClass(row.risk_class),
        policy_version=row.policy_version,
        would_be=None if missing else classify(questionnaire, answers).risk_class,
        new_questions=missing,
    )
