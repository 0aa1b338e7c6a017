"""Tells who has to acknowledge the AI-use policy before they use the sandbox."""

from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from core.domain.governance.policy import Decision
from core.storage.tables import PolicyAnswerRow, PolicyVersionRow


def awaits_policy(user_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  a column, or its value
    """Return the condition that a person has not acknowledged the newest material version.

    It holds for nobody where no version is published, and for nobody who acknowledged a later one.
    """
    required = (
        select(func.max(col(PolicyVersionRow.number)))
        .where(col(PolicyVersionRow.is_material))
        .scalar_subquery()
    )
    acknowledged = (
        select(func.max(col(PolicyVersionRow.number)))
        .join(PolicyAnswerRow, col(PolicyAnswerRow.version_id) == PolicyVersionRow.id)
        .where(
            PolicyAnswerRow.user_id == user_id,
            PolicyAnswerRow.decision == Decision.ACKNOWLEDGED.value,
        )
        .scalar_subquery()
    )
    return func.coalesce(required, 0) > func.coalesce(acknowledged, 0)
