"""Adds up what the models cost in each month, and who had an answer for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, and_, column, select, values
from sqlmodel import Session, col

from admin.usage.days import UsageDays
from admin.usage.period import Span
from admin.usage.reading import read_costs, read_people, read_usage
from admin.usage.sources import is_use, summed
from core.domain.costs.money import Costs
from core.storage.tables import EMBEDDING_PURPOSE, ModelCallRow
from core.storage.tables.base import UtcDateTime


@dataclass(frozen=True, slots=True)
class Metered:
    """What requests of a stretch cost by currency, its complete answers, and the ids of who asked.

    `use` is all but test questions, requests for embeddings included.
    """

    use: Costs = field(default_factory=dict)
    evaluations: Costs = field(default_factory=dict)
    answers: int = 0
    people: frozenset[str] = frozenset()


def read_metered(
    session: Session, days: UsageDays, spans: Sequence[Span], *, counts_people: bool = True
) -> list[Metered]:
    """Return the figures of each stretch, in their order; of one yet to come they are empty.

    Counting people takes longest; without it, there are none.
    """
    pieces = days.pieces(spans, days.zone)
    if not pieces:
        return [Metered() for _ in spans]
    use = read_usage(session, pieces)
    evaluations = read_costs(session, pieces, is_evaluation=True)
    people = read_people(session, pieces) if counts_people else {}
    return [
        _metered(use.get((number, ()), {}), evaluations.get((number, ()), {}), people.get(number))
        for number in range(len(spans))
    ]


def _metered(use: Mapping[str, Any], evaluations: Costs, people: Set[str] | None) -> Metered:
    return Metered(
        use.get("costs", {}), evaluations, use.get("complete", 0), frozenset(people or ())
    )


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
