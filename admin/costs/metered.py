"""Adds up what the models cost in each month, and who had an answer for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Integer, and_, case, column, func, select, values
from sqlmodel import Session, col

from admin.usage.days import UsageDays
from admin.usage.period import Span
from admin.usage.sources import is_use, summed, usage_rows
from core.domain.money import Costs
from core.storage.tables import EMBEDDING_PURPOSE, ModelCallRow
from core.storage.tables.base import UtcDateTime


@dataclass(slots=True)
class Metered:
    """What requests of a stretch cost by currency, and complete answers and people who asked.

    `use` is all but test questions, requests for embeddings included.
    """

    use: dict[str, int] = field(default_factory=dict)
    evaluations: dict[str, int] = field(default_factory=dict)
    answers: int = 0
    people: int = 0


def read_metered(session: Session, days: UsageDays, spans: Sequence[Span]) -> list[Metered]:
    """Return the figures of each stretch, in their order; of one yet to come they are empty."""
    found = [Metered() for _ in spans]
    pieces = days.pieces(spans, days.zone)
    if not pieces:
        return found
    rows = usage_rows(pieces)
    is_asked = is_use(rows.c.surface)
    asked_by = case((and_(is_asked, rows.c.questions > 0), rows.c.user_id))
    query = select(
        rows.c.number,
        rows.c.currency,
        summed(case((is_asked, rows.c.cost_micros), else_=0)),
        summed(case((is_asked, 0), else_=rows.c.cost_micros)),
        summed(case((is_asked, rows.c.complete), else_=0)),
        func.count(asked_by.distinct()),
    ).group_by(rows.c.number, rows.c.currency)
    for number, currency, use, evaluations, answers, people in session.execute(query).all():
        one = found[number]
        one.answers, one.people = one.answers + answers, one.people + people
        if currency:  # that of answers is empty, since their requests are counted by themselves
            one.use[currency], one.evaluations[currency] = use, evaluations
    return found


def read_embeddings(session: Session, spans: Sequence[Span]) -> list[Costs]:
    """Return what requests for embeddings cost in each stretch, those of test questions aside."""
    columns = (
        column("number", Integer),
        column("since", UtcDateTime()),
        column("until", UtcDateTime()),
    )
    rows = [(number, span.since, span.until) for number, span in enumerate(spans)]
    steps = values(*columns, name="months").data(rows).cte("months")
    created = col(ModelCallRow.created_at)
    query = (
        select(steps.c.number, col(ModelCallRow.currency), summed(col(ModelCallRow.cost_micros)))
        .join_from(steps, ModelCallRow, and_(created >= steps.c.since, created < steps.c.until))
        .where(col(ModelCallRow.purpose) == EMBEDDING_PURPOSE, is_use(col(ModelCallRow.surface)))
        .group_by(steps.c.number, col(ModelCallRow.currency))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for number, currency, micros in session.execute(query).all():
        found[number][currency] = micros
    return [found[number] for number in range(len(spans))]
