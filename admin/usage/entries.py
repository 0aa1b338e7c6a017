"""Lists the answers behind a figure, without their words."""

from typing import Any

from sqlalchemy import SQLColumnExpression
from sqlmodel import Session, col, select

from admin.usage.period import Span
from admin.usage.sources import is_use
from admin.usage.values import AnswerEntry, Dimension
from core.domain.identity import FORMER_EMPLOYEE
from core.storage.tables import (
    AnswerUsageRow,
    FeedbackRow,
    UserRow,
)

TERMINAL = "the terminal"
_COLUMNS: dict[Dimension, SQLColumnExpression[Any]] = {
    Dimension.MODEL: col(AnswerUsageRow.engine),
    Dimension.GROUP: col(AnswerUsageRow.group_names),
    Dimension.PERSON: col(AnswerUsageRow.user_id),
    Dimension.SURFACE: col(AnswerUsageRow.surface),
}


def read_entries(
    session: Session, span: Span, dimension: Dimension, key: str, limit: int
) -> list[AnswerEntry]:
    """Return at most `limit` answers of this model, group, person or surface, dearest first."""
    rows = session.exec(
        select(AnswerUsageRow, FeedbackRow.rating, UserRow.name)
        .join(
            FeedbackRow,
            col(FeedbackRow.message_id) == col(AnswerUsageRow.message_id),
            isouter=True,
        )
        .join(UserRow, col(UserRow.id) == col(AnswerUsageRow.user_id), isouter=True)
        .where(
            col(AnswerUsageRow.created_at) >= span.since,
            col(AnswerUsageRow.created_at) < span.until,
            is_use(col(AnswerUsageRow.surface)),
            _COLUMNS[dimension] == key,
        )
        .order_by(col(AnswerUsageRow.cost_micros).desc(), col(AnswerUsageRow.created_at).desc())
        .limit(limit)
    ).all()
    return [_entry(row, rating, name) for row, rating, name in rows]


def person_name(user_id: str, name: str | None) -> str:
    """Return what a person is called in reports, also where the account is gone or never was."""
    return name or (FORMER_EMPLOYEE if user_id else TERMINAL)


def _entry(row: AnswerUsageRow, rating: int | None, name: str | None) -> AnswerEntry:
    return AnswerEntry(
        id=row.id,
        at=row.created_at,
        person=person_name(row.user_id, name),
        groups=row.group_names,
        surface=row.surface,
        model=row.engine,
        status=row.status,
        error=row.error_type,
        abstained=row.abstained,
        rating=rating,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_micros=row.cost_micros,
        currency=row.currency,
        first_token_ms=row.first_token_ms,
        total_ms=row.total_ms,
    )
